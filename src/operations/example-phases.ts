/** A seeded label volume with curved and flat boundaries. */
import { randomUniform } from '../kernels/random.ts';
import { createVolume, type Volume } from '../volume/volume.ts';

const SEED = 11;
const SPHERES = 14;

/** 30 × 26 × 22 voxels: label 0 below, label 2 above, spheres of label 1 in both. */
export function layeredSpheres(): Volume {
  const [nx, ny, nz] = [30, 26, 22];
  const data = Uint8Array.from({ length: nx * ny * nz }, (_, i) => (i < nx * ny * 12 ? 0 : 2));
  for (let sphere = 0; sphere < SPHERES; sphere++) {
    const draw = (stream: number): number => randomUniform(SEED, stream, sphere);
    const [cx, cy, cz] = [draw(0) * nx, draw(1) * ny, draw(2) * nz];
    const squaredRadius = (2 + 4 * draw(3)) ** 2;
    for (let i = 0; i < data.length; i++) {
      const [x, y, z] = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
      if ((x - cx) ** 2 + (y - cy) ** 2 + (z - cz) ** 2 < squaredRadius) data[i] = 1;
    }
  }
  return createVolume({ kind: 'labels', name: 'layered spheres', size: [nx, ny, nz], data });
}
