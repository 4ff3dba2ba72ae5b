/** The line between two states: drag it, or move it with the arrow keys. */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { useViewer } from '../../stores/viewer.ts';
import styles from './viewer.module.css';

const KEY_STEP = 0.05;

interface SwipeDividerProps {
  readonly width: number;
  /** What lies at the left of it. */
  readonly left: string;
  readonly right: string;
}

export function SwipeDivider({ width, left, right }: SwipeDividerProps) {
  const swipe = useViewer((state) => state.swipe);
  const { setSwipe } = useViewer.getState();
  const grip = useRef<{ readonly x: number; readonly swipe: number } | null>(null);
  const x = Math.round(swipe * width);
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -KEY_STEP, ArrowRight: KEY_STEP }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    // The slice under it moves its crosshair with the same keys.
    event.stopPropagation();
    setSwipe(swipe + by);
  };
  const stop = (event: PointerEvent): void => {
    event.stopPropagation();
    grip.current = null;
  };
  return (
    <>
      <span
        className={styles['swipeName']}
        style={{ right: width - x + 8, maxWidth: Math.max(0, x - 52) }}
      >
        {left}
      </span>
      <span
        className={styles['swipeName']}
        style={{ left: x + 8, maxWidth: Math.max(0, width - x - 16) }}
      >
        {right}
      </span>
      <div
        className={styles['swipe']}
        style={{ left: x - 5 }}
        role="slider"
        tabIndex={0}
        aria-label={`Divider: ${left} at the left, ${right} at the right`}
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(100 * swipe)}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          event.stopPropagation();
          event.currentTarget.setPointerCapture(event.pointerId);
          grip.current = { x: event.clientX, swipe };
        }}
        onPointerMove={(event) => {
          event.stopPropagation();
          if (grip.current === null) return;
          setSwipe(grip.current.swipe + (event.clientX - grip.current.x) / width);
        }}
        onPointerUp={stop}
        onPointerCancel={stop}
        onDoubleClick={(event) => event.stopPropagation()}
      />
    </>
  );
}
