/** Joins blocks of voxels into one voxel each. */
import { binned, binSlices } from '../../volume/binning.ts';
import {
  allocateVoxels,
  bytesPerVoxel,
  createVolume,
  type Size3,
  voxelCount,
} from '../../volume/volume.ts';
import { noisyBlocks } from '../example-grey.ts';
import { defineOperation } from '../operation.ts';

const parameters = {
  factor: {
    kind: 'integer',
    title: 'Factor',
    help: 'Voxels of a block along each axis: 2 leaves an eighth of the voxels, 4 a sixty-fourth. Keep features several voxels wide.',
    unit: 'voxels',
    min: 1,
    max: 16,
    step: 1,
    default: 2,
  },
} as const;

export const operation = defineOperation({
  id: 'resample-bin',
  version: 1,
  title: 'Bin',
  family: 'resample',
  summary: 'Joins blocks of voxels into one: less memory, less noise, a larger voxel size.',
  equation: 'V′[p] = mean { V[q] : q in the block of p }; for labels the commonest label',
  details:
    'Blocks are cubes of factor³ voxels from the first voxel on; an axis of one voxel is not binned, and voxels left over at the far ends, too few for a block, are dropped. Grey values become their mean in the same type, sums are exact for integers and integers are rounded half up; labels become the commonest label of the block, the smallest of those that are equally common. The voxel size grows by the factor, and the origin moves to the middle of the first block. Time is proportional to N.',
  methods:
    'Cubes of voxels with an edge of {factor} were binned into one voxel each (mean of grey values, commonest label)',
  changesVolume: ({ factor }) => factor > 1,
  citations: [],
  input: 'any',
  output: 'same',
  parameters,
  tables: {},

  reach: { kind: 'whole', fromSlices: false },

  estimate({ size, type }, { factor }) {
    const out = voxelCount(size) / factor ** 3;
    return {
      bytes: Math.ceil(voxelCount(size) / factor) * bytesPerVoxel(type),
      work: voxelCount(size) + out,
    };
  },

  outputShape({ size, spacing }, { factor }) {
    const small = binned({ size, spacing, origin: [0, 0, 0] }, factor);
    return { size: small.size, spacing: small.spacing };
  },

  async run(input, { factor }, context) {
    const { factors, ...geometry } = binned(input, factor);
    const [nx, ny] = input.size;
    const [bx, by, bz] = geometry.size;
    const data = allocateVoxels(input.type, voxelCount(geometry.size));
    const layer: Size3 = [nx, ny, factors[2]];
    for (let z = 0; z < bz; z++) {
      const from = z * voxelCount(layer);
      const slices = input.data.subarray(from, from + voxelCount(layer));
      binSlices(input.kind, slices, layer, factors, data, z * bx * by);
      context.progress((z + 1) / bz);
      await context.breathe();
    }
    return { volume: createVolume({ ...input, ...geometry, data }) };
  },

  examples: [
    {
      title: 'Noisy blocks by two',
      input: noisyBlocks,
      params: { factor: 2 },
      voxelDigest: '62d690baea9f25795af1122e3f4d866d5da37ef75fd6bfa7a445dcedfb625bb7',
    },
    {
      title: 'Labels, of which two are equally common in a block',
      input: () =>
        createVolume({
          kind: 'labels',
          name: 'labels',
          size: [4, 2, 2],
          data: Uint8Array.of(1, 1, 5, 3, 1, 1, 5, 3, 2, 2, 3, 5, 2, 1, 3, 5),
          spacing: { values: [0.5, 0.5, 1], unit: 'µm' },
        }),
      params: {},
      voxelDigest: 'c79b932e1e1da3c0e098e5ad2c422937eb904a76cf61d83975a74a68fbb04b99',
    },
  ],
});
