/** A vertical line of the chart to drag, or to move with the arrow keys. */
import { type PointerEvent, useRef } from 'react';
import { formatGrey } from './bars.ts';
import styles from './histogram.module.css';

interface ChartHandleProps {
  readonly kind: 'edge' | 'low' | 'high';
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** Pixels from the left of the plot. */
  readonly x: number;
  readonly height: number;
  readonly keyStep: number;
  readonly colour?: string;
  readonly toValue: (pixels: number) => number;
  readonly onMove: (value: number, dragging: boolean) => void;
}

interface Grip {
  readonly pointer: number;
  readonly x: number;
  moved: boolean;
}

/** Below the plot, where the handles of the window hang. */
const STRIP = 7;

export function ChartHandle(props: ChartHandleProps) {
  const { kind, label, value, min, max, x, height, keyStep, colour, toValue, onMove } = props;
  const grip = useRef<Grip | null>(null);
  const moveTo = (event: PointerEvent<SVGGElement>, dragging: boolean): void => {
    const start = grip.current;
    if (start === null) return;
    const by = event.clientX - start.pointer;
    // A press without a movement must not round the value to a pixel.
    if (by === 0 && !start.moved) return;
    start.moved = true;
    onMove(toValue(start.x + by), dragging);
  };
  const isEdge = kind === 'edge';
  const reach = isEdge ? { y: 0, height } : { y: height - 8, height: STRIP + 22 };
  return (
    <g
      className={styles['handle']}
      data-kind={kind}
      transform={`translate(${x} 0)`}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-orientation="horizontal"
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuenow={Math.max(min, Math.min(max, value))}
      aria-valuetext={formatGrey(value)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        event.currentTarget.focus({ preventScroll: true });
        grip.current = { pointer: event.clientX, x, moved: false };
      }}
      onPointerMove={(event) => moveTo(event, true)}
      onPointerUp={(event) => {
        moveTo(event, false);
        grip.current = null;
      }}
      onPointerCancel={() => {
        grip.current = null;
      }}
      onKeyDown={(event) => {
        const direction = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
        if (direction === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        onMove(value + direction * keyStep * (event.shiftKey ? 10 : 1), false);
      }}
    >
      <rect x={-7} width={14} {...reach} className={styles['reach']} />
      <line y1={0} y2={height + (isEdge ? 0 : STRIP)} />
      {isEdge ? (
        <rect
          x={-3.5}
          y={height / 2 - 9}
          width={7}
          height={18}
          rx={3}
          className={styles['knob']}
          style={{ fill: colour }}
        />
      ) : (
        <path d={`M0 ${height + STRIP}L-5 ${height + STRIP + 8}H5Z`} />
      )}
    </g>
  );
}
