/** NumPy arrays in an archive (.npz): a ZIP file whose members are .npy files. */
import { UserError } from '../../../errors/errors.ts';
import { chooseDataset, type Dataset } from '../../datasets.ts';
import type { ByteSource, ReadOptions } from '../../format.ts';
import { bytesSource } from '../../sources.ts';
import { defineStoredFormat, type StoredVolume } from '../../stored-volume.ts';
import { readZipDirectory, readZipHead, readZipMember, type ZipMember } from '../../zip.ts';
import { MAX_NPY_HEADER_BYTES, NPY_MAGIC, type NpyHeader, parseNpyHeader } from './header.ts';
import { loadNpy, npyMetadata } from './npy.ts';

/** Unpacking is most of the time, copying out the rest. */
const ZIP_SHARE = 0.8;

interface NpzArray extends Dataset {
  readonly member: ZipMember;
  readonly header: NpyHeader;
}

async function listArrays(source: ByteSource): Promise<readonly NpzArray[]> {
  const arrays: NpzArray[] = [];
  for (const member of await readZipDirectory(source)) {
    if (!member.name.endsWith('.npy')) continue;
    const head = await readZipHead(source, member, 12 + MAX_NPY_HEADER_BYTES);
    if (String.fromCharCode(...head.subarray(0, 6)) !== NPY_MAGIC) continue;
    try {
      const header = parseNpyHeader(head, `${source.name}: ${member.name}`);
      const path = member.name.slice(0, -'.npy'.length);
      arrays.push({ path, size: header.size, type: header.type, member, header });
    } catch (error) {
      // Arrays of text, records and single numbers go along with volumes.
      if (!(error instanceof UserError && error.code === 'file/unsupported')) throw error;
    }
  }
  return arrays;
}

async function readHeader(source: ByteSource, options: ReadOptions): Promise<StoredVolume> {
  const chosen = chooseDataset(source.name, await listArrays(source), options.dataset);
  return {
    metadata: npyMetadata(chosen.header, 'npz'),
    async load(job) {
      const bytes = await readZipMember(source, chosen.member, job.part(source.name, 0, ZIP_SHARE));
      const member = bytesSource(bytes, `${source.name}: ${chosen.member.name}`);
      return loadNpy(member, chosen.header, job.part(member.name, ZIP_SHARE, 1 - ZIP_SHARE));
    },
  };
}

export const npzFormat = defineStoredFormat({
  id: 'npz',
  title: 'NPZ',
  extensions: ['.npz'],
  // Other archives are ZIP files too; the first member of one by NumPy is an array.
  sniff: (head) => /^PK\x03\x04[^]{26}[^\0/]{1,250}\.npy/.test(String.fromCharCode(...head)),
  readHeader,
});
