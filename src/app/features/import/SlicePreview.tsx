/** A slice that is looked at before its volume is opened, in its true proportions. */
import { useEffect, useRef } from 'react';
import { composeSlice } from '../../rendering/compose-slice.ts';
import styles from './slice-preview.module.css';

export interface PreviewedSlice {
  /** Of the pixels: large slices come with every second, third … voxel. */
  readonly width: number;
  readonly height: number;
  readonly data: Float64Array;
  /** Of the slice. */
  readonly voxels: readonly [across: number, down: number];
}

const NO_LABELS = { colours: new Map(), opacity: 0, style: 'fill' } as const;
/** Of the values, as many are left out at either end. */
const TAIL = 0.005;
const MOST_SORTED = 65_536;

function windowOf(data: Float64Array): readonly [low: number, high: number] {
  const step = Math.max(1, Math.floor(data.length / MOST_SORTED));
  const some = data.filter((value, i) => i % step === 0 && Number.isFinite(value)).toSorted();
  const at = (share: number): number => some[Math.round(share * (some.length - 1))] ?? 0;
  return [at(TAIL), at(1 - TAIL)];
}

export function SlicePreview(props: {
  readonly slice: PreviewedSlice | null;
  readonly title: string;
  /** Edge lengths of a pixel relative to each other, where they are known. */
  readonly stretch?: number;
}) {
  const { slice, title, stretch = 1 } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const target = canvas.current;
    if (target === null || slice === null) return;
    const [low, high] = windowOf(slice.data);
    const look = { low, high: high > low ? high : low + 1, colourMap: 'grey' } as const;
    const rgba = composeSlice(slice, look, null, NO_LABELS);
    target.width = slice.width;
    target.height = slice.height;
    target.getContext('2d')?.putImageData(new ImageData(rgba, slice.width, slice.height), 0, 0);
  }, [slice]);
  const [across, down] = slice?.voxels ?? [1, 1];
  return (
    <figure className={styles['figure']}>
      <div className={styles['frame']}>
        <canvas
          ref={canvas}
          role="img"
          aria-label={title}
          className={styles['canvas']}
          hidden={slice === null}
          style={{
            aspectRatio: `${across} / ${down * stretch}`,
            width: `min(100cqw, ${across / (down * stretch)} * 100cqh)`,
          }}
        />
      </div>
      <figcaption>{title}</figcaption>
    </figure>
  );
}
