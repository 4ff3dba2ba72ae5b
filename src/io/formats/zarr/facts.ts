import type { FormatFacts } from '../../format-facts.ts';

export const zarrFacts: FormatFacts = {
  layouts:
    'Zarr 2 and 3 stores in a folder or a ZIP archive; of OME-Zarr images the largest level, others by name',
  types: 'integers of 8 to 64 bits, float32, float64',
  compressions: 'what zarrita holds: blosc, zstd, gzip, zlib, lz4',
  voxelSize: 'scale of the level, unit of the axes; unknown without one',
  slices: '',
  written:
    'OME-Zarr 0.5 (Zarr 3) in a ZIP archive: chunks of 64³, gzip, levels of half the edges, labels with their phases',
  tests: [
    {
      peer: 'zarr-python, numpy',
      what: 'voxels, voxel size and unit: its stores, and written ones by the specification',
      file: 'tests/peers/round-trips.test.ts',
    },
    {
      peer: 'zarr-python',
      what: 'a store of another project',
      file: 'src/io/formats/zarr/zarr.test.ts',
    },
    {
      peer: '',
      what: 'voxels, voxel size, unit, place and phases of written stores',
      file: 'src/io/formats/zarr/writer.test.ts',
    },
  ],
  limits: ['Axes beyond three must have one entry.', 'At most 256 arrays are offered.'],
};
