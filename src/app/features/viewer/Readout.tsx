/** Position and value of the voxel under the pointer, or of the crosshair. */
import { useEffect, useState } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import type { Slab } from '../../../volume/slab.ts';
import { formatNumber } from '../../components/format.ts';
import { type Axis, formatPosition, PLANES } from '../../rendering/slice-geometry.ts';
import { voxelText } from '../../rendering/voxel-text.ts';
import { useViewer, type VoxelIndex } from '../../stores/viewer.ts';
import type { Before } from './before.ts';
import type { ComparedState } from './comparison.ts';
import type { SliceSource } from './slice-source.ts';
import styles from './viewer.module.css';

interface ReadoutProps {
  readonly source: SliceSource;
  readonly image: VolumeInfo | null;
  readonly overlay: VolumeInfo | null;
  readonly before: Before | null;
  readonly compared: ComparedState | null;
}

export function Readout({ source, image, overlay, before, compared }: ReadoutProps) {
  const crosshair = useViewer((state) => state.crosshair);
  const probe = useViewer((state) => state.probe);
  const comparing = useViewer((state) => state.comparing) && before !== null;
  const at = probe ?? crosshair;
  const grey = comparing ? before.volume : image;
  const place = (
    comparing ? at.map((x, axis) => x + (before.offset[axis] as number)) : at
  ) as VoxelIndex;
  const value = useVoxelValue(source, 'readout grey', grey, place);
  const label = useVoxelValue(source, 'readout labels', comparing ? null : overlay, at);
  const other = compared?.image ?? null;
  const otherPlace = at.map((x, axis) => x + (compared?.offset[axis] ?? 0));
  const otherValue = useVoxelValue(
    source,
    'readout other',
    other,
    otherPlace as unknown as VoxelIndex,
  );
  const slab = useViewer((state) => state.slab);
  const active = useViewer((state) => state.active);
  const normal = PLANES.find(({ title }) => title.toLowerCase() === active)?.normal ?? 2;
  const projected = useVoxelValue(
    source,
    'readout slab',
    // The values of a slab on disk are those of the level that is shown.
    slab === null || grey?.levels !== undefined ? null : grey,
    place,
    normal,
    slab,
  );
  const volume = image ?? overlay;
  if (volume === null) return null;
  const phase = overlay?.phases.find((each) => each.label === label);
  return (
    <output className={styles['readout']} aria-live="off" aria-label="Voxel" data-testid="readout">
      <span className={styles['indices']}>
        {(['x', 'y', 'z'] as const).map((name, axis) => (
          <span key={name}>
            <i>{name}</i> <b data-axis={name}>{at[axis]}</b>
          </span>
        ))}
      </span>
      <span className={styles['optional']}>
        {volume.spacing === null
          ? 'voxels, size unknown'
          : formatPosition(at, volume.origin, volume.spacing)}
      </span>
      {phase !== undefined && (
        <span className={styles['swatch']} style={{ background: phase.colour }} />
      )}
      {label !== null && <span data-value="label">{phase?.name ?? `label ${label}`}</span>}
      {otherValue !== null && other !== null && (
        <span className={styles['other']}>
          <span className={styles['otherName']}>{compared?.title}</span>{' '}
          <span data-value="other">{voxelText(otherValue, other.type)}</span>
        </span>
      )}
      {projected !== null && slab !== null && (
        <span>
          {slab.projection} <span data-value="slab">{formatNumber(projected)}</span>
        </span>
      )}
      {value !== null && grey !== null && (
        <strong data-value="grey">{valueText(value, grey)}</strong>
      )}
    </output>
  );
}

/** All digits of a value with its unit; a dash where the voxel has none. */
function valueText(value: number, { type, quantity }: VolumeInfo): string {
  if (value === quantity?.outside) return '–';
  const text = voxelText(value, type);
  return quantity === undefined || quantity.unit === '' ? text : `${text} ${quantity.unit}`;
}

/** The value at a voxel of a slice (or slab) that the views show as well. */
function useVoxelValue(
  source: SliceSource,
  view: string,
  volume: VolumeInfo | null,
  at: VoxelIndex,
  normal: Axis = 2,
  slab: Slab | null = null,
): number | null {
  const [value, setValue] = useState<number | null>(null);
  const handle = volume?.handle ?? null;
  const [nx, ny, nz] = volume?.size ?? [0, 0, 0];
  const [x, y, z] = at;
  const isOnDisk = volume?.levels !== undefined;
  useEffect(() => {
    if (handle === null || x >= nx || y >= ny || z >= nz) {
      setValue(null);
      return;
    }
    let current = true;
    const { across, down } = PLANES[normal];
    const place = [x, y, z] as const;
    if (isOnDisk) {
      source.wantValue(view, handle, place, (read) => {
        if (current) setValue(read);
      });
      return () => {
        current = false;
      };
    }
    const request = { handle, axis: normal, index: place[normal] };
    source.want(view, slab === null ? request : { ...request, slab }, ({ data, width }) => {
      if (current) setValue(data[place[across] + width * place[down]] ?? null);
    });
    return () => {
      current = false;
    };
  }, [source, view, handle, isOnDisk, nx, ny, nz, x, y, z, normal, slab]);
  return value;
}
