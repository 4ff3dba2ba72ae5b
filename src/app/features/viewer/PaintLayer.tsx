/** What a brush would paint at the pointer, or at the crosshair; and an outline that is being drawn. */
import { visitCapsule } from '../../../volume/edit-shapes.ts';
import { relativeSpacing, type VoxelSpacing } from '../../../volume/length.ts';
import { centreOnView } from '../../rendering/measure-geometry.ts';
import type { Placement, Plane } from '../../rendering/slice-geometry.ts';
import { useCorrect } from '../../stores/correct.ts';
import { type SliceViewId, useViewer } from '../../stores/viewer.ts';
import styles from './viewer.module.css';

interface PaintLayerProps {
  readonly id: SliceViewId;
  readonly plane: Plane;
  readonly index: number;
  readonly placement: Placement;
  readonly spacing: VoxelSpacing | null;
  readonly width: number;
  readonly height: number;
}

export function PaintLayer(props: PaintLayerProps) {
  const tool = useCorrect((state) => state.tool);
  const { width, height } = props;
  if (tool === null) return null;
  return (
    <svg className={styles['measures']} width={width} height={height} aria-hidden="true">
      {tool === 'lasso' ? (
        <Outline {...props} />
      ) : tool === 'fill' ? null : (
        <BrushMark {...props} />
      )}
    </svg>
  );
}

function BrushMark({ id, plane, index, placement, spacing }: PaintLayerProps) {
  const radius = useCorrect((state) => state.radius);
  const metric = useCorrect((state) => state.metric);
  const isActive = useViewer((state) => state.active === id);
  const probe = useViewer((state) => state.probe);
  const crosshair = useViewer((state) => state.crosshair);
  if (!isActive) return null;
  const at = probe?.[plane.normal] === index ? probe : crosshair;
  const edges = metric === 'voxel' ? [1, 1, 1] : relativeSpacing(spacing);
  const [u, v] = [edges[plane.across] ?? 1, edges[plane.down] ?? 1];
  const path = stairs(radius, u * u, v * v, at[plane.across], at[plane.down], placement);
  return (
    <g data-testid="brush-mark">
      <path className={styles['halo']} d={path} />
      <path className={styles['measure']} d={path} />
    </g>
  );
}

/** The border of the voxels of a brush, which is one run in each row. */
function stairs(
  radius: number,
  weightU: number,
  weightV: number,
  u: number,
  v: number,
  { left, top, scaleX, scaleY }: Placement,
): string {
  const rows: (readonly [from: number, to: number, row: number])[] = [];
  const far = 2 * Math.ceil(radius) + 1;
  const middle = [far, far, 0] as const;
  visitCapsule(
    middle,
    middle,
    radius,
    [weightU, weightV, 1],
    [0, 2 * far, 0, 2 * far, 0, 1],
    (from, to, row) => rows.push([from, to, row]),
  );
  const x = (place: number): number => left + (u - far + place) * scaleX;
  const y = (place: number): number => top + (v - far + place) * scaleY;
  const right = rows.map(([, to, row]) => `L${x(to)} ${y(row)}V${y(row + 1)}`);
  const back = rows.toReversed().map(([from, , row]) => `L${x(from)} ${y(row + 1)}V${y(row)}`);
  const [first] = rows;
  return first === undefined
    ? ''
    : `M${x(first[0])} ${y(first[2])}${right.join('')}${back.join('')}Z`;
}

function Outline({ id, plane, index, placement }: PaintLayerProps) {
  const draft = useCorrect((state) => state.draft);
  const crosshair = useViewer((state) => state.crosshair);
  const probe = useViewer((state) => state.probe);
  const first = draft?.points[0];
  if (draft === null || draft.view !== id || first?.[plane.normal] !== index) return null;
  // By keys the next corner is the crosshair; by pointer the outline ends where it is.
  const corners = [...draft.points, ...(probe === null ? [crosshair] : [])];
  const places = corners.map((corner) => centreOnView(corner, plane, placement).join(' '));
  const path = `M${places.join('L')}Z`;
  return (
    <g data-testid="lasso-mark">
      <path className={styles['halo']} d={path} />
      <path className={styles['measure']} d={path} />
    </g>
  );
}
