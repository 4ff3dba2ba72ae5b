/** Non-local means on a GPU, checked against the CPU on three blocks of the same volume. */
import { nlMeansOnGpu } from '../../gpu/nl-means.ts';
import type { NlMeansParameters } from '../../kernels/nl-means.ts';
import { surveyVolume } from '../../volume/statistics.ts';
import type { NumericVoxelArray, Size3, Volume } from '../../volume/volume.ts';
import { nlMeans, nlMeansBytes } from '../../wasm/nl-means.ts';
import { greyValues } from '../grey-values.ts';
import type { GpuContext, GpuImplementation } from '../operation.ts';
import type { operation } from './index.ts';
import { kernelParameters, resultOf } from './noise.ts';

/** Edge of a checked block: with its surroundings some ten thousand voxels at usual radii. */
const CHECKED_EDGE = 8;

/** Voxels [start, end) along an axis. */
type Span = readonly [start: number, end: number];
type Box = readonly [x: Span, y: Span, z: Span];

/** At the first corner, in the middle and at the last corner: borders and interior. */
export function checkedBoxes(size: Size3): readonly Box[] {
  const at = (place: 0 | 1 | 2): Box => {
    const spans = size.map((n): Span => {
      const edge = Math.min(n, CHECKED_EDGE);
      const start = Math.floor(((n - edge) * place) / 2);
      return [start, start + edge];
    });
    return spans as unknown as Box;
  };
  return [at(0), at(1), at(2)];
}

/** The voxels of a box with what its result depends on: `margin` more, as far as the volume goes. */
function surroundings(
  values: NumericVoxelArray,
  size: Size3,
  box: Box,
  margin: number,
): { readonly data: Float32Array<ArrayBuffer>; readonly size: Size3; readonly start: Size3 } {
  const spans = box.map(([start, end], axis): Span => {
    return [Math.max(0, start - margin), Math.min(size[axis] as number, end + margin)];
  }) as unknown as Box;
  const [width, height, depth] = spans.map(([start, end]) => end - start) as [
    number,
    number,
    number,
  ];
  const [[x0], [y0], [z0]] = spans;
  const data = new Float32Array(width * height * depth);
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      const from = x0 + size[0] * (y0 + y + size[1] * (z0 + z));
      data.set(values.subarray(from, from + width), width * (y + height * z));
    }
  }
  return { data, size: [width, height, depth], start: [x0, y0, z0] };
}

/** The largest difference of `found` to what the CPU computes, in grey values. */
async function differenceToCpu(
  values: NumericVoxelArray,
  size: Size3,
  kernel: NlMeansParameters,
  found: Float32Array,
  context: GpuContext,
): Promise<number> {
  const margin = kernel.patchRadius + kernel.searchRadius;
  let largest = 0;
  for (const box of checkedBoxes(size)) {
    const part = surroundings(values, size, box, margin);
    const expected = await context.withKernels(nlMeansBytes(part.size, kernel), (session) =>
      nlMeans(session, part.data, part.size, kernel),
    );
    const [xs, ys, zs] = box;
    for (let z = zs[0]; z < zs[1]; z++) {
      for (let y = ys[0]; y < ys[1]; y++) {
        for (let x = xs[0]; x < xs[1]; x++) {
          const [px, py, pz] = [x - part.start[0], y - part.start[1], z - part.start[2]];
          const cpu = expected[px + part.size[0] * (py + part.size[1] * pz)] as number;
          const gpu = found[x + size[0] * (y + size[1] * z)] as number;
          // NaN is no small difference.
          const difference = Math.abs(gpu - cpu);
          largest = difference <= largest ? largest : difference;
          if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
        }
      }
    }
  }
  return largest;
}

async function greyRange(input: Volume, context: GpuContext): Promise<number> {
  const { minimum, maximum } = await surveyVolume(input, { pause: context.breathe });
  return maximum - minimum;
}

export const implementation: GpuImplementation<(typeof operation)['parameters']> = {
  async run(input, params, context) {
    const { size } = input;
    const values = await greyValues(input, context.breathe);
    const kernel = kernelParameters(values, input, params);
    await context.breathe();
    const data = await nlMeansOnGpu(context.gpu, values, size, kernel, context, {
      progress: context.progress,
    });
    const difference = await differenceToCpu(values, size, kernel, data, context);
    const range = await greyRange(input, context);
    return {
      result: resultOf(input, data, kernel, params.sigma === null),
      difference: difference === 0 ? 0 : difference / range,
    };
  },
};
