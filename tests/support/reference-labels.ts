/** Segmented volumes of the reference data. */
import { nrrdFormat } from '../../src/io/formats/nrrd/format.ts';
import { tiffFormat } from '../../src/io/formats/tiff/format.ts';
import { bytesSource } from '../../src/io/sources.ts';
import type { Volume } from '../../src/volume/volume.ts';
import { readReference } from './reference-data.ts';

/** Name in `quantify/reference.json` and file beside it. */
export const REFERENCE_LABELS = [
  ['berea_110', 'berea_110.nrrd'],
  ['cathode3_100', 'cathode3_100.tif'],
  ['fracture_100', 'fracture_100.nrrd'],
  ['ketton_a', 'ketton_a.tif'],
  ['nmc_cbd_a', 'nmc_cbd_a.tif'],
  ['threephase_100', 'threephase_100.tif'],
] as const;

export async function readReferenceLabels(file: string): Promise<Volume> {
  const source = bytesSource(readReference('quantify', file), file);
  const format = file.endsWith('.nrrd') ? nrrdFormat : tiffFormat;
  return { ...(await format.readVolume(source)).volume, kind: 'labels' };
}
