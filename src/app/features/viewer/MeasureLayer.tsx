/** What is measured on a slice: kept measures of this very slice, and the draft. */
import type { VoxelSpacing } from '../../../volume/length.ts';
import type { Size3 } from '../../../volume/volume.ts';
import {
  boxOnView,
  centreOnView,
  lengthBetween,
  lengthText,
} from '../../rendering/measure-geometry.ts';
import type { Placement, Plane } from '../../rendering/slice-geometry.ts';
import { type MeasureTool, type Shape, useMeasures } from '../../stores/measures.ts';
import type { SliceViewId } from '../../stores/viewer.ts';
import styles from './viewer.module.css';

interface MeasureLayerProps {
  readonly id: SliceViewId;
  readonly plane: Plane;
  readonly index: number;
  readonly placement: Placement;
  readonly size: Size3;
  readonly spacing: VoxelSpacing | null;
  readonly width: number;
  readonly height: number;
}

export function MeasureLayer(props: MeasureLayerProps) {
  const { id, plane, index, size, width, height } = props;
  const kept = useMeasures((state) => state.kept);
  const selected = useMeasures((state) => state.selected);
  const draft = useMeasures((state) => state.draft);
  const tool = useMeasures((state) => state.tool);
  const isHere = ({ view, from }: Shape): boolean => view === id && from[plane.normal] === index;
  const here = kept.filter(
    (measure) =>
      measure.kind !== 'volume' &&
      isHere(measure) &&
      measure.size.every((edge, axis) => edge === size[axis]),
  );
  return (
    <svg className={styles['measures']} width={width} height={height} aria-hidden="true">
      {here.map(
        (measure) =>
          measure.kind !== 'volume' && (
            <Outline
              key={measure.id}
              {...props}
              shape={measure}
              kind={measure.kind}
              isSelected={measure.id === selected}
            />
          ),
      )}
      {draft !== null && tool !== null && isHere(draft) && (
        <Outline {...props} shape={draft} kind={tool} isSelected />
      )}
    </svg>
  );
}

type OutlineProps = MeasureLayerProps & {
  readonly shape: Shape;
  readonly kind: MeasureTool;
  readonly isSelected: boolean;
};

function Outline(props: OutlineProps) {
  const { shape, kind, plane, placement, spacing, isSelected } = props;
  const { from, to } = shape;
  const path =
    kind === 'rectangle' || kind === 'ellipse'
      ? regionPath(kind, boxOnView(from, to, plane, placement))
      : linePath(centreOnView(from, plane, placement), centreOnView(to, plane, placement));
  const [x, y] = centreOnView(to, plane, placement);
  // The text stays on the view.
  const isRight = x > props.width / 2;
  return (
    <g data-measure={kind} data-selected={isSelected}>
      <path className={styles['halo']} d={path} />
      <path className={styles['measure']} d={path} />
      {kind === 'distance' && (
        <text
          x={isRight ? x - 8 : x + 8}
          y={Math.max(14, y - 8)}
          textAnchor={isRight ? 'end' : 'start'}
        >
          {lengthText(lengthBetween(from, to, spacing), spacing)}
        </text>
      )}
    </g>
  );
}

type Point = readonly [x: number, y: number];

/** A line with a short bar across either end. */
function linePath([x1, y1]: Point, [x2, y2]: Point): string {
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [across, down] = [(4 * (y2 - y1)) / length, (4 * (x1 - x2)) / length];
  const bar = (x: number, y: number): string =>
    `M${x - across} ${y - down}L${x + across} ${y + down}`;
  return `M${x1} ${y1}L${x2} ${y2}${bar(x1, y1)}${bar(x2, y2)}`;
}

function regionPath(
  kind: 'rectangle' | 'ellipse',
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): string {
  const { x, y, width, height } = box;
  if (kind === 'rectangle') return `M${x} ${y}h${width}v${height}h${-width}Z`;
  const [rx, ry] = [width / 2, height / 2];
  return `M${x} ${y + ry}a${rx} ${ry} 0 1 0 ${width} 0a${rx} ${ry} 0 1 0 ${-width} 0Z`;
}
