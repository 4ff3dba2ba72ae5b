/** Driver of the unsharp mask: the same result as `src/kernels/unsharp.ts`, bit for bit. */
import type { UnsharpParameters } from '../kernels/unsharp.ts';
import type { NumericVoxelArray, Size3 } from '../volume/volume.ts';
import { eachSmoothedSlab, gaussianBytes } from './gaussian.ts';
import type { KernelSession } from './session.ts';

const BLOCK_VOXELS = 1024;
/** 4 Mi voxels: a few milliseconds. */
const BLOCKS_PER_TASK = 4096;

export { gaussianBytes as unsharpBytes };

/**
 * Unsharp mask of `input` (nx·ny·nz voxels, x fastest), computed in float32; see the scalar
 * reference for the definition. Arena: `unsharpBytes`.
 */
export function sharpenUnsharpMask(
  session: KernelSession,
  input: NumericVoxelArray,
  size: Size3,
  { sigma, amount, threshold }: UnsharpParameters,
): Promise<Float32Array<ArrayBuffer>> {
  return eachSmoothedSlab(session, input, size, { sigma }, ({ grey, smoothed, voxels }) =>
    session.run({
      kernel: 'unsharpMask',
      args: [grey, smoothed, voxels, amount, threshold],
      items: Math.ceil(voxels / BLOCK_VOXELS),
      itemsPerTask: BLOCKS_PER_TASK,
    }),
  );
}
