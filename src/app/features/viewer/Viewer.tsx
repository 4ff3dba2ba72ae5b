/** Three linked slices and the 3-D view of a volume, with window, colours and legend. */
import { lazy, Suspense, useEffect, useMemo, useRef } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import type { EngineClient } from '../../engine-client.ts';
import { useViewer } from '../../stores/viewer.ts';
import { Legend } from './Legend.tsx';
import { SliceSource } from './slice-source.ts';
import { SliceView, type SliceViewId } from './SliceView.tsx';
import { ViewerToolbar } from './ViewerToolbar.tsx';
import styles from './viewer.module.css';

// The 3-D view brings vtk.js, several times larger than the rest of the page.
const VolumePane = lazy(async () => ({
  default: (await import('./VolumePane.tsx')).VolumePane,
}));

interface ViewerProps {
  readonly client: EngineClient;
  /** Grey volume to show; null while only labels are there. */
  readonly image: VolumeInfo | null;
  /** Labels drawn over it; null for none. */
  readonly overlay: VolumeInfo | null;
}

const SLICE_VIEWS: readonly SliceViewId[] = ['xy', 'yz', 'xz'];

export function Viewer({ client, image, overlay }: ViewerProps) {
  const source = useMemo(() => new SliceSource(client), [client]);
  const maximised = useViewer((state) => state.maximised);
  const volume = image ?? overlay;
  useCentredCrosshair(volume);
  useDefaultWindow(client, image);
  const shown = (view: SliceViewId | '3d') => maximised === null || maximised === view;
  return (
    <section className={styles['viewer']} aria-label="Views">
      <ViewerToolbar client={client} source={source} image={image} overlay={overlay} />
      <div className={styles['grid']} data-maximised={maximised !== null}>
        {SLICE_VIEWS.filter(shown).map((view) => (
          <SliceView key={view} id={view} source={source} image={image} overlay={overlay} />
        ))}
        {shown('3d') && (
          <Suspense fallback={<div className={styles['pane']} />}>
            <VolumePane client={client} image={image} overlay={overlay} />
          </Suspense>
        )}
      </div>
      {overlay !== null && overlay.phases.length > 0 && (
        <Legend overlay={overlay} adjustable={image !== null} />
      )}
    </section>
  );
}

/** Puts the crosshair into the middle when a volume of another size comes. */
function useCentredCrosshair(volume: VolumeInfo | null): void {
  const [nx, ny, nz] = volume?.size ?? [0, 0, 0];
  useEffect(() => {
    if (nx === 0) return;
    const { setCrosshair, fitAll } = useViewer.getState();
    setCrosshair([Math.floor(nx / 2), Math.floor(ny / 2), Math.floor(nz / 2)]);
    fitAll();
  }, [nx, ny, nz]);
}

/**
 * Takes the 1st to 99th percentile as the window of each volume that is seen for the first time;
 * a volume that comes back has the window it was left with.
 */
function useDefaultWindow(client: EngineClient, image: VolumeInfo | null): void {
  const windows = useRef(new Map<string, { readonly low: number; readonly high: number }>());
  const handle = image?.handle ?? null;
  useEffect(() => {
    if (handle === null) return;
    const { setWindow } = useViewer.getState();
    const remember = (): void => {
      const { window } = useViewer.getState();
      if (window !== null) windows.current.set(handle, window);
    };
    const known = windows.current.get(handle);
    if (known !== undefined) {
      setWindow(known);
      return remember;
    }
    let current = true;
    let asked = false;
    client.histogram(handle).then(
      ({ window: [low, high] }) => {
        if (current) setWindow({ low, high });
        asked = true;
      },
      () => undefined,
    );
    return () => {
      current = false;
      if (asked) remember();
    };
  }, [client, handle]);
}
