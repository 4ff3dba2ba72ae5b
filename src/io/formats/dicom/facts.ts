import { corpus, type FormatFacts } from '../../format-facts.ts';

export const dicomFacts: FormatFacts = {
  layouts:
    'single images, images of several frames, and series: slices in the order of their positions along the normal',
  types: 'whole numbers of 8, 16 and 32 bits, signed or not; unused bits are cleared',
  compressions: 'none (implicit and explicit, either byte order)',
  voxelSize: 'PixelSpacing and the distance between slices, in millimetres',
  slices: '',
  written: '',
  tests: [
    corpus('pydicom'),
    { peer: '', what: 'series, gaps, damaged files', file: 'src/io/formats/dicom/dicom.test.ts' },
  ],
  limits: [
    'Compressed transfer syntaxes are refused by name.',
    'Slope and intercept (Hounsfield units) are stated, not applied.',
    'Files of several series are refused: one series at a time.',
  ],
};
