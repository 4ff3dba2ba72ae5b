/** Driver of the unsharp mask: the same result as `src/kernels/unsharp.ts`, bit for bit. */
import type { UnsharpParameters } from '../kernels/unsharp.ts';
import type { NumericVoxelArray, Size3 } from '../volume/volume.ts';
import { eachSmoothedPart, gaussianBytes, type SmoothedPart } from './gaussian.ts';
import type { KernelSession } from './session.ts';
import { itemsPerPartTask, type PassageOptions } from './slabs.ts';

const BLOCK_VOXELS = 1024;
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
  options?: PassageOptions,
): Promise<Float32Array<ArrayBuffer>> {
  const finish = ({ grey, smoothed, voxels }: SmoothedPart): Promise<void> => {
    const items = Math.ceil(voxels / BLOCK_VOXELS);
    return session.run({
      kernel: 'unsharpMask',
      args: [grey, smoothed, voxels, amount, threshold],
      items,
      itemsPerTask: itemsPerPartTask(items, BLOCK_VOXELS),
    });
  };
  return eachSmoothedPart(session, input, size, { sigma }, finish, options);
}
