import type { FormatFacts } from '../../format-facts.ts';

export const xradiaFacts: FormatFacts = {
  layouts: 'Zeiss reconstructions (.txm) and radiographs (.txrm, .xrm): compound files',
  types: 'uint8, uint16, float32',
  compressions: 'none',
  voxelSize: 'ImageInfo/PixelSize, in micrometres',
  slices: '',
  written: '',
  tests: [
    {
      peer: '',
      what: 'files built by the test, damaged ones among them',
      file: 'src/io/formats/xradia/xradia.test.ts',
    },
  ],
  limits: [
    'Not compared with a file that an instrument wrote.',
    'Radiographs are read as slices, with a warning.',
  ],
};
