/** The dialogs, each fetched when it is first wanted. */
import { type ComponentType, Suspense, useState } from 'react';
import { useStore } from 'zustand';
import { FigureDialog } from './features/figures/index.ts';
import {
  AddressDialog,
  ChoicesDialog,
  DatasetDialog,
  PhantomDialog,
  PlaceDialog,
  RawDialog,
  VoxelSizeDialog,
} from './features/import/index.ts';
import { AboutDialog, Palette, ShortcutsSheet } from './features/shell/index.ts';
import { VolumeDialog } from './features/volumes/index.ts';
import type { DialogName } from './stores/dialogs.ts';
import { useWorkbench, useWorkspaceState } from './workbench-context.tsx';

const DIALOGS: Readonly<Record<DialogName, ComponentType>> = {
  palette: Palette,
  shortcuts: ShortcutsSheet,
  about: AboutDialog,
  phantom: PhantomDialog,
  figure: FigureDialog,
  volume: VolumeDialog,
};

/** Once wanted, a dialog stays mounted: it closes, and opens again, by itself. */
export function LazyDialogs() {
  const { dialogs } = useWorkbench();
  const open = useStore(dialogs, (state) => state.open);
  const [wanted, setWanted] = useState<readonly DialogName[]>([]);
  if (open !== null && !wanted.includes(open)) setWanted([...wanted, open]);
  const asksDataset = useWorkspaceState((state) => state.datasetQuestion !== null);
  const asksAddress = useWorkspaceState((state) => state.addressQuestion !== null);
  const asksChoices = useWorkspaceState((state) => state.choicesQuestion !== null);
  const asksRaw = useWorkspaceState((state) => state.rawQuestion !== null);
  const hasVolume = useWorkspaceState((state) => state.source !== null);
  return (
    <>
      {wanted.map((name) => {
        const Dialog = DIALOGS[name];
        return (
          <Suspense key={name} fallback={null}>
            <Dialog />
          </Suspense>
        );
      })}
      <Suspense fallback={null}>{asksDataset ? <DatasetDialog /> : null}</Suspense>
      <Suspense fallback={null}>{asksAddress ? <AddressDialog /> : null}</Suspense>
      <Suspense fallback={null}>{asksChoices ? <ChoicesDialog /> : null}</Suspense>
      <Suspense fallback={null}>{asksRaw ? <RawDialog /> : null}</Suspense>
      <Suspense fallback={null}>{hasVolume ? <VoxelSizeDialog /> : null}</Suspense>
      <Suspense fallback={null}>{hasVolume ? <PlaceDialog /> : null}</Suspense>
    </>
  );
}
