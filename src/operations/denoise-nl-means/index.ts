/** Non-local means denoising. */
import { nlMeans as nlMeansReference } from '../../kernels/nl-means.ts';
import { toFloat32 } from '../../volume/volume.ts';
import { nlMeans, nlMeansBytes, nlMeansPairs } from '../../wasm/nl-means.ts';
import { noisyBlocks } from '../example-grey.ts';
import { greyResultBytes, greyValues, numericValues } from '../grey-values.ts';
import { defineOperation } from '../operation.ts';
import { estimateStreamedNoise, kernelParameters, report, resultOf, tables } from './noise.ts';

const parameters = {
  patchRadius: {
    kind: 'integer',
    title: 'Patch radius',
    help: 'Neighbourhoods of 2r + 1 voxels along each axis are compared. 1 keeps finer detail, 2 resists stronger noise.',
    unit: 'voxels',
    min: 1,
    max: 4,
    step: 1,
    default: 2,
  },
  searchRadius: {
    kind: 'integer',
    title: 'Search radius',
    help: 'Similar neighbourhoods are sought up to this far along each axis. The time grows with its third power.',
    unit: 'voxels',
    min: 1,
    max: 10,
    step: 1,
    default: 5,
  },
  sigma: {
    kind: 'auto-number',
    title: 'Noise',
    help: 'Standard deviation of the noise in grey values, best measured in a region of one phase.',
    unit: 'grey',
    min: 0,
    max: 1e9,
    step: 0.01,
    auto: 'Estimated from the flattest patches of the volume; a few percent low where the noise is correlated, high where hardly any patch is free of edges.',
  },
  strength: {
    kind: 'number',
    title: 'Strength',
    help: 'Filter strength k, in units of the noise: h = k · σ. 0.6 suits patch radius 2 and 0.8 patch radius 1; more smooths more and loses thin layers first.',
    unit: '',
    min: 0.05,
    max: 5,
    step: 0.05,
    default: 0.6,
  },
} as const;

export const operation = defineOperation({
  id: 'denoise-nl-means',
  version: 2,
  title: 'Non-local means',
  family: 'denoise',
  summary: 'Averages voxels whose surroundings look alike, which removes noise and keeps edges.',
  equation:
    'u(p) = Σ_q w(p, q) I(q) / Σ_q w(p, q),  w(p, q) = exp(−max(‖P(p) − P(q)‖² / |P| − 2σ², 0) / h²),  h = k σ',
  details:
    'Patches P are cubes with equal weights, partners q come from the search cube around p, w(p, p) = 1, and no weight is cut off. At the border the edge voxel repeats, and repeated voxels count as partners. A weight serves both voxels of its pair, and patch distances are summed per offset (Darbon et al. 2008, Froment 2014). A constant volume passes unchanged to the last bit, and so does any volume when σ is 0. Multiplying grey values and σ by a power of two multiplies the result exactly. An estimated σ is the 10th percentile of the standard deviations of blocks of 5³ voxels (11² in a single slice), corrected for the size of the blocks. Any voxel type is taken as its physical grey values and computed in float32 (integers beyond 2²⁴ are rounded); the result is float32. NaN, infinite values and values beyond ±1e18 are refused. Time is proportional to N · (2 · search + 1)³ and hardly depends on the patch; memory beyond the result is that of one slab of slices.',
  methods:
    'Noise was reduced by non-local means (patch radius {patchRadius}, search radius {searchRadius}, noise σ {sigma}, h = {strength} σ)',
  citations: [
    {
      label: 'Buades, Coll & Morel 2005',
      authors: 'Buades, A., Coll, B. & Morel, J.-M.',
      year: 2005,
      title: 'A non-local algorithm for image denoising',
      venue: 'IEEE Conference on Computer Vision and Pattern Recognition 2, 60–65',
      doi: '10.1109/CVPR.2005.38',
    },
    {
      label: 'Buades, Coll & Morel 2011',
      authors: 'Buades, A., Coll, B. & Morel, J.-M.',
      year: 2011,
      title: 'Non-local means denoising',
      venue: 'Image Processing On Line 1, 208–212',
      doi: '10.5201/ipol.2011.bcm_nlm',
    },
    {
      label: 'Darbon et al. 2008',
      authors: 'Darbon, J., Cunha, A., Chan, T. F., Osher, S. & Jensen, G. J.',
      year: 2008,
      title: 'Fast nonlocal filtering applied to electron cryomicroscopy',
      venue: 'IEEE International Symposium on Biomedical Imaging, 1331–1334',
      doi: '10.1109/ISBI.2008.4541250',
    },
    {
      label: 'Froment 2014',
      authors: 'Froment, J.',
      year: 2014,
      title: 'Parameter-free fast pixelwise non-local means denoising',
      venue: 'Image Processing On Line 4, 300–326',
      doi: '10.5201/ipol.2014.120',
    },
  ],
  input: 'grey',
  output: 'grey',
  parameters,
  tables,
  gpu: { tolerance: 1e-5, relativeTo: 'the range of grey values', evidence: 'comparison' },

  reach: {
    kind: 'local',
    halo: ({ patchRadius, searchRadius }) => patchRadius + searchRadius,
    words: 'patch radius plus search radius, once the noise is known',
    // Windows along y and z share their pairs with the next one, from even coordinates on.
    grid: 2,
  },

  estimate(input, { patchRadius, searchRadius }) {
    const arena = nlMeansBytes(input.size, { patchRadius, searchRadius });
    return {
      bytes: arena + greyResultBytes(input),
      // A pair costs several visits: window sums, the weight and two accumulators.
      work: 4 * nlMeansPairs(input.size, searchRadius),
    };
  },

  async settle(input, params, { breathe }) {
    if (params.sigma !== null) return params;
    const values = await greyValues(input, breathe);
    return { ...params, sigma: kernelParameters(values, input, params).sigma };
  },

  streaming: {
    async settle(input, params, { breathe }) {
      if (params.sigma !== null) return params;
      return { ...params, sigma: await estimateStreamedNoise(input, breathe) };
    },
    async report(_input, { sigma: given, strength }, _context, settled) {
      const sigma = settled.sigma ?? 0;
      return report({ sigma, h: strength * sigma }, given === null);
    },
  },

  async run(input, params, context) {
    const values = await greyValues(input, context.breathe);
    const kernel = kernelParameters(values, input, params);
    await context.breathe();
    const data = await context.withKernels(nlMeansBytes(input.size, kernel), (session) =>
      nlMeans(session, values, input.size, kernel),
    );
    return resultOf(input, data, kernel, params.sigma === null);
  },

  reference(input, params) {
    const kernel = kernelParameters(numericValues(input.data), input, params);
    const values = toFloat32(input.data);
    return resultOf(
      input,
      nlMeansReference(values, input.size, kernel),
      kernel,
      params.sigma === null,
    );
  },

  examples: [
    {
      title: 'Noisy blocks, noise estimated',
      input: noisyBlocks,
      params: { searchRadius: 3 },
      voxelDigest: '202d7b49a2c446d0cc065537a8af8176325e78dc0d826ca9e2d91f35df0b0e27',
    },
    {
      title: 'Noisy blocks, small patches, noise given',
      input: noisyBlocks,
      params: { patchRadius: 1, searchRadius: 4, sigma: 2500, strength: 0.8 },
      voxelDigest: '92548c76986259be8fb39ef17b82ee1b03ee6ab7829a786ada046347c63ec9a2',
    },
  ],
});
