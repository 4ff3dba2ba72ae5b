/** Gradient magnitude. */
import type { ParameterValues } from '../../declaration/parameters.ts';
import { gaussianRadius } from '../../kernels/gaussian.ts';
import {
  type GradientParameters,
  gradientMagnitude as gradientReference,
} from '../../kernels/gradient.ts';
import { createVolume, toFloat32, type Volume, voxelCount } from '../../volume/volume.ts';
import { gradientBytes, gradientMagnitude } from '../../wasm/gradient.ts';
import { noisyBlocks } from '../example-grey.ts';
import { greyResultBytes, uncheckedGrey } from '../grey-values.ts';
import { defineOperation, type OperationResult } from '../operation.ts';

const parameters = {
  method: {
    kind: 'choice',
    title: 'Method',
    help: 'Gaussian derivative for noisy grey values; central differences for smooth ones.',
    options: [
      { value: 'gaussian', title: 'gaussian derivative' },
      { value: 'central', title: 'central differences' },
    ],
    default: 'gaussian',
  },
  sigma: {
    kind: 'number',
    title: 'Sigma',
    help: 'Standard deviation of the gaussian; central differences do without it. Wider is steadier in noise, narrower keeps thin layers.',
    unit: 'voxels',
    min: 0.3,
    max: 16,
    step: 0.1,
    default: 1,
  },
} as const;

type Values = ParameterValues<typeof parameters>;

function widthOf({ method, sigma }: Values): Pick<GradientParameters, 'sigma'> {
  return { sigma: method === 'central' ? null : sigma };
}

function kernelParameters({ spacing }: Volume, params: Values): GradientParameters {
  return { ...widthOf(params), spacing: spacing === null ? [1, 1, 1] : spacing.values };
}

function resultOf(input: Volume, data: Float32Array): OperationResult {
  const unit =
    input.spacing === null ? 'voxel, since the voxel size is unknown' : input.spacing.unit;
  return {
    volume: createVolume({ ...input, data }),
    notes: [`The gradient is in grey values per ${unit}.`],
  };
}

export const operation = defineOperation({
  id: 'gradient-magnitude',
  version: 1,
  title: 'Gradient magnitude',
  family: 'gradient',
  summary: 'Measures how steeply the grey value changes: high at the boundaries between phases.',
  equation: 'u = √((∂I/∂x)² + (∂I/∂y)² + (∂I/∂z)²),  ∂I/∂x = (∂G_σ/∂x) ∗ I',
  details:
    'Gaussian derivative: along the axis of the derivative samples of k · exp(−k² / 2σ²), cut at four standard deviations and scaled so that a linear ramp gives its slope exactly; along the other two axes the sampled, normalised gaussian. Central differences: (I[x+1] − I[x−1]) / 2, no smoothing. σ counts voxels; the derivatives are divided by the voxel size where it is known, each axis by its own, and are per voxel where it is not. At the border the edge voxel repeats, which makes the outward half of a derivative 0. A constant volume gives exactly 0. Any voxel type is taken as its physical grey values and computed in float32 (integers beyond 2²⁴ are rounded); the result is float32. NaN, infinite values and values beyond ±1e18 are refused. Time is proportional to N · σ; memory beyond the result is that of one slab of slices.',
  methods: 'The gradient magnitude was computed ({method}, σ = {sigma})',
  citations: [
    {
      label: 'Canny 1986',
      authors: 'Canny, J.',
      year: 1986,
      title: 'A computational approach to edge detection',
      venue: 'IEEE Transactions on Pattern Analysis and Machine Intelligence 8, 679–698',
      doi: '10.1109/TPAMI.1986.4767851',
    },
  ],
  input: 'grey',
  output: 'grey',
  parameters,
  tables: {},

  reach: {
    kind: 'local',
    halo(params) {
      const { sigma } = widthOf(params);
      return sigma === null ? 1 : gaussianRadius(sigma);
    },
    words: '⌊4σ + ½⌋, or 1 for central differences',
  },

  estimate(input, params) {
    const { sigma } = widthOf(params);
    return {
      bytes: gradientBytes(input.size, { sigma }) + greyResultBytes(input),
      work: 8 * voxelCount(input.size) * (sigma === null ? 1 : gaussianRadius(sigma) + 1),
    };
  },

  async run(input, params, context) {
    const { values, check } = await uncheckedGrey(input, context.breathe);
    const data = await context.withKernels(gradientBytes(input.size, widthOf(params)), (session) =>
      gradientMagnitude(session, values, input.size, kernelParameters(input, params), { check }),
    );
    return resultOf(input, data);
  },

  reference(input, params) {
    const values = toFloat32(input.data);
    return resultOf(input, gradientReference(values, input.size, kernelParameters(input, params)));
  },

  examples: [
    {
      title: 'Noisy blocks, gaussian derivative',
      input: noisyBlocks,
      params: {},
      voxelDigest: 'a0a1dd70bea0f7d79533ca85f2d481aeaa91f138ffaf935035584cb3108b7a07',
    },
    {
      title: 'Noisy blocks, central differences',
      input: noisyBlocks,
      params: { method: 'central' },
      voxelDigest: '08fc7c3bc133cf47471e98b70a2388f2876a98a7335448ce0c35f7e4624235a6',
    },
  ],
});
