/** Unsharp mask with a soft threshold. */
import { gaussianRadius } from '../../kernels/gaussian.ts';
import { sharpenUnsharpMask as sharpenReference } from '../../kernels/unsharp.ts';
import { createVolume, toFloat32, voxelCount } from '../../volume/volume.ts';
import { sharpenUnsharpMask, unsharpBytes } from '../../wasm/unsharp.ts';
import { noisyBlocks } from '../example-grey.ts';
import { greyResultBytes, uncheckedGrey } from '../grey-values.ts';
import { defineOperation } from '../operation.ts';

const parameters = {
  sigma: {
    kind: 'number',
    title: 'Sigma',
    help: 'Standard deviation of the gaussian that is subtracted: about the width of the blur to undo. Other programs call it radius.',
    unit: 'voxels',
    min: 0.2,
    max: 16,
    step: 0.1,
    default: 2,
  },
  amount: {
    kind: 'number',
    title: 'Amount',
    help: 'Share of the detail that is added. 1 doubles the contrast of fine detail; above 2 edges overshoot visibly.',
    unit: '',
    min: 0,
    max: 10,
    step: 0.1,
    default: 1,
  },
  threshold: {
    kind: 'number',
    title: 'Threshold',
    help: 'Detail up to this size is left alone and larger detail is reduced by it, so that noise is not sharpened. 0 sharpens everything; after denoising that is right.',
    unit: 'grey',
    min: 0,
    max: 1e9,
    step: 1,
    default: 0,
  },
} as const;

export const operation = defineOperation({
  id: 'sharpen-unsharp-mask',
  version: 1,
  title: 'Unsharp mask',
  family: 'sharpen',
  summary: 'Adds back the detail that a gaussian takes away, which pulls blurred phases apart.',
  equation: 'u = I + a · sign(d) · max(|d| − T, 0),  d = I − G_σ ∗ I',
  details:
    'The gaussian is the sampled one of the smoothing operation: cut at four standard deviations, normalised, edge voxel repeated at the border. The threshold is soft: detail is reduced by T rather than switched on at T. The result is not clipped, so edges may overshoot the range of the input. A constant volume passes unchanged to the last bit. Any voxel type is taken as its physical grey values and computed in float32 (integers beyond 2²⁴ are rounded); the result is float32. NaN, infinite values and values beyond ±1e18 are refused. Time is proportional to N · σ; memory beyond the result is that of one slab of slices.',
  methods:
    'Detail was enhanced by an unsharp mask (gaussian σ = {sigma}, amount {amount}, soft threshold {threshold})',
  citations: [
    {
      label: 'Polesel, Ramponi & Mathews 2000',
      authors: 'Polesel, A., Ramponi, G. & Mathews, V. J.',
      year: 2000,
      title: 'Image enhancement via adaptive unsharp masking',
      venue: 'IEEE Transactions on Image Processing 9, 505–510',
      doi: '10.1109/83.826787',
    },
  ],
  input: 'grey',
  output: 'grey',
  parameters,
  tables: {},

  reach: {
    kind: 'local',
    halo: ({ sigma }) => gaussianRadius(sigma),
    words: '⌊4σ + ½⌋',
  },

  estimate(input, params) {
    return {
      bytes: unsharpBytes(input.size, params) + greyResultBytes(input),
      work: 3 * voxelCount(input.size) * (gaussianRadius(params.sigma) + 2),
    };
  },

  async run(input, params, context) {
    const { values, check } = await uncheckedGrey(input, context.breathe);
    const data = await context.withKernels(unsharpBytes(input.size, params), (session) =>
      sharpenUnsharpMask(session, values, input.size, params, { check }),
    );
    return { volume: createVolume({ ...input, data }) };
  },

  reference(input, params) {
    const data = sharpenReference(toFloat32(input.data), input.size, params);
    return { volume: createVolume({ ...input, data }) };
  },

  examples: [
    {
      title: 'Noisy blocks, no threshold',
      input: noisyBlocks,
      params: {},
      voxelDigest: 'e3f757b190427b57372d9358cafe196ad924facd77d1b99231428c6a3171d561',
    },
    {
      title: 'Noisy blocks, noise below the threshold',
      input: noisyBlocks,
      params: { sigma: 1.2, amount: 0.8, threshold: 5000 },
      voxelDigest: 'bdbe52817e8f8d2faf47d659ab32df6d004cff98a33ebe9864bbbc0e7f0d5159',
    },
  ],
});
