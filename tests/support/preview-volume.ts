/** Small copies for the 3-D view, and their colours, for tests of how they are drawn. */
import type { Size3 } from '../../src/volume/volume.ts';
import type { PreviewVolume } from '../../workers/engine-api.ts';

export const SIZE: Size3 = [12, 10, 8];
export const PHASES = [
  { label: 0, name: 'pore', colour: '#0000ff', pore: true },
  { label: 1, name: 'binder', colour: '#00ff00', pore: false },
  { label: 2, name: 'active', colour: '#ff0000', pore: false },
];

/** A preview of cubic voxels whose values are a function of their place. */
export function preview(
  value: (x: number, y: number, z: number) => number,
  size: Size3 = SIZE,
): PreviewVolume {
  const [nx, ny, nz] = size;
  const data = new Uint8Array(nx * ny * nz);
  for (let z = 0, i = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) for (let x = 0; x < nx; x++, i++) data[i] = value(x, y, z);
  }
  return { size, data, spacing: [1, 1, 1], range: [0, 255], hasOutside: false, scale: 'linear' };
}

/** Index of a voxel of a preview of `SIZE`. */
export function at(x: number, y: number, z: number): number {
  return x + SIZE[0] * (y + SIZE[1] * z);
}

/** Red, green, blue and alpha of a colour word. */
export function channels(word: number | undefined): readonly number[] {
  return [0, 8, 16, 24].map((shift) => ((word ?? 0) >>> shift) & 255);
}
