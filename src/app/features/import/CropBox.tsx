/** The part of a slice that is kept, drawn and moved over its picture. */
import { type PointerEvent, useRef } from 'react';
import type { Box } from '../../../declaration/parameters.ts';
import type { Size3 } from '../../../volume/volume.ts';
import styles from './slice-preview.module.css';

type Place = readonly [x: number, y: number];

/** Fewer voxels along an edge are a click that slipped. */
const LEAST = 4;

export function CropBox(props: {
  readonly size: Size3;
  readonly box: Box;
  readonly onBox: (box: Box) => void;
}) {
  const { size, box, onBox } = props;
  const [nx, ny] = size;
  const [x0, x1, y0, y1, z0, z1] = box;
  const begun = useRef<{ readonly at: Place; readonly moves: Box | null } | null>(null);

  function placeOf(event: PointerEvent<HTMLElement>): Place {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    const clamp = (share: number, edge: number): number =>
      Math.round(Math.min(1, Math.max(0, share)) * edge);
    return [clamp((event.clientX - left) / width, nx), clamp((event.clientY - top) / height, ny)];
  }

  function begin(event: PointerEvent<HTMLElement>): void {
    if (event.button !== 0) return;
    const at = placeOf(event);
    const isCropped = x0 > 0 || y0 > 0 || x1 < nx || y1 < ny;
    const isInside = at[0] > x0 && at[0] < x1 && at[1] > y0 && at[1] < y1;
    begun.current = { at, moves: isCropped && isInside ? box : null };
    event.currentTarget.setPointerCapture(event.pointerId);
  }

  function follow(event: PointerEvent<HTMLElement>): void {
    if (begun.current === null) return;
    const { at, moves } = begun.current;
    const [x, y] = placeOf(event);
    if (moves !== null) {
      const by = (from: number, low: number, high: number, edge: number): number =>
        Math.min(edge - high, Math.max(-low, from));
      const dx = by(x - at[0], moves[0], moves[1], nx);
      const dy = by(y - at[1], moves[2], moves[3], ny);
      onBox([moves[0] + dx, moves[1] + dx, moves[2] + dy, moves[3] + dy, z0, z1]);
      return;
    }
    const [left, right] = [Math.min(x, at[0]), Math.max(x, at[0])];
    const [top, bottom] = [Math.min(y, at[1]), Math.max(y, at[1])];
    if (right - left >= LEAST && bottom - top >= LEAST) onBox([left, right, top, bottom, z0, z1]);
  }

  return (
    <div
      className={styles['box']}
      data-testid="crop-box"
      onPointerDown={begin}
      onPointerMove={follow}
      onPointerUp={() => {
        begun.current = null;
      }}
    >
      <div className={styles['boxFrame']}>
        <div
          className={styles['kept']}
          style={{
            left: `${(100 * x0) / nx}%`,
            top: `${(100 * y0) / ny}%`,
            width: `${(100 * (x1 - x0)) / nx}%`,
            height: `${(100 * (y1 - y0)) / ny}%`,
          }}
        />
      </div>
    </div>
  );
}
