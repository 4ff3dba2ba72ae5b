import { corpus, type FormatFacts } from '../../format-facts.ts';

export const npyFacts: FormatFacts = {
  layouts:
    'NumPy arrays, format versions 1 to 3, C or Fortran order; two or three axes, the last is x',
  types:
    'booleans (as uint8), integers of 8 to 64 bits, floats of 16 (read as float32), 32 and 64 bits; either byte order',
  compressions: 'none',
  voxelSize: 'none: asked for',
  slices: '',
  written: '',
  tests: [
    corpus('NumPy'),
    { peer: '', what: 'orders, types, damaged files', file: 'src/io/formats/npy/npy.test.ts' },
  ],
  limits: ['Complex numbers, records, text and objects are refused.'],
};

export const npzFacts: FormatFacts = {
  layouts: 'archives of NumPy arrays, ZIP64 included; several arrays are a choice',
  types: 'as .npy',
  compressions: 'none, Deflate',
  voxelSize: 'none: asked for',
  slices: '',
  written: '',
  tests: [
    corpus('NumPy'),
    { peer: '', what: 'choices, damaged archives', file: 'src/io/formats/npy/npy.test.ts' },
  ],
  limits: ['Encrypted archives and archives on several disks are refused.'],
};
