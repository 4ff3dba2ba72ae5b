/** Input files as the command line sees them: byte sources over paths. */
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { UserError } from '../errors/errors.ts';
import type { ByteSource } from '../io/format.ts';
import { ZARR_NAMES } from '../io/formats/zarr/store.ts';
import { compareNatural } from '../io/natural-order.ts';

/** Node refuses to read 2 GiB and more at once. */
const READ_AT_ONCE = 2 ** 30;

async function readRange(
  handle: FileHandle,
  start: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const wanted = Math.min(length - done, READ_AT_ONCE);
    const { bytesRead } = await handle.read(bytes, done, wanted, start + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done === length ? bytes : bytes.slice(0, done);
}

/** Reads by file descriptor, so that a file of any size is opened without loading it. */
function fileSource(path: string, size: number, relativePath: string): ByteSource {
  return {
    name: basename(path),
    path: relativePath,
    size,
    async read(start, end) {
      let handle: FileHandle | null = null;
      try {
        // Opened for each read: a folder may hold more slices than a process may have open files.
        handle = await open(path, 'r');
        return await readRange(handle, start, Math.max(0, Math.min(end, size) - start));
      } catch (cause) {
        // Memory that cannot be had is told as such by whoever asked for the bytes.
        if (cause instanceof RangeError) throw cause;
        throw describeFileError(cause, path, 'read');
      } finally {
        await handle?.close();
      }
    },
  };
}

/** The regular files of a folder in natural order, links to files included. */
async function filesIn(folder: string): Promise<readonly { name: string; size: number }[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink());
  const found: { name: string; size: number }[] = [];
  for (const { name } of files) {
    const facts = await stat(join(folder, name)).catch(() => null);
    if (facts?.isFile() === true) found.push({ name, size: facts.size });
  }
  return found.toSorted((a, b) => compareNatural(a.name, b.name));
}

/** Every file below a folder: a Zarr store keeps its chunks in folders of their own. */
async function sourcesBelow(folder: string, prefix: string): Promise<readonly ByteSource[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const { size } = await stat(path);
      return fileSource(path, size, `${prefix}/${relative(folder, path).split(sep).join('/')}`);
    }),
  );
}

export function isWebAddress(path: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(path);
}

/**
 * The byte sources of the named files; a folder stands for the files in it, a store
 * for all below, a web address for what its host hands out.
 */
export async function openSources(paths: readonly string[]): Promise<readonly ByteSource[]> {
  const sources: ByteSource[] = [];
  for (const path of paths) {
    if (isWebAddress(path)) {
      const { openRemote } = await import('../io/remote/open-remote.ts');
      sources.push(...(await openRemote({ url: path, followsRedirects: true })));
      continue;
    }
    try {
      const facts = await stat(path);
      if (facts.isDirectory()) {
        const folder = basename(resolve(path));
        const files = await filesIn(path);
        if (files.some(({ name }) => ZARR_NAMES.includes(name))) {
          sources.push(...(await sourcesBelow(path, folder)));
          continue;
        }
        if (files.length === 0) {
          throw new UserError('file/empty', `${path} is a folder without files.`, { path });
        }
        for (const { name, size } of files) {
          sources.push(fileSource(join(path, name), size, `${folder}/${name}`));
        }
      } else if (facts.isFile()) {
        sources.push(fileSource(path, facts.size, ''));
      } else {
        throw new UserError(
          'file/unreadable',
          `${path} is no regular file: save what it delivers to a file first.`,
          { path },
        );
      }
    } catch (cause) {
      throw describeFileError(cause, path, 'read');
    }
  }
  return sources;
}

/**
 * The files beside a header file, for formats that keep their voxels in another file. Only names
 * and sizes are looked up here; nothing is read.
 */
export async function neighbourSources(path: string): Promise<readonly ByteSource[]> {
  const folder = dirname(path);
  const files = await filesIn(folder).catch(() => []);
  return files
    .filter(({ name }) => name !== basename(path))
    .map(({ name, size }) => fileSource(join(folder, name), size, ''));
}

/** More text than any recipe has. */
const MAX_TEXT_BYTES = 8 * 2 ** 20;

/** The text of a small file, or null where it is too large or holds bytes that are no text. */
export async function readText(path: string): Promise<string | null> {
  const [source, ...more] = await openSources([path]);
  if (source === undefined || more.length > 0 || source.size > MAX_TEXT_BYTES) return null;
  const bytes = await source.read(0, source.size);
  return bytes.includes(0) ? null : new TextDecoder().decode(bytes);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'a part of the path is not a folder',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be too large',
  EROFS: 'the disk is read-only',
  EIO: 'the disk reports an error',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links lead in a circle',
};

/** Says in one sentence why a path cannot be read or written; user errors pass as they are. */
export function describeFileError(
  cause: unknown,
  path: string,
  verb: 'read' | 'written',
): UserError {
  if (cause instanceof UserError) return cause;
  const code =
    typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  const reason = REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return new UserError(
    'file/unreadable',
    `${path} cannot be ${verb}: ${reason}.`,
    { path, code },
    cause,
  );
}
