/**
 * Stores of bricks in the browser's private file system, for a worker. Each worker holds a lock with
 * the name that its files begin with: files whose lock nobody holds are left from a page that ended.
 */
import { type BrickStorage, storageFull } from '../bricks/storage.ts';
import { UserError } from '../errors/errors.ts';

const FOLDER = 'bricks';

function lockOf(owner: string): string {
  return `tauscope bricks of ${owner}`;
}

interface Place {
  readonly folder: FileSystemDirectoryHandle;
  readonly owner: string;
}

let place: Promise<Place> | null = null;
let created = 0;

/** The folder, and the name of this worker's files in it. */
async function claim(): Promise<Place> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(FOLDER, { create: true });
  const owner = crypto.randomUUID();
  await new Promise<void>((resolve, reject) => {
    const held = navigator.locks.request(lockOf(owner), () => {
      resolve();
      // Until the worker ends.
      return new Promise(() => undefined);
    });
    held.catch(reject);
  });
  return { folder, owner };
}

/** Deletes the files of workers that are no more; those of other tabs stay. */
export async function removeLeftovers(): Promise<void> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(FOLDER).catch(() => null);
  if (folder === null) return;
  const { held = [] } = await navigator.locks.query();
  const names = new Set(held.map(({ name }) => name));
  for await (const name of folder.keys()) {
    if (names.has(lockOf(name.replace(/\..*$/, '')))) continue;
    // A worker that was just ended may hold its file for two more seconds: the next start tries again.
    await folder.removeEntry(name).catch(() => undefined);
  }
}

/** Creates a file. Throws `store/unavailable` where the browser keeps none. */
export async function createOpfsStorage(): Promise<BrickStorage> {
  let handle: FileSystemSyncAccessHandle;
  let folder: FileSystemDirectoryHandle;
  let name: string;
  try {
    place ??= claim();
    const { owner, folder: mine } = await place;
    folder = mine;
    name = `${owner}.${++created}`;
    await removeLeftovers();
    handle = await (await folder.getFileHandle(name, { create: true })).createSyncAccessHandle();
  } catch (cause) {
    place = null;
    throw new UserError(
      'store/unavailable',
      'This browser window keeps no large files (private windows may not): open the volume in an ordinary window, or open a crop of it.',
      {},
      cause,
    );
  }
  let isOpen = true;
  const close = (): void => {
    if (isOpen) handle.close();
    isOpen = false;
  };
  return {
    get size() {
      return handle.getSize();
    },
    read: (offset, into) => handle.read(into as Uint8Array<ArrayBuffer>, { at: offset }),
    write(offset, bytes) {
      let count: number;
      try {
        count = handle.write(bytes as Uint8Array<ArrayBuffer>, { at: offset });
      } catch (cause) {
        throw storageFull(cause);
      }
      // Some browsers write what there is room for, and say nothing.
      if (count !== bytes.length) throw storageFull(undefined);
    },
    flush: () => handle.flush(),
    close,
    async remove() {
      close();
      await folder.removeEntry(name).catch(() => undefined);
    },
  };
}
