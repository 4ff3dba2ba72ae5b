import { corpus, type FormatFacts } from '../../format-facts.ts';

export const metaImageFacts: FormatFacts = {
  layouts: '.mha with its voxels, .mhd with one file or a list of files beside it',
  types: 'all integers of 8 to 64 bits, float, double; either byte order',
  compressions: 'none, zlib',
  voxelSize:
    'ElementSpacing or ElementSize in millimetres, the convention of ITK; our own key says another unit',
  slices: '',
  written: '',
  tests: [
    corpus('ITK, NumPy'),
    { peer: '@itk-wasm/image-io', what: '64 MiB, and the speed', file: 'bench/formats.ts' },
    {
      peer: '',
      what: 'every type, damaged files',
      file: 'src/io/formats/meta-image/meta-image.test.ts',
    },
  ],
  limits: ['Voxels as text, several channels and more than three axes are refused.'],
};
