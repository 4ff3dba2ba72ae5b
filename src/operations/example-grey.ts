/** The seeded volume of the filters' examples: blocks of two grey levels with noise. */
import { randomNormal, randomUniform } from '../kernels/random.ts';
import { createVolume, type Volume } from '../volume/volume.ts';

const SEED = 5;
const BLOCK = 6;
const LEVELS = [12_000, 30_000] as const;
const NOISE = 2500;

/** 23 × 19 × 17 voxels of uint16, spacing 0.5 × 0.5 × 1 µm. */
export function noisyBlocks(): Volume {
  const [nx, ny, nz] = [23, 19, 17];
  const data = Uint16Array.from({ length: nx * ny * nz }, (_, i) => {
    const [x, y, z] = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
    const [bx, by, bz] = [x, y, z].map((c) => Math.floor(c / BLOCK)) as [number, number, number];
    const bright = randomUniform(SEED, 0, bx + 8 * (by + 8 * bz)) < 0.5;
    const grey = LEVELS[bright ? 1 : 0] + NOISE * randomNormal(SEED, 1, i);
    return Math.max(0, Math.min(65_535, Math.round(grey)));
  });
  return createVolume({
    kind: 'grey',
    name: 'noisy blocks',
    size: [nx, ny, nz],
    data,
    spacing: { values: [0.5, 0.5, 1], unit: 'µm' },
  });
}
