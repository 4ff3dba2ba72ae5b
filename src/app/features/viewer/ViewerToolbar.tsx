/** Window, colours and the value under the pointer. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowsMaximize, IconFocusCentered, IconCube, IconPlus } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import type { EngineClient } from '../../engine-client.ts';
import { COLOUR_MAPS, type ColourMapId } from '../../rendering/colour-maps.ts';
import { formatPosition } from '../../rendering/slice-geometry.ts';
import { useViewer, type VoxelIndex } from '../../stores/viewer.ts';
import type { SliceSource } from './slice-source.ts';
import styles from './viewer.module.css';

interface ToolbarProps {
  readonly client: EngineClient;
  readonly source: SliceSource;
  readonly image: VolumeInfo | null;
  readonly overlay: VolumeInfo | null;
}

export function ViewerToolbar({ client, source, image, overlay }: ToolbarProps) {
  const colourMap = useViewer((state) => state.colourMap);
  const showVolume = useViewer((state) => state.showVolume);
  const crosshairShown = useViewer((state) => state.crosshairShown);
  const { setColourMap, setWindow, fitAll, setShowVolume, toggleCrosshair } = useViewer.getState();

  const choosePreset = async (preset: string): Promise<void> => {
    if (image === null) return;
    if (preset === 'full') {
      setWindow({ low: image.range[0], high: image.range[1] });
    } else {
      const { window } = await client.histogram(image.handle);
      setWindow({ low: window[0], high: window[1] });
    }
  };

  return (
    <div className={styles['toolbar']} role="toolbar" aria-label="Views">
      <span className={styles['group']}>
        <IconButton label="Fit all views (F)" onClick={fitAll}>
          <IconFocusCentered size={16} />
        </IconButton>
        <IconButton label="Show the crosshair" pressed={crosshairShown} onClick={toggleCrosshair}>
          <IconPlus size={16} />
        </IconButton>
        <IconButton
          label="Show the 3-D view"
          pressed={showVolume}
          onClick={() => setShowVolume(!showVolume)}
        >
          <IconCube size={16} />
        </IconButton>
        <MaximiseMenu />
      </span>
      <span className={styles['divider']} />
      <span className={styles['group']}>
        <select
          className={styles['select']}
          aria-label="Window preset"
          value=""
          disabled={image === null}
          onChange={(event) => void choosePreset(event.currentTarget.value)}
        >
          <option value="" disabled>
            Window
          </option>
          <option value="percentiles">1 % to 99 %</option>
          <option value="full">Smallest to largest</option>
        </select>
        <select
          className={styles['select']}
          aria-label="Colour map"
          value={colourMap}
          disabled={image === null}
          onChange={(event) => setColourMap(event.currentTarget.value as ColourMapId)}
        >
          {COLOUR_MAPS.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      </span>
      <Readout source={source} image={image} overlay={overlay} />
    </div>
  );
}

function IconButton(props: {
  readonly label: string;
  readonly pressed?: boolean;
  readonly onClick: () => void;
  readonly children: React.ReactNode;
}) {
  const { label, pressed, onClick, children } = props;
  return (
    <Tooltip label={label}>
      <ActionIcon
        aria-label={label}
        {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
        variant={pressed === true ? 'light' : 'subtle'}
        onClick={onClick}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

/** Cycles through the views as one; M in a view does the same for that view. */
function MaximiseMenu() {
  const maximised = useViewer((state) => state.maximised);
  const { toggleMaximised } = useViewer.getState();
  return (
    <IconButton
      label={maximised === null ? 'Show one view alone (M)' : 'Show all views (M)'}
      pressed={maximised !== null}
      onClick={() => toggleMaximised(maximised ?? 'xy')}
    >
      <IconArrowsMaximize size={16} />
    </IconButton>
  );
}

/** Position and value of the voxel under the pointer, or of the crosshair. */
function Readout(props: {
  readonly source: SliceSource;
  readonly image: VolumeInfo | null;
  readonly overlay: VolumeInfo | null;
}) {
  const { source, image, overlay } = props;
  const crosshair = useViewer((state) => state.crosshair);
  const probe = useViewer((state) => state.probe);
  const at = probe ?? crosshair;
  const grey = useVoxelValue(source, 'readout grey', image, at);
  const label = useVoxelValue(source, 'readout labels', overlay, at);
  const volume = image ?? overlay;
  if (volume === null) return null;
  const phase = overlay?.phases.find((each) => each.label === label);
  return (
    <output className={styles['readout']} data-testid="readout">
      ({at.join(', ')})
      <span className={styles['optional']}>
        {volume.spacing === null
          ? ' · scale unknown'
          : ` · ${formatPosition(at as [number, number, number], volume.origin as [number, number, number], volume.spacing)}`}
      </span>
      {grey !== null && (
        <>
          {' · '}
          <strong>{formatValue(grey)}</strong>
        </>
      )}
      {label !== null && (
        <>
          {' · '}
          <strong>{phase?.name ?? `label ${label}`}</strong>
        </>
      )}
    </output>
  );
}

function formatValue(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(7)));
}

/** The volume's own value at a voxel, from a slice the views show as well. */
function useVoxelValue(
  source: SliceSource,
  view: string,
  volume: VolumeInfo | null,
  at: VoxelIndex,
): number | null {
  const [value, setValue] = useState<number | null>(null);
  const handle = volume?.handle ?? null;
  const [nx, ny, nz] = volume?.size ?? [0, 0, 0];
  const [x, y, z] = at;
  useEffect(() => {
    if (handle === null || x >= nx || y >= ny || z >= nz) {
      setValue(null);
      return;
    }
    let current = true;
    const key = { handle, axis: 2, index: z } as const;
    source.want(view, key, () => {
      const found = source.peek(key)?.data[x + nx * y];
      if (current) setValue(found ?? null);
    });
    return () => {
      current = false;
    };
  }, [source, view, handle, nx, ny, nz, x, y, z]);
  return value;
}
