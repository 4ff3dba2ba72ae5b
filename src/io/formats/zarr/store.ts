/** A Zarr store over the files that the user gave: keys are paths below the folder of the store. */
import type { ByteSource, RemoteFolder } from '../../format.ts';

/** Names of the metadata of both versions. */
export const ZARR_NAMES: readonly string[] = ['zarr.json', '.zgroup', '.zarray', '.zattrs'];

/** Larger metadata would be parsed into objects, which may end a worker. */
export const MAX_METADATA_BYTES = 16 * 1024 * 1024;

function pathOf({ path, name }: ByteSource): string {
  return path === name || path.endsWith(`/${name}`) ? path : path === '' ? name : `${path}/${name}`;
}

function isZarrMetadata(source: ByteSource): boolean {
  return ZARR_NAMES.includes(source.name);
}

/** The metadata file nearest to the root of the given files; null where there is none. */
export function zarrRoot(sources: readonly ByteSource[]): ByteSource | null {
  const depth = (source: ByteSource): number => pathOf(source).split('/').length;
  const [first] = sources
    .filter((source) => isZarrMetadata(source) && source.name !== '.zattrs')
    .toSorted((a, b) => depth(a) - depth(b));
  return first ?? null;
}

export interface ZarrFiles {
  /** Keys of all files, each starting with a slash. */
  readonly keys: readonly string[];
  /** All files together; infinite where nobody can say. */
  readonly storedBytes: number;
  get(key: string): Promise<Uint8Array | undefined>;
  getRange(
    key: string,
    range: { readonly offset: number; readonly length: number } | { readonly suffixLength: number },
  ): Promise<Uint8Array | undefined>;
}

function remoteFiles({ keys, get, getRange }: RemoteFolder): ZarrFiles {
  return {
    keys: keys.map((key) => `/${key}`),
    storedBytes: Number.POSITIVE_INFINITY,
    get: (key) => get(key.slice(1)),
    getRange: (key, range) =>
      getRange(
        key.slice(1),
        'suffixLength' in range
          ? `-${range.suffixLength}`
          : `${range.offset}-${range.offset + range.length - 1}`,
      ),
  };
}

export function zarrFiles(root: ByteSource, siblings: readonly ByteSource[]): ZarrFiles {
  if (root.folder !== undefined) return remoteFiles(root.folder);
  const folder = pathOf(root).slice(0, -root.name.length);
  const byKey = new Map<string, ByteSource>();
  for (const source of [root, ...siblings]) {
    const path = pathOf(source);
    if (path.startsWith(folder)) byKey.set(`/${path.slice(folder.length)}`, source);
  }
  return {
    keys: [...byKey.keys()],
    storedBytes: [...byKey.values()].reduce((sum, { size }) => sum + size, 0),
    async get(key) {
      const source = byKey.get(key);
      if (source === undefined) return undefined;
      if (isZarrMetadata(source) && source.size > MAX_METADATA_BYTES) return undefined;
      return source.read(0, source.size);
    },
    async getRange(key, range) {
      const source = byKey.get(key);
      if (source === undefined) return undefined;
      return 'suffixLength' in range
        ? source.read(Math.max(source.size - range.suffixLength, 0), source.size)
        : source.read(range.offset, range.offset + range.length);
    },
  };
}
