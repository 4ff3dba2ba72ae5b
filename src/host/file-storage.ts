/** A store of bricks in a temporary file of Node. */
import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../errors/errors.ts';
import { type BrickStorage, storageFull } from '../bricks/storage.ts';

let created = 0;

/**
 * A file in the system's folder for temporary files. Its name goes at once where the system keeps
 * nameless files (not on Windows), so that nothing is left behind however the program ends.
 */
export function createTemporaryStorage(): BrickStorage {
  created += 1;
  const path = join(tmpdir(), `tauscope-${process.pid}-${created}-${randomUUID()}.bricks`);
  const storage = createFileStorage(path);
  if (process.platform !== 'win32') rmSync(path);
  return storage;
}

/** Creates the file, which must not be there yet. Throws `store/unavailable`. */
export function createFileStorage(path: string): BrickStorage {
  let file: number;
  try {
    file = openSync(path, 'wx+');
  } catch (cause) {
    throw new UserError(
      'store/unavailable',
      `${path} cannot be written: choose another folder for large volumes.`,
      { path },
      cause,
    );
  }
  let isOpen = true;
  const close = (): void => {
    if (isOpen) closeSync(file);
    isOpen = false;
  };
  return {
    get size() {
      return fstatSync(file).size;
    },
    read(offset, into) {
      let filled = 0;
      while (filled < into.length) {
        const count = readSync(file, into, filled, into.length - filled, offset + filled);
        if (count === 0) break;
        filled += count;
      }
      return filled;
    },
    write(offset, bytes) {
      for (let done = 0; done < bytes.length; ) {
        try {
          done += writeSync(file, bytes, done, bytes.length - done, offset + done);
        } catch (error) {
          const { code } = error as { code?: string };
          throw code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG'
            ? storageFull(error)
            : error;
        }
      }
    },
    flush: () => fsyncSync(file),
    close,
    async remove() {
      close();
      rmSync(path, { force: true });
    },
  };
}
