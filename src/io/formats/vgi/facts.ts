import type { FormatFacts } from '../../format-facts.ts';

export const vgiFacts: FormatFacts = {
  layouts: 'VGSTUDIO (.vgi beside .vol) and Nikon (.xtekct beside .vol)',
  types: 'integers of 8, 16 and 32 bits, float32, float64',
  compressions: 'none',
  voxelSize: 'resolution of VGI, VoxelSize of Nikon, in millimetres',
  slices: 'any',
  written: '',
  tests: [{ peer: '', what: 'files built by the test', file: 'src/io/formats/vgi/vgi.test.ts' }],
  limits: [
    'Written from descriptions of the layout: not compared with a file that either program wrote.',
  ],
};
