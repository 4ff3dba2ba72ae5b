import type { FormatFacts } from '../../format-facts.ts';

export const nrrdFacts: FormatFacts = {
  layouts:
    'NRRD0001 to NRRD0006; voxels in the file, in one data file, in a list or a numbered pattern of files; line and byte skips',
  types: 'all integers of 8 to 64 bits, float, double; either byte order',
  compressions: 'raw, gzip, bzip2, text, hexadecimal',
  voxelSize:
    'space directions or spacings; unit from space units, units, our own key, or millimetres in an anatomical space',
  slices: 'any, of raw voxels',
  written:
    'NRRD0005 with gzip, the voxels in the file; space directions and units; labels as segments of 3D Slicer',
  tests: [
    {
      peer: 'pynrrd, teem',
      what: 'files of other projects',
      file: 'src/io/formats/nrrd/reference-files.test.ts',
    },
    {
      peer: 'ITK',
      what: 'what is written, of every type',
      file: 'src/io/formats/nrrd/writer.test.ts',
    },
    { peer: '@itk-wasm/image-io', what: '64 MiB, and the speed', file: 'bench/formats.ts' },
    { peer: '', what: 'damaged files', file: 'src/io/formats/nrrd/format.test.ts' },
  ],
  limits: [
    'Vectors, colours and more than three axes are refused.',
    'Mirrored or turned axes stay in their stored order, with a warning.',
  ],
};
