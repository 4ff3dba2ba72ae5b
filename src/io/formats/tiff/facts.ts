import type { FormatFacts } from '../../format-facts.ts';

export const tiffFacts: FormatFacts = {
  layouts:
    'TIFF and BigTIFF in either byte order; strips and tiles, samples side by side or planar; one page a slice, the single directory of ImageJ above 4 GB, the plane order of OME-TIFF; folders of single-page files in the order of the numbers in their names',
  types:
    'integers of 1 to 32 and of 64 bits, floats of 16 (read as float32), 32 and 64 bits; 1 to 7 bits become uint8, 9 to 15 bits uint16, 17 to 31 bits uint32',
  compressions:
    'none, PackBits, LZW (both bit orders), Deflate, ZSTD, 8-bit JPEG; predictors 1, 2 and 3',
  voxelSize: 'ImageJ description, else OME-XML, else none: resolution tags say nothing about z',
  slices: 'any, page by page',
  written:
    'uncompressed, little-endian, as ImageJ 1.53t lays it out; BigTIFF where 4 GiB do not suffice; labels with their phases',
  tests: [
    {
      peer: 'tifffile',
      what: 'voxels, voxel size and unit, both ways',
      file: 'tests/peers/round-trips.test.ts',
    },
    {
      peer: 'ImageJ',
      what: 'voxels, voxel size and unit of written files',
      file: 'tests/peers/imagej.test.ts',
    },
    {
      peer: 'libtiff, tifffile',
      what: 'files of other projects, raw samples to the last bit',
      file: 'src/io/formats/tiff/reference-files.test.ts',
    },
    {
      peer: 'geotiff',
      what: 'what geotiff reads, in every layout it knows',
      file: 'src/io/formats/tiff/layouts.test.ts',
    },
    {
      peer: 'libtiff, geotiff, utif2, @itk-wasm/image-io',
      what: '64 MiB in six layouts, and the speed',
      file: 'bench/formats.ts',
    },
    {
      peer: '',
      what: 'damaged, cut and malicious files',
      file: 'src/io/formats/tiff/bad-input.test.ts',
    },
  ],
  limits: [
    'Colours, several channels and time frames are refused, as are pages of different size or type, with their numbers.',
    'Values are as stored: min-is-white, palettes, orientation and the calibration of ImageJ are not applied, with a warning.',
    'At most 131 072 pages, and 1 GiB in one compressed strip or tile.',
    'Other compressions, complex numbers and 24-bit floats are refused by name.',
  ],
};
