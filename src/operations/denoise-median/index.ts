/** Median filter. */
import type { ParameterValues } from '../../declaration/parameters.ts';
import { type MedianArray, medianFilter as medianReference } from '../../kernels/median.ts';
import { finish, finishBreathing, type Steps } from '../../kernels/steps.ts';
import {
  bytesPerVoxel,
  copyNumbersSteps,
  createVolume,
  type VoxelArray,
  type VoxelType,
  voxelCount,
} from '../../volume/volume.ts';
import { medianBytes, medianFilter } from '../../wasm/median.ts';
import { noisyBlocks } from '../example-grey.ts';
import { greyValues } from '../grey-values.ts';
import { defineOperation } from '../operation.ts';

const parameters = {
  radius: {
    kind: 'integer',
    title: 'Radius',
    help: '1 takes the median of 3 × 3 × 3 voxels, 2 of 5 × 5 × 5. Layers thinner than the radius plus one voxel vanish, so take 2 only where no phase is that thin.',
    unit: 'voxels',
    min: 1,
    max: 2,
    step: 1,
    default: 1,
  },
} as const;

function radiusOf({ radius }: ParameterValues<typeof parameters>): { readonly radius: 1 | 2 } {
  return { radius: radius === 2 ? 2 : 1 };
}

/** Types whose values a median can keep as they are. */
function isKept(type: VoxelType): boolean {
  return type === 'uint8' || type === 'uint16' || type === 'float32';
}

function resultType(type: VoxelType): VoxelType {
  return isKept(type) ? type : 'float32';
}

function* medianSteps(data: VoxelArray): Steps<MedianArray> {
  const kept =
    data instanceof Uint8Array || data instanceof Uint16Array || data instanceof Float32Array;
  return kept
    ? (data as MedianArray)
    : yield* copyNumbersSteps(data, new Float32Array(data.length));
}

export const operation = defineOperation({
  id: 'denoise-median',
  version: 1,
  title: 'Median filter',
  family: 'denoise',
  summary: 'Replaces each voxel by the median of its neighbourhood: removes outliers, keeps edges.',
  equation: 'u(p) = median { I(q) : |qₓ − pₓ|, |q_y − p_y|, |q_z − p_z| ≤ r }',
  details:
    'The exact median of all 27 or 125 voxels of a cube. Single outliers (hot voxels, zingers) go, plane boundaries stay where they are, and no grey value appears that was not there; layers and bridges of less than r + 1 voxels do not survive, and corners are rounded. The cube counts voxels along every axis, whatever the voxel size. At the border the edge voxel repeats. uint8, uint16 and float32 keep their type and their exact values; any other type is taken as float32 (integers beyond 2²⁴ are rounded). NaN, infinite values and values beyond ±1e18 are refused. Sorting networks on vector lanes, columns and planes sorted once for all cubes that share them: time is proportional to N and does not depend on the grey values; memory beyond the result is that of one slab of slices.',
  methods: 'The volume was filtered with a median over a cube (radius {radius}, replicated border)',
  citations: [
    {
      label: 'Huang, Yang & Tang 1979',
      authors: 'Huang, T. S.; Yang, G. J.; Tang, G. Y.',
      year: 1979,
      title: 'A fast two-dimensional median filtering algorithm',
      venue: 'IEEE Transactions on Acoustics, Speech, and Signal Processing 27, 13–18',
      doi: '10.1109/TASSP.1979.1163188',
    },
    {
      label: 'Batcher 1968',
      authors: 'Batcher, K. E.',
      year: 1968,
      title: 'Sorting networks and their applications',
      venue: 'AFIPS Spring Joint Computing Conference, 307–314',
      doi: '10.1145/1468075.1468121',
    },
  ],
  input: 'grey',
  output: 'grey',
  parameters,
  tables: {},

  reach: { kind: 'local', halo: ({ radius }) => radius, words: 'the radius' },

  estimate({ size, type }, params) {
    const voxelBytes = bytesPerVoxel(resultType(type));
    const copy = isKept(type) ? 0 : 4 * voxelCount(size);
    return {
      bytes: medianBytes(size, voxelBytes, radiusOf(params)) + voxelCount(size) * voxelBytes + copy,
      work: voxelCount(size) * (params.radius === 1 ? 6 : 50),
    };
  },

  outputShape: ({ type }) => ({ kind: 'grey', type: resultType(type) }),

  async run(input, params, context) {
    const grey = await greyValues(input, context.breathe);
    const values = await finishBreathing(medianSteps(grey), context.breathe);
    const bytes = medianBytes(input.size, values.BYTES_PER_ELEMENT, radiusOf(params));
    const data = await context.withKernels(bytes, (session) =>
      medianFilter(session, values, input.size, radiusOf(params)),
    );
    return { volume: createVolume({ ...input, data }) };
  },

  reference(input, params) {
    const data = medianReference(finish(medianSteps(input.data)), input.size, radiusOf(params));
    return { volume: createVolume({ ...input, data }) };
  },

  examples: [
    {
      title: 'Noisy blocks, 3 × 3 × 3 voxels',
      input: noisyBlocks,
      params: {},
      voxelDigest: 'a737c5f29a1e1edc2102aa1985861810156a8e070ac52b52e113b6728d6e6df2',
    },
    {
      title: 'Noisy blocks, 5 × 5 × 5 voxels',
      input: noisyBlocks,
      params: { radius: 2 },
      voxelDigest: 'b1fdd98209808e5c31238cbe8ebb251b3ef4e7ef1aed0e4710c78d2817db5e01',
    },
    {
      title: 'Differences from the mean in float32',
      input: () => {
        const blocks = noisyBlocks();
        const data = Float32Array.from(blocks.data as Uint16Array, (grey) => (grey - 21_000) / 7);
        return createVolume({ ...blocks, data });
      },
      params: {},
      voxelDigest: 'c1693ae6924a885c9df5537ccf079a5adebc53b58f2aa4f3ac11e90957eba730',
    },
  ],
});
