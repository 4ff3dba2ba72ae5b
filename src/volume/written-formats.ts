/** The file formats of volumes that are written: menus, the command line and the writers derive from this. */

export interface WrittenFormat {
  /** As a menu names it: the format and a program that opens it. */
  readonly title: string;
  /** Endings of file names, lower case; the first is the one that is given. */
  readonly extensions: readonly string[];
}

export const WRITTEN_FORMATS = {
  tiff: { title: 'TIFF (Fiji)', extensions: ['.tif', '.tiff'] },
  nrrd: { title: 'NRRD (3D Slicer)', extensions: ['.nrrd'] },
  zarr: { title: 'OME-Zarr, zipped (napari)', extensions: ['.ome.zarr.zip', '.zarr.zip', '.ozx'] },
} as const satisfies Readonly<Record<string, WrittenFormat>>;

export type WritableFormatId = keyof typeof WRITTEN_FORMATS;

export const WRITABLE_FORMAT_IDS = Object.keys(WRITTEN_FORMATS) as readonly WritableFormatId[];

/** Every ending under which a volume is written. */
export const WRITTEN_EXTENSIONS: readonly string[] = WRITABLE_FORMAT_IDS.flatMap((id) => [
  ...WRITTEN_FORMATS[id].extensions,
]);

/** The format that a file name's ending asks for; null where no format has it. */
export function writtenFormatOf(name: string): WritableFormatId | null {
  const lower = name.toLowerCase();
  return (
    WRITABLE_FORMAT_IDS.find((id) =>
      WRITTEN_FORMATS[id].extensions.some((extension) => lower.endsWith(extension)),
    ) ?? null
  );
}
