/** From an address to byte sources: a file, or the metadata of a Zarr store with its folder. */
import { UserError } from '../../errors/errors.ts';
import type { ByteSource, RemoteFolder } from '../format.ts';
import { ZARR_NAMES } from '../formats/zarr/store.ts';
import { bytesSource } from '../sources.ts';
import { checkAddress, nameOfAddress, type RemoteFile } from './address.ts';
import { fetchPart, fetchWhole, openHttpSource } from './http-source.ts';
import { Connection, type RemoteOptions } from './requests.ts';

/** Metadata whose array or group stands at the root of a store, in the order of versions. */
const ROOTS = ['zarr.json', '.zgroup', '.zarray'] as const;
const MAX_CHUNK_BYTES = 512 * 2 ** 20;

/** The folder of a store: what the address names, or what holds the metadata it names. */
function storeFolder(url: URL): URL | null {
  const parts = url.pathname.split('/').filter((part) => part !== '');
  const last = parts.at(-1) ?? '';
  const isMetadata = ZARR_NAMES.includes(last);
  if (!isMetadata && !/\.zarr$/i.test(last)) return null;
  const folder = new URL(url.href);
  folder.pathname = `/${(isMetadata ? parts.slice(0, -1) : parts).join('/')}/`;
  return folder;
}

/**
 * Opens what an address names. Throws `usage` for an address that may not be read and `remote/…`
 * where the host does not hand it out.
 */
export async function openRemote(
  { url: text, followsRedirects }: RemoteFile,
  options: RemoteOptions = {},
): Promise<readonly ByteSource[]> {
  const url = checkAddress(text, options.home);
  const given = { ...options, followsRedirects };
  const folder = storeFolder(url);
  return [folder === null ? await openHttpSource(url, given) : await openStore(folder, given)];
}

async function openStore(folder: URL, options: RemoteOptions): Promise<ByteSource> {
  const { progress: _, ...rest } = options;
  const connection = new Connection({ ...rest, maxWholeBytes: MAX_CHUNK_BYTES });
  const at = (path: string): URL => {
    const url = new URL(folder.href);
    url.pathname += path.split('/').map(encodeURIComponent).join('/');
    return url;
  };
  const name = nameOfAddress(folder);
  for (const root of ROOTS) {
    const bytes = await fetchWhole(connection, at(root), root);
    if (bytes === undefined) continue;
    const listed =
      root === '.zgroup' ? await fetchWhole(connection, at('.zmetadata'), root) : bytes;
    const files: RemoteFolder = {
      keys: [root, ...listedKeys(listed)],
      get: (path) => fetchWhole(connection, at(path), path),
      getRange: (path, range) => fetchPart(connection, at(path), path, range),
    };
    return { ...bytesSource(bytes, root, `${name}/${root}`), folder: files };
  }
  throw new UserError(
    'remote/refused',
    `${folder.host} has no Zarr store at ${folder.pathname.slice(-120)}: none of ${ROOTS.join(', ')} is there.`,
    { host: folder.host },
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Paths of metadata that consolidated metadata of either version list; none where there is none. */
function listedKeys(bytes: Uint8Array | undefined): readonly string[] {
  try {
    const document: unknown = JSON.parse(new TextDecoder().decode(bytes ?? new Uint8Array()));
    if (!isObject(document)) return [];
    const { metadata, consolidated_metadata: inner } = document;
    if (isObject(inner) && isObject(inner['metadata'])) {
      return Object.keys(inner['metadata']).map((path) => `${path}/zarr.json`);
    }
    return isObject(metadata) ? Object.keys(metadata) : [];
  } catch {
    return [];
  }
}
