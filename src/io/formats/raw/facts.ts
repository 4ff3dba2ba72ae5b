import type { FormatFacts } from '../../format-facts.ts';

export const rawFacts: FormatFacts = {
  layouts:
    'voxels alone: sizes, type, byte order, header and gaps between slices are said by the dialog or by --raw, which the name and the bytes guess first',
  types: 'every voxel type, either byte order',
  compressions: 'none',
  voxelSize: 'none: asked for',
  slices: 'any',
  written: '',
  tests: [
    { peer: '', what: 'layouts, guesses, damaged files', file: 'src/io/formats/raw/raw.test.ts' },
  ],
  limits: ['A layout that needs more bytes than there are is refused before reading.'],
};
