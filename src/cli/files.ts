/** Files as the command line sees them: inputs as byte sources, outputs written whole. */
import { mkdir, open, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../errors/errors.ts';
import type { ByteSource } from '../io/format.ts';

/** Reads by file descriptor, so that a file of any size is opened without loading it. */
async function fileSource(path: string, relativePath: string): Promise<ByteSource> {
  const name = basename(path);
  const { size } = await stat(path);
  return {
    name,
    path: relativePath,
    size,
    async read(start, end) {
      const length = Math.max(0, Math.min(end, size) - start);
      const bytes = new Uint8Array(length);
      const handle = await open(path, 'r');
      try {
        let done = 0;
        while (done < length) {
          const { bytesRead } = await handle.read(bytes, done, length - done, start + done);
          if (bytesRead === 0) break;
          done += bytesRead;
        }
        return done === length ? bytes : bytes.slice(0, done);
      } finally {
        await handle.close();
      }
    },
  };
}

/** The byte sources of the named files; a folder stands for the files in it. */
export async function openSources(paths: readonly string[]): Promise<readonly ByteSource[]> {
  const sources: ByteSource[] = [];
  for (const path of paths) {
    try {
      const facts = await stat(path);
      if (facts.isDirectory()) {
        const folder = basename(resolve(path));
        const entries = await readdir(path, { withFileTypes: true });
        for (const entry of entries.filter((each) => each.isFile())) {
          sources.push(await fileSource(join(path, entry.name), `${folder}/${entry.name}`));
        }
      } else {
        sources.push(await fileSource(path, ''));
      }
    } catch (cause) {
      throw describeFileError(cause, path, 'read');
    }
  }
  return sources;
}

/**
 * The files beside a header file, for formats that keep their voxels in another file. Only names
 * are looked up here; nothing is read.
 */
export async function neighbourSources(path: string): Promise<readonly ByteSource[]> {
  const folder = dirname(path);
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== basename(path));
  return Promise.all(files.map((entry) => fileSource(join(folder, entry.name), '')));
}

export async function readText(path: string): Promise<string> {
  const [source] = await openSources([path]);
  if (source === undefined) throw describeFileError(null, path, 'read');
  return new TextDecoder().decode(await source.read(0, source.size));
}

/** Creates the folder and writes each file under a temporary name first: no half-written result. */
export async function writeFiles(
  folder: string,
  files: readonly { readonly name: string; readonly content: Blob | string }[],
): Promise<readonly string[]> {
  const written: string[] = [];
  for (const { name, content } of files) {
    const path = join(folder, name);
    try {
      await mkdir(folder, { recursive: true });
      const temporary = `${path}.part`;
      // A Blob's stream keeps memory bounded for large label volumes.
      await writeFile(temporary, typeof content === 'string' ? content : content.stream());
      await rename(temporary, path);
    } catch (cause) {
      throw describeFileError(cause, path, 'written');
    }
    written.push(path);
  }
  return written;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission is denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
};

function describeFileError(cause: unknown, path: string, verb: 'read' | 'written'): UserError {
  const code =
    typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  const reason = REASONS[code] ?? (cause instanceof Error ? cause.message : 'it is empty');
  return new UserError(
    'file/unreadable',
    `${path} cannot be ${verb}: ${reason}.`,
    { path, code },
    cause,
  );
}
