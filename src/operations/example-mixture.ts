/** Label volumes for the examples of operations that solve steady diffusion. */
import { randomUniform } from '../kernels/random.ts';
import { createVolume, type Volume } from '../volume/volume.ts';

/** 15 × 13 × 11 voxels, twice as long along z; blocks of 2 voxels are label 0, 1 or 2 at random. */
export function randomMixture(): Volume {
  const [nx, ny, nz] = [15, 13, 11];
  const data = new Uint16Array(nx * ny * nz);
  for (let i = 0; i < data.length; i++) {
    const block = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))].map((n) => n >> 1);
    const [x, y, z] = block as [number, number, number];
    const value = randomUniform(11, 0, x + 16 * (y + 16 * z));
    data[i] = value < 0.55 ? 1 : value < 0.9 ? 0 : 2;
  }
  return createVolume({
    kind: 'labels',
    name: 'mixture',
    size: [nx, ny, nz],
    data,
    spacing: { values: [0.4, 0.4, 0.8], unit: 'µm' },
  });
}

/** 8 × 7 × 6 voxels of 0.5 µm; label 1 is a channel along x with one bend. */
export function bentChannel(): Volume {
  return createVolume({
    kind: 'labels',
    name: 'bend',
    size: [8, 7, 6],
    data: Uint8Array.from({ length: 8 * 7 * 6 }, (_, i) => {
      const [x, y, z] = [i % 8, Math.floor(i / 8) % 7, Math.floor(i / 56)];
      const isLower = x < 5 && y >= 1 && y < 3;
      const isUpper = x >= 4 && y >= 4 && y < 6;
      const isLink = x === 4 && y === 3;
      return z >= 2 && z < 4 && (isLower || isUpper || isLink) ? 1 : 0;
    }),
    spacing: { values: [0.5, 0.5, 0.5], unit: 'µm' },
  });
}
