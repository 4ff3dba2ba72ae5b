import type { FormatFacts } from '../../format-facts.ts';

export const mrcFacts: FormatFacts = {
  layouts: 'MRC2014 and CCP4 maps in either byte order',
  types: 'mode 0 (int8, or uint8 of older programs), 1 (int16), 2 (float32), 6 (uint16)',
  compressions: 'none',
  voxelSize: 'cell over sampling, in ångström',
  slices: '',
  written: '',
  tests: [
    {
      peer: '',
      what: 'headers and damaged files; ITK decodes the voxels',
      file: 'src/io/formats/itk/formats.test.ts',
    },
  ],
  limits: ['At most 2 GiB: the voxels are decoded by itk-wasm.'],
};

export const vtkFacts: FormatFacts = {
  layouts: 'VTK legacy files with STRUCTURED_POINTS, binary or text',
  types: 'char to int (8 to 32 bits), float, double',
  compressions: 'none',
  voxelSize: 'SPACING; the unit is asked for',
  slices: '',
  written: '',
  tests: [
    {
      peer: '',
      what: 'headers and damaged files; ITK decodes the voxels',
      file: 'src/io/formats/itk/formats.test.ts',
    },
  ],
  limits: [
    'At most 2 GiB: the voxels are decoded by itk-wasm.',
    'Other data sets are refused by name.',
  ],
};
