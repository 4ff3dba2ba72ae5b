/** The seeded volume of the example: nested spheres of three grey levels, blurred edges, noise. */
import { randomNormal } from '../../kernels/random.ts';
import { createVolume, type Volume } from '../../volume/volume.ts';

const SIZE = [32, 28, 24] as const;
const CENTRES = [
  [9, 9, 8],
  [22, 18, 15],
] as const;
const CORE = { radius: 5, grey: 1 } as const;
const SHELL = { radius: 8.5, grey: 0.45 } as const;
const OUTSIDE = 0.1;
const EDGE = 1.5;
const NOISE = 0.03;
const SEED = 11;

/** 1 inside, 0 outside, a ramp of `EDGE` voxels between. */
function inside(distance: number, radius: number): number {
  return Math.max(0, Math.min(1, 0.5 + (radius - distance) / EDGE));
}

function greyAt(x: number, y: number, z: number): number {
  const distance = Math.min(
    ...CENTRES.map(([cx, cy, cz]) =>
      Math.sqrt((x - cx) * (x - cx) + (y - cy) * (y - cy) + (z - cz) * (z - cz)),
    ),
  );
  const shell = OUTSIDE + (SHELL.grey - OUTSIDE) * inside(distance, SHELL.radius);
  return shell + (CORE.grey - SHELL.grey) * inside(distance, CORE.radius);
}

export function nestedSpheres(): Volume {
  const [nx, ny, nz] = SIZE;
  const data = Float32Array.from({ length: nx * ny * nz }, (_, i) => {
    const grey = greyAt(i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny)));
    return grey + NOISE * randomNormal(SEED, 0, i);
  });
  return createVolume({ kind: 'grey', name: 'nested spheres', size: SIZE, data });
}
