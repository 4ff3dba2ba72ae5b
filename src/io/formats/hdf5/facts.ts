import { corpus, type FormatFacts } from '../../format-facts.ts';

export const hdf5Facts: FormatFacts = {
  layouts: 'HDF5, with the conventions of NeXus and Data Exchange; several datasets are a choice',
  types: 'integers of 8 to 64 bits, float32, float64; either byte order',
  compressions: 'what h5wasm holds: gzip, shuffle, szip, scale-offset',
  voxelSize: 'attributes element_size_um, voxel_size, pixel_size or spacing with its unit',
  slices: '',
  written: '',
  tests: [
    {
      peer: 'h5py',
      what: 'voxels and voxel size of its files',
      file: 'tests/peers/round-trips.test.ts',
    },
    corpus('h5py'),
    {
      peer: '',
      what: 'choices, attributes, damaged files',
      file: 'src/io/formats/hdf5/hdf5.test.ts',
    },
    {
      peer: '',
      what: 'reading in place in a worker',
      file: 'src/io/formats/hdf5/hdf5.browser.test.ts',
    },
  ],
  limits: [
    'Filters that are plug-ins (blosc, bitshuffle, zstd) cannot be decoded.',
    'Outside a worker of a browser the file is copied into memory, at most 2.1 GB.',
  ],
};
