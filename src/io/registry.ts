/** Every file format, loaded when a file asks for it. */
import { UserError } from '../errors/errors.ts';
import { inMemory, type StreamedVolume } from '../volume/streamed.ts';
import type { Volume } from '../volume/volume.ts';
import type { WritableFormatId } from '../volume/written-formats.ts';
import { blobOf, type ByteSink } from './byte-sink.ts';
import type { VolumeFormat, WriteOptions } from './format.ts';

type Loader = () => Promise<VolumeFormat>;

interface FormatEntry {
  readonly title: string;
  readonly load: Loader;
}

/** In the order in which content is compared. */
const FORMATS = {
  // A DICOM file may start with a TIFF signature, so it is looked for first.
  dicom: {
    title: 'DICOM',
    load: async () => (await import('./formats/dicom/dicom.ts')).dicomFormat,
  },
  tiff: {
    title: 'TIFF',
    load: async () => (await import('./formats/tiff/format.ts')).tiffFormat,
  },
  nrrd: {
    title: 'NRRD',
    load: async () => (await import('./formats/nrrd/format.ts')).nrrdFormat,
  },
  'meta-image': {
    title: 'MHA/MHD',
    load: async () => (await import('./formats/meta-image/meta-image.ts')).metaImageFormat,
  },
  nifti: {
    title: 'NIfTI',
    load: async () => (await import('./formats/nifti/nifti.ts')).niftiFormat,
  },
  mrc: {
    title: 'MRC',
    load: async () => (await import('./formats/itk/mrc.ts')).mrcFormat,
  },
  amira: {
    title: 'AmiraMesh',
    load: async () => (await import('./formats/amira/amira.ts')).amiraFormat,
  },
  xradia: {
    title: 'Xradia TXM',
    load: async () => (await import('./formats/xradia/xradia.ts')).xradiaFormat,
  },
  vgi: {
    title: 'VGI/VOL',
    load: async () => (await import('./formats/vgi/vgi.ts')).vgiFormat,
  },
  hdf5: {
    title: 'HDF5',
    load: async () => (await import('./formats/hdf5/hdf5.ts')).hdf5Format,
  },
  zarr: {
    title: 'Zarr',
    load: async () => (await import('./formats/zarr/zarr.ts')).zarrFormat,
  },
  npy: {
    title: 'NumPy',
    load: async () => (await import('./formats/npy/npy.ts')).npyFormat,
  },
  npz: {
    title: 'NPZ',
    load: async () => (await import('./formats/npy/npz.ts')).npzFormat,
  },
  vtk: {
    title: 'VTK',
    load: async () => (await import('./formats/itk/vtk.ts')).vtkFormat,
  },
  raw: {
    title: 'raw',
    load: async () => (await import('./formats/raw/raw.ts')).rawFormat,
  },
} as const satisfies Record<string, FormatEntry>;

export type FormatId = keyof typeof FORMATS;

export const FORMAT_IDS = Object.keys(FORMATS) as readonly FormatId[];

/** "TIFF, NRRD, …" for sentences. */
export const FORMAT_TITLES = Object.values(FORMATS)
  .map((format) => format.title)
  .join(', ');

export function loadFormat(id: FormatId): Promise<VolumeFormat> {
  return FORMATS[id].load();
}

/**
 * Writes a file of the given format, for volumes of any size: some slices are in memory at a time.
 * Throws `file/unsupported` for a read-only format.
 */
export async function writeStreamed(
  volume: StreamedVolume,
  format: WritableFormatId,
  sink: ByteSink,
  options: WriteOptions = {},
): Promise<void> {
  const { write, title } = await loadFormat(format);
  if (write === undefined) {
    throw new UserError('file/unsupported', `${title} files can be read but not written.`, {
      format,
    });
  }
  await write(volume, sink, options);
}

/**
 * The bytes of a file of the given format.
 * @param note one line in ASCII that the file's header carries; '' for none
 */
export function writeVolume(volume: Volume, format: WritableFormatId, note = ''): Promise<Blob> {
  return blobOf((sink) => writeStreamed(inMemory(volume), format, sink, { note }));
}
