import { corpus, type FormatFacts } from '../../format-facts.ts';

export const niftiFacts: FormatFacts = {
  layouts:
    'NIfTI-1 and NIfTI-2 as single files or pairs of header and image; a series is a choice of one volume',
  types:
    'all integers of 8 to 64 bits, float32, float64; either byte order; values that the header scales are read scaled, as float64',
  compressions: 'none, gzip',
  voxelSize: 'pixdim, unit from xyzt_units; unknown without one',
  slices: '',
  written: '',
  tests: [
    {
      peer: 'nibabel',
      what: 'voxels, voxel size and unit of its files',
      file: 'tests/peers/round-trips.test.ts',
    },
    corpus('nibabel, @itk-wasm/image-io'),
    {
      peer: 'nibabel',
      what: 'both volumes of a NIfTI-2 series',
      file: 'src/io/formats/nifti/nifti.test.ts',
    },
    { peer: '@itk-wasm/image-io', what: '64 MiB, and the speed', file: 'bench/formats.ts' },
  ],
  limits: [
    'Complex and colour voxels are refused.',
    'At most 4096 volumes are offered for choice.',
  ],
};
