/** What lies over a slice: the other two planes, the axes and the scale bar. */
import { memo } from 'react';
import { PLANE_COLOURS } from '../../rendering/view-colours.ts';
import {
  AXIS_NAMES,
  type Placement,
  type Plane,
  VIEW_OF_AXIS,
  scaleBar,
} from '../../rendering/slice-geometry.ts';
import { useViewer } from '../../stores/viewer.ts';
import type { VoxelSpacing } from '../../../volume/length.ts';
import type { Size3 } from '../../../volume/volume.ts';
import styles from './viewer.module.css';

/** Longest scale bar in pixels: a quarter of the view, within these. */
const SCALE_BAR = { least: 60, most: 160 } as const;
/** Half the opening where the lines would meet, so that the voxel there can be seen. */
const GAP = 9;

interface SliceOverlayProps {
  readonly plane: Plane;
  readonly placement: Placement;
  readonly size: Size3;
  readonly spacing: VoxelSpacing | null;
  readonly width: number;
  readonly height: number;
}

export const SliceOverlay = memo((props: SliceOverlayProps) => {
  const { plane, placement, spacing, width, height } = props;
  const room = Math.max(SCALE_BAR.least, Math.min(SCALE_BAR.most, width / 4));
  const bar = spacing === null ? null : scaleBar(placement, spacing, plane, room);
  const across = AXIS_NAMES[plane.across];
  const down = AXIS_NAMES[plane.down];
  const arrows = 'M0 0H20M16.5 -3.5L20 0L16.5 3.5M0 0V20M-3.5 16.5L0 20L3.5 16.5';
  return (
    <svg className={styles['overlay']} width={width} height={height} aria-hidden="true">
      <Crosshair {...props} />
      <g className={styles['axes']} transform="translate(11.5 11.5)">
        <path className={styles['halo']} d={arrows} />
        <path d={arrows} />
        <text x={25} y={4}>
          {across}
        </text>
        <text x={0} y={32} textAnchor="middle">
          {down}
        </text>
      </g>
      {bar === null ? (
        <g
          className={styles['scale']}
          transform={`translate(${width - 12} ${height - 12})`}
          data-testid="scale-bar"
        >
          <text textAnchor="end">no scale bar: voxel size unknown</text>
        </g>
      ) : (
        <g
          className={styles['scale']}
          transform={`translate(${width - 12 - Math.round(bar.pixels)} ${height - 12})`}
          data-testid="scale-bar"
        >
          <rect x={0} y={-3} width={Math.round(bar.pixels)} height={3} />
          <text x={bar.pixels / 2} y={-9} textAnchor="middle">
            {bar.text}
          </text>
        </g>
      )}
    </svg>
  );
});

function Crosshair({ plane, placement, size, width, height }: SliceOverlayProps) {
  const crosshair = useViewer((state) => state.crosshair);
  const isShown = useViewer((state) => state.crosshairShown);
  if (!isShown) return null;
  const place = (axis: 0 | 1 | 2): number => Math.min(crosshair[axis], size[axis] - 1) + 0.5;
  const x = Math.round(placement.left + place(plane.across) * placement.scaleX) + 0.5;
  const y = Math.round(placement.top + place(plane.down) * placement.scaleY) + 0.5;
  const upright = `M${x} 0V${y - GAP}M${x} ${y + GAP}V${height}`;
  const level = `M0 ${y}H${x - GAP}M${x + GAP} ${y}H${width}`;
  return (
    <g className={styles['crosshair']}>
      <path className={styles['halo']} d={upright + level} />
      <path d={upright} stroke={PLANE_COLOURS[VIEW_OF_AXIS[plane.across]]} />
      <path d={level} stroke={PLANE_COLOURS[VIEW_OF_AXIS[plane.down]]} />
    </g>
  );
}
