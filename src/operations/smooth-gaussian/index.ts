/** Gaussian smoothing. */
import { gaussianRadius, smoothGaussian as smoothReference } from '../../kernels/gaussian.ts';
import { createVolume, toFloat32, voxelCount } from '../../volume/volume.ts';
import { gaussianBytes, smoothGaussian } from '../../wasm/gaussian.ts';
import { noisyBlocks } from '../example-grey.ts';
import { greyResultBytes, uncheckedGrey } from '../grey-values.ts';
import { defineOperation } from '../operation.ts';

const parameters = {
  sigma: {
    kind: 'number',
    title: 'Sigma',
    help: 'Standard deviation of the gaussian. Noise falls with σ^1.5 in three dimensions; edges are blurred over about 2.4 σ.',
    unit: 'voxels',
    min: 0.2,
    max: 16,
    step: 0.1,
    default: 1,
  },
} as const;

export const operation = defineOperation({
  id: 'smooth-gaussian',
  version: 1,
  title: 'Gaussian smoothing',
  family: 'smooth',
  summary: 'Averages each voxel with its neighbours, weighted by a gaussian.',
  equation: 'u = G_σ ∗ I,  G_σ[k] ∝ exp(−k² / 2σ²),  |k| ≤ ⌊4σ + ½⌋',
  details:
    'Separable: the sampled gaussian, cut at four standard deviations and normalised to sum 1, is applied along z, y and x in turn. σ counts voxels along every axis, whatever the voxel size. At the border the edge voxel repeats. A constant volume passes unchanged to the last bit. Any voxel type is taken as its physical grey values and computed in float32 (integers beyond 2²⁴ are rounded); the result is float32. NaN, infinite values and values beyond ±1e18 are refused. Time is proportional to N · σ; memory beyond the result is that of one slab of slices.',
  methods:
    'The volume was smoothed with a gaussian (σ = {sigma}, sampled to 4σ, replicated border)',
  citations: [
    {
      label: 'Lindeberg 1990',
      authors: 'Lindeberg, T.',
      year: 1990,
      title: 'Scale-space for discrete signals',
      venue: 'IEEE Transactions on Pattern Analysis and Machine Intelligence 12, 234–254',
      doi: '10.1109/34.49051',
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
      bytes: gaussianBytes(input.size, params) + greyResultBytes(input),
      work: 3 * voxelCount(input.size) * (gaussianRadius(params.sigma) + 1),
    };
  },

  async run(input, params, context) {
    const { values, check } = await uncheckedGrey(input, context.breathe);
    const data = await context.withKernels(gaussianBytes(input.size, params), (session) =>
      smoothGaussian(session, values, input.size, params, { check }),
    );
    return { volume: createVolume({ ...input, data }) };
  },

  reference(input, params) {
    const data = smoothReference(toFloat32(input.data), input.size, params);
    return { volume: createVolume({ ...input, data }) };
  },

  examples: [
    {
      title: 'Noisy blocks, default width',
      input: noisyBlocks,
      params: {},
      voxelDigest: '3e78e1570502eaee15151434d690bd3ec3f88ae11de1d2037c085138a9e9ad15',
    },
    {
      title: 'Noisy blocks, a gaussian wider than half the volume',
      input: noisyBlocks,
      params: { sigma: 5 },
      voxelDigest: '5c21f4d7e71c19cc1eb8c108350e16cb3e2211048c48104198eb8ceae810359d',
    },
  ],
});
