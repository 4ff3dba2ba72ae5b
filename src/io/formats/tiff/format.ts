/** TIFF and BigTIFF: ImageJ, OME and plain stacks. */
import type { VolumeFormat } from '../../format.ts';
import { openTiffSlabs, readTiffMetadata, readTiffVolume } from './reader.ts';
import { isTiffHead } from './tiff-file.ts';
import { writeTiff } from './writer.ts';

export const tiffFormat = {
  id: 'tiff',
  title: 'TIFF',
  extensions: ['.tif', '.tiff', '.btf', '.tf8'],
  sniff: (head) => isTiffHead(head),
  readMetadata: readTiffMetadata,
  readVolume: readTiffVolume,
  openSlabs: openTiffSlabs,
  write: writeTiff,
} satisfies VolumeFormat;
