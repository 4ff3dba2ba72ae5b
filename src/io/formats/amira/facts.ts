import { corpus, type FormatFacts } from '../../format-facts.ts';

export const amiraFacts: FormatFacts = {
  layouts:
    'AmiraMesh and Avizo files with a uniform lattice, one value a voxel, binary in either byte order or text',
  types: 'byte (uint8), short, ushort, int, float, double',
  compressions: 'none, HxByteRLE, HxZip',
  voxelSize: 'bounding box over n − 1 (it spans voxel centres); unit where the file states one',
  slices: '',
  written: '',
  tests: [
    corpus('NumPy'),
    { peer: '', what: 'encodings, damaged files', file: 'src/io/formats/amira/amira.test.ts' },
  ],
  limits: ['Surfaces, other lattices and several values a voxel are refused.'],
};
