/** The clip box over the 3-D picture, with a handle on each of its six sides. */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import type { Vector3 } from '../../../volume/volume.ts';
import { type BoxSide, moveSide, voxelsOf } from '../../rendering/clipping.ts';
import { AXIS_NAMES, VIEW_OF_AXIS } from '../../rendering/slice-geometry.ts';
import { PLANE_COLOURS } from '../../rendering/view-colours.ts';
import { type Projected, project } from '../../rendering/volume-outline.ts';
import { useViewer } from '../../stores/viewer.ts';
import styles from './viewer.module.css';

const AXES = [0, 1, 2] as const;
const SIDES = ['low', 'high'] as const;
/** Of the slice across each axis. */
const COLOURS = VIEW_OF_AXIS.map((view) => PLANE_COLOURS[view]);

interface ClipHandlesProps {
  readonly info: VolumeInfo;
  readonly projected: Projected;
}

export function ClipHandles({ info, projected }: ClipHandlesProps) {
  const { clips, clipBox } = useViewer((state) => state.display3d);
  if (!clips) return null;
  const corner = (index: number): Vector3 =>
    AXES.map((axis) =>
      (index >> axis) & 1 ? clipBox.high[axis] : clipBox.low[axis],
    ) as unknown as Vector3;
  const edges = Array.from({ length: 8 }, (_, index) =>
    AXES.filter((axis) => ((index >> axis) & 1) === 0).map(
      (axis) => [index, index | (1 << axis)] as const,
    ),
  ).flat();
  return (
    <svg
      className={styles['clipBox']}
      width={projected.width}
      height={projected.height}
      role="group"
      aria-label="Clip box"
    >
      {edges.map(([from, to]) => {
        const [x1, y1] = project(projected, corner(from));
        const [x2, y2] = project(projected, corner(to));
        return <line key={`${from} ${to}`} x1={x1} y1={y1} x2={x2} y2={y2} />;
      })}
      {AXES.flatMap((axis) =>
        SIDES.map((side) => (
          <Handle
            key={`${axis} ${side}`}
            axis={axis}
            side={side}
            info={info}
            projected={projected}
          />
        )),
      )}
    </svg>
  );
}

interface Grip {
  readonly x: number;
  readonly y: number;
  readonly share: number;
  /** Shares of the edge for each pixel to the right and downwards. */
  readonly perX: number;
  readonly perY: number;
}

/** Axes that point at the eye cannot be dragged along. */
const LEAST_PIXELS = 8;

function Handle(props: {
  readonly axis: 0 | 1 | 2;
  readonly side: BoxSide;
  readonly info: VolumeInfo;
  readonly projected: Projected;
}) {
  const { axis, side, info, projected } = props;
  const box = useViewer((state) => state.display3d.clipBox);
  const grip = useRef<Grip | null>(null);
  const count = info.size[axis];
  const voxel = voxelsOf(box, axis, count)[side === 'low' ? 0 : 1];
  const middle = AXES.map((each) => (box.low[each] + box.high[each]) / 2) as unknown as Vector3;
  const [x, y] = project(projected, middle.with(axis, box[side][axis]) as unknown as Vector3);

  const moveTo = (share: number): void => {
    const { display3d, setDisplay3d } = useViewer.getState();
    const onVoxel = Math.round(share * count) / count;
    setDisplay3d({ clipBox: moveSide(display3d.clipBox, axis, side, onVoxel, 1 / count) });
  };
  const onPointerDown = (event: PointerEvent<SVGCircleElement>): void => {
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    event.currentTarget.focus({ preventScroll: true });
    const [fromX, fromY] = project(projected, middle.with(axis, 0) as unknown as Vector3);
    const [toX, toY] = project(projected, middle.with(axis, 1) as unknown as Vector3);
    const [dx, dy] = [toX - fromX, toY - fromY];
    const squared = Math.max(LEAST_PIXELS ** 2, dx * dx + dy * dy);
    grip.current = {
      x: event.clientX,
      y: event.clientY,
      share: box[side][axis],
      perX: dx / squared,
      perY: dy / squared,
    };
  };
  const onPointerMove = (event: PointerEvent): void => {
    const start = grip.current;
    if (start === null) return;
    event.stopPropagation();
    const along = (event.clientX - start.x) * start.perX + (event.clientY - start.y) * start.perY;
    moveTo(start.share + along);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const direction = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (direction === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    moveTo(box[side][axis] + (direction * (event.shiftKey ? 10 : 1)) / count);
  };
  return (
    <circle
      cx={x}
      cy={y}
      r={4.5}
      fill={COLOURS[axis]}
      role="slider"
      tabIndex={0}
      aria-label={`Clip box, ${side === 'low' ? 'first' : 'last'} voxel along ${AXIS_NAMES[axis]}`}
      aria-valuemin={0}
      aria-valuemax={count - 1}
      aria-valuenow={voxel}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        grip.current = null;
      }}
      onPointerCancel={() => {
        grip.current = null;
      }}
      onDoubleClick={(event) => event.stopPropagation()}
      onKeyDown={onKeyDown}
    />
  );
}
