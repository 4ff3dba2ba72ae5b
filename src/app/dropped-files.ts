/**
 * The files of a drop or a picker with their paths. A folder can only be walked through its entry,
 * and entries are only to be had before the drop event's handler first waits.
 */
import type { NamedFile } from '../../workers/engine-api.ts';

type Entry = FileSystemEntry;

function isFile(entry: Entry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectory(entry: Entry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** `readEntries` gives at most a hundred at a time, so it is asked until nothing comes. */
async function childrenOf(directory: FileSystemDirectoryEntry): Promise<readonly Entry[]> {
  const reader = directory.createReader();
  const all: Entry[] = [];
  for (;;) {
    const some = await new Promise<Entry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

async function walk(entry: Entry, path: string): Promise<readonly NamedFile[]> {
  if (isFile(entry)) return [{ file: await fileOf(entry), path }];
  if (!isDirectory(entry)) return [];
  const children = await childrenOf(entry);
  const nested = await Promise.all(
    children.map((child) => walk(child, `${path === '' ? entry.name : path}/${child.name}`)),
  );
  return nested.flat();
}

/** A folder among plain files: no type, no extension, the size of a directory block. */
function looksLikeFolder(file: File): boolean {
  return file.type === '' && !file.name.includes('.') && file.size % 4096 === 0;
}

/** What was dropped, by the browser's lasting names for it: of a file in a folder, the folder's. */
const dropped = new WeakMap<File, FileSystemHandle>();

/** Lasting names for files; null where the browser gave none for one of them. */
export function handlesOf(files: readonly NamedFile[]): readonly FileSystemHandle[] | null {
  const handles = files.map(({ file }) => dropped.get(file));
  return handles.some((handle) => handle === undefined)
    ? null
    : [...new Set(handles as FileSystemHandle[])];
}

type LastingItem = DataTransferItem & {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
};

async function remember(
  items: readonly Promise<FileSystemHandle | null>[],
  files: readonly NamedFile[],
): Promise<void> {
  const handles = await Promise.all(items.map((item) => item.catch(() => null)));
  const byName = new Map(handles.flatMap((handle) => (handle ? [[handle.name, handle]] : [])));
  for (const { file, path } of files) {
    const handle = byName.get(path === '' ? file.name : (path.split('/')[0] ?? ''));
    if (handle !== undefined) dropped.set(file, handle);
  }
}

async function filesIn(handle: FileSystemHandle, path: string): Promise<readonly NamedFile[]> {
  if (handle.kind === 'file') {
    return [{ file: await (handle as FileSystemFileHandle).getFile(), path }];
  }
  const inside = path === '' ? handle.name : path;
  const found: NamedFile[] = [];
  for await (const child of (handle as FileSystemDirectoryHandle).values()) {
    const below = child.kind === 'file' ? inside : `${inside}/${child.name}`;
    found.push(...(await filesIn(child, below)));
  }
  return found;
}

/** The files behind lasting names. Rejects where one is gone or may not be read. */
export async function filesOfHandles(
  handles: readonly FileSystemHandle[],
): Promise<readonly NamedFile[]> {
  const files: NamedFile[] = [];
  for (const handle of handles) {
    for (const named of await filesIn(handle, '')) {
      dropped.set(named.file, handle);
      files.push(named);
    }
  }
  return files;
}

/** Takes the files out of a drop; must be called before the event's handler waits for anything. */
export async function takeDroppedFiles(transfer: DataTransfer): Promise<readonly NamedFile[]> {
  const items = [...transfer.items].filter((item) => item.kind === 'file') as LastingItem[];
  const handles = items.flatMap((item) => item.getAsFileSystemHandle?.() ?? []);
  const files = await filesOfDrop(transfer, items);
  await remember(handles, files);
  return files;
}

function filesOfDrop(
  transfer: DataTransfer,
  items: readonly DataTransferItem[],
): Promise<readonly NamedFile[]> {
  const entries = items.map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const files = [...transfer.files];
  if (entries.length === 0) {
    return Promise.resolve(
      files.filter((file) => !looksLikeFolder(file)).map((file) => ({ file, path: '' })),
    );
  }
  return Promise.all(entries.map((entry) => walk(entry, ''))).then((nested) => nested.flat());
}

/** Lets the user choose files or a folder; an empty list where the choice was cancelled. */
export function pickFiles(kind: 'files' | 'folder'): Promise<readonly NamedFile[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  if (kind === 'folder') input.webkitdirectory = true;
  return new Promise((resolve) => {
    input.addEventListener('change', () => {
      resolve([...(input.files ?? [])].map((file) => ({ file, path: file.webkitRelativePath })));
    });
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}
