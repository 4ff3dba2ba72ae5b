/** A Zarr store in a ZIP archive. Apart from the stores in folders, which all who open files know. */
import { DecodeJob } from '../../decode-job.ts';
import type { ByteSource } from '../../format.ts';
import { readZipDirectory, readZipMember } from '../../zip.ts';
import { MAX_METADATA_BYTES, ZARR_NAMES, type ZarrFiles } from './store.ts';

const ZIP_NAME = /\.(zarr\.zip|ozx)$/i;

/** Whether a file is a store in a ZIP archive: by its name, or by its first member. */
export function isZippedStore(head: Uint8Array, name: string): boolean {
  const text = String.fromCharCode(...head.subarray(0, 300));
  if (!text.startsWith('PK\x03\x04')) return false;
  return (
    ZIP_NAME.test(name) ||
    /^[^]{30}([^\0]*\/)?(zarr\.json|\.zgroup|\.zarray|\.zattrs)/.test(text.slice(0, 200))
  );
}

/** The store in an archive, from the folder of the metadata nearest to its root. */
export async function zippedFiles(archive: ByteSource): Promise<ZarrFiles> {
  const members = await readZipDirectory(archive);
  const depth = (name: string): number => name.split('/').length;
  const [root] = members
    .map(({ name }) => name)
    .filter((name) => ZARR_NAMES.includes(name.split('/').at(-1) ?? ''))
    .toSorted((a, b) => depth(a) - depth(b));
  const folder = root?.slice(0, root.lastIndexOf('/') + 1) ?? '';
  const byKey = new Map(
    members
      .filter(({ name }) => name.startsWith(folder))
      .map((member) => [`/${member.name.slice(folder.length)}`, member]),
  );
  const get = async (key: string): Promise<Uint8Array | undefined> => {
    const member = byKey.get(key);
    if (member === undefined) return undefined;
    const isMetadata = ZARR_NAMES.includes(key.split('/').at(-1) ?? '');
    if (isMetadata && member.size > MAX_METADATA_BYTES) return undefined;
    return readZipMember(archive, member, new DecodeJob(archive.name, {}, []));
  };
  return {
    keys: [...byKey.keys()],
    storedBytes: archive.size,
    get,
    async getRange(key, range) {
      const bytes = await get(key);
      return 'suffixLength' in range
        ? bytes?.slice(Math.max(bytes.length - range.suffixLength, 0))
        : bytes?.slice(range.offset, range.offset + range.length);
    },
  };
}
