/** What the page asks about files before they are opened: their headers, slices and likely layouts. */
import type { ByteSource } from '../src/io/format.ts';
import { offerRaw } from '../src/io/formats/raw/offer.ts';
import { rawPictures } from '../src/io/formats/raw/pictures.ts';
import { openSlabs, rawFileOf } from '../src/io/open.ts';
import { pictureOf } from '../src/io/slice-picture.ts';
import {
  type EngineApi,
  type OpenChoices,
  STATED_SPACING,
  type VolumeFiles,
} from './engine-api.ts';

export type BeforeOpening = Pick<
  EngineApi,
  'describeFiles' | 'peekSlice' | 'offerRaw' | 'rawPictures'
>;

type Slabs = ReturnType<typeof openSlabs>;

export function createBeforeOpening(
  sourcesOf: (files: VolumeFiles) => Promise<readonly ByteSource[]>,
): BeforeOpening {
  /** Headers are read once while the same files are looked at. */
  let looked: { readonly key: string; readonly slabs: Slabs } | null = null;

  function slabsOf(files: VolumeFiles, { dataset, raw }: OpenChoices): Slabs {
    const named =
      'url' in files
        ? files
        : files.map(({ file, path }) => [path, file.name, file.size, file.lastModified]);
    const key = JSON.stringify([named, dataset, raw]);
    if (looked?.key === key) return looked.slabs;
    const read = { ...(dataset && { dataset }), ...(raw && { raw }) };
    const slabs = sourcesOf(files).then((sources) => openSlabs(sources, read));
    looked = { key, slabs };
    slabs.catch(() => {
      looked = null;
    });
    return slabs;
  }

  return {
    async describeFiles(files, choices = {}) {
      const { reader, metadata, files: names } = await slabsOf(files, choices);
      const { size, type, spacing, spacingSource, warnings, format } = metadata;
      return {
        name: reader.name,
        kind: reader.kind,
        format,
        files: names.length,
        size,
        type,
        spacing: choices.spacing ?? spacing,
        spacingSource: choices.spacing == null ? spacingSource : STATED_SPACING,
        warnings,
        readerBytes: reader.memoryBytes,
      };
    },
    async peekSlice(files, choices, z) {
      const { reader } = await slabsOf(files, choices);
      const [nx, ny] = reader.metadata.size;
      return pictureOf(await reader.readSlices(z, z + 1), nx, ny);
    },
    async offerRaw(files) {
      return offerRaw(rawFileOf(await sourcesOf(files)));
    },
    async rawPictures(files, layout) {
      return rawPictures(rawFileOf(await sourcesOf(files)), layout);
    },
  };
}
