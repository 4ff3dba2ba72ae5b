/** The middle slice of a volume, small. */
import { useEffect, useRef } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import type { EngineClient } from '../../engine-client.ts';
import { parseColour } from '../../rendering/colour-maps.ts';
import { composeSlice, type LabelLook } from '../../rendering/compose-slice.ts';
import styles from './volumes.module.css';

interface ThumbnailProps {
  readonly client: Pick<EngineClient, 'slice' | 'histogram'>;
  readonly info: VolumeInfo;
  /** What was drawn stays where the voxels are no longer loaded. */
  readonly isLoaded: boolean;
}

export function Thumbnail({ client, info, isLoaded }: ThumbnailProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (!isLoaded) return;
    let current = true;
    drawMiddle(client, info).then(
      (picture) => {
        const target = canvas.current;
        if (!current || target === null || picture === null) return;
        target.width = picture.width;
        target.height = picture.height;
        target.getContext('2d')?.putImageData(picture, 0, 0);
      },
      // Released meanwhile, or the worker was replaced: the next handle draws it.
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [client, info, isLoaded]);
  return <canvas ref={canvas} className={styles['thumbnail']} aria-hidden="true" />;
}

/** Pixels along an edge, on a fine screen. */
const EDGE = 64;

async function drawMiddle(
  client: ThumbnailProps['client'],
  { handle, kind, size, phases, levels }: VolumeInfo,
): Promise<ImageData | null> {
  // The smallest level that has a voxel for each of its pixels.
  const level = (levels ?? []).findLastIndex(([nx, ny]) => Math.max(nx, ny) >= EDGE);
  const pixels = await client.slice({
    handle,
    axis: 2,
    index: Math.floor(size[2] / 2),
    level: Math.max(0, level),
  });
  const look: LabelLook = {
    colours: new Map(phases.map(({ label, colour }) => [label, parseColour(colour)])),
    opacity: 1,
    style: 'fill',
  };
  const isGrey = kind === 'grey';
  const [low, high] = isGrey ? (await client.histogram(handle)).window : [0, 1];
  const rgba = composeSlice(
    isGrey ? pixels : null,
    { low, high, colourMap: 'grey' },
    isGrey ? null : pixels,
    look,
  );
  return new ImageData(rgba, pixels.width, pixels.height);
}
