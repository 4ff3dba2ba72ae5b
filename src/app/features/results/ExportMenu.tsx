/** Everything that can be written to a file: numbers, labels, images, the recipe. */
import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconDownload } from '@tabler/icons-react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import { shownVolumes } from '../../stores/workspace.ts';
import { useWorkspace, useWorkspaceState } from '../../workbench-context.tsx';

export function ExportMenu({ labels }: { readonly labels: VolumeInfo | null }) {
  const workspace = useWorkspace();
  const { image } = useWorkspaceState(shownVolumes);
  const { hasResults, isBusy } = useWorkspaceState((state) => ({
    hasResults: Object.keys(state.outcomes).length > 0,
    isBusy: state.activity !== null,
  }));
  const hasNumbers = hasResults && !isBusy;
  return (
    <Menu position="top-end" width={260}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconDownload size={14} aria-hidden />}
          rightSection={<IconChevronDown size={12} aria-hidden />}
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Numbers</Menu.Label>
        <Menu.Item disabled={!hasNumbers} onClick={() => void workspace.exportResults('csv')}>
          Results as CSV
        </Menu.Item>
        <Menu.Item disabled={!hasNumbers} onClick={() => void workspace.exportResults('json')}>
          Results as JSON, with recipe and conventions
        </Menu.Item>
        <Menu.Label>Labels</Menu.Label>
        <VolumeItems title="Labels" volume={labels} />
        <Menu.Label>Image shown</Menu.Label>
        <VolumeItems title="Image" volume={image} />
        <Menu.Label>Recipe</Menu.Label>
        <Menu.Item onClick={workspace.saveRecipe}>Recipe as JSON</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function VolumeItems(props: { readonly title: string; readonly volume: VolumeInfo | null }) {
  const { title, volume } = props;
  const workspace = useWorkspace();
  return (
    <>
      {(['tiff', 'nrrd'] as const).map((kind) => (
        <Menu.Item
          key={kind}
          disabled={volume === null}
          onClick={() => {
            if (volume !== null) void workspace.exportVolume(volume.handle, kind);
          }}
        >
          {title} as {kind === 'tiff' ? 'TIFF (Fiji)' : 'NRRD (3D Slicer)'}
        </Menu.Item>
      ))}
    </>
  );
}
