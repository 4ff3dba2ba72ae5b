/** How many slices each slice view shows as one, and how. */
import { Popover, SegmentedControl, Tooltip, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconStackMiddle } from '@tabler/icons-react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import type { Projection } from '../../../volume/slab.ts';
import { formatLength } from '../../rendering/slice-geometry.ts';
import { FIRST_THICKNESS, SLAB_CHOICES, useViewer } from '../../stores/viewer.ts';
import styles from './viewer.module.css';

export function SlabControl({ image }: { readonly image: VolumeInfo | null }) {
  const slab = useViewer((state) => state.slab);
  const { setSlab, setProjection } = useViewer.getState();
  const thickness = slab?.thickness ?? FIRST_THICKNESS;
  const most = image === null ? 1 : Math.max(...image.size);
  const choose = (value: string): void =>
    setProjection(SLAB_CHOICES.find(({ title }) => title === value)?.projection ?? null);
  const change = (value: number): void => {
    if (slab === null || !Number.isInteger(value)) return;
    setSlab({ ...slab, thickness: Math.max(1, Math.min(most, value)) });
  };
  return (
    <Popover position="bottom-start" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label="Slab: several slices as one">
          <UnstyledButton
            className={styles['menu']}
            disabled={image === null}
            data-on={slab !== null}
            aria-label={slab === null ? 'Slab' : `Slab: ${slab.projection} of ${thickness} slices`}
          >
            <IconStackMiddle size={16} stroke={1.6} aria-hidden />
            <IconChevronDown size={13} aria-hidden />
          </UnstyledButton>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown className={styles['slab'] ?? ''}>
        <SegmentedControl
          size="xs"
          aria-label="Projection of the slab"
          value={titleOf(slab?.projection ?? null)}
          onChange={choose}
          data={SLAB_CHOICES.map(({ title }) => title)}
        />
        <label className={styles['slabRow']}>
          Thickness
          <input
            type="range"
            min={1}
            max={most}
            value={thickness}
            disabled={slab === null}
            aria-label="Thickness by slider"
            onChange={(event) => change(Number(event.currentTarget.value))}
          />
          <input
            type="number"
            min={1}
            max={most}
            value={thickness}
            disabled={slab === null}
            aria-label="Thickness in voxels"
            onChange={(event) => change(Number(event.currentTarget.value))}
          />
          voxels
        </label>
        {image !== null && (
          <p className={styles['slabNote']} data-testid="slab-lengths">
            {slabLengths(image, thickness)}
          </p>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function titleOf(projection: Projection | null): string {
  return SLAB_CHOICES.find((choice) => choice.projection === projection)?.title ?? '';
}

/** The thickness along each axis in the unit of the voxel size. */
function slabLengths({ spacing, size }: VolumeInfo, thickness: number): string {
  if (spacing === null) return 'Voxel size unknown: no length.';
  const lengths = spacing.values.map((edge, axis) =>
    formatLength(edge * Math.min(thickness, size[axis] as number)),
  );
  const [x, y, z] = lengths;
  if (x === y && y === z) return `${x} ${spacing.unit}`;
  return `x ${x}, y ${y}, z ${z} ${spacing.unit}`;
}
