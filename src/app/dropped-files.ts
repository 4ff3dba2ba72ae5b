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

/** Takes the files out of a drop; must be called before the event's handler waits for anything. */
export function takeDroppedFiles(transfer: DataTransfer): Promise<readonly NamedFile[]> {
  const entries = [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
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
