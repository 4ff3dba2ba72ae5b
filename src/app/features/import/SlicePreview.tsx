/** A slice that is looked at before its volume is opened, in its true proportions. */
import { type ReactNode, useEffect, useRef } from 'react';
import type { SlicePicture } from '../../../../workers/engine-api.ts';
import { composeSlice } from '../../rendering/compose-slice.ts';
import styles from './slice-preview.module.css';

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
  readonly slice: SlicePicture | null;
  readonly title: string;
  /** Lies over the picture, as large as it. */
  readonly children?: ReactNode;
}) {
  const { slice, title } = props;
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
        <div
          className={styles['picture']}
          hidden={slice === null}
          style={{
            aspectRatio: `${across} / ${down}`,
            width: `min(100cqw, ${across / down} * 100cqh)`,
          }}
        >
          <canvas ref={canvas} role="img" aria-label={title} className={styles['canvas']} />
          {props.children}
        </div>
      </div>
      <figcaption>{title}</figcaption>
    </figure>
  );
}
