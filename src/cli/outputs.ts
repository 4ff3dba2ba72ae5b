/**
 * Output files, all or none: they are written under temporary names beside their place and named
 * only when the last one is complete.
 */
import { constants, rmdirSync, unlinkSync } from 'node:fs';
import { access, mkdir, open, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { cancelled, UserError } from '../errors/errors.ts';
import type { ByteSink } from '../io/byte-sink.ts';
import { describeFileError } from './files.ts';

export interface OutputFile {
  readonly name: string;
  /** Bytes, text, or what writes bytes: the same ones each time. */
  readonly content: Blob | string | ((sink: ByteSink) => Promise<void>);
}

/** Temporary files and new folders of an unfinished writing, to be removed when it fails. */
const unfinished = { files: new Set<string>(), folders: new Set<string>() };

/** Removes what an interrupted writing has left; synchronous, since the process may be ending. */
export function removeUnfinished(): void {
  for (const path of unfinished.files) {
    try {
      unlinkSync(path);
    } catch {
      // It was not created yet, or has its final name.
    }
  }
  // The innermost folder comes first; one that holds something stays.
  for (const path of [...unfinished.folders].toSorted((a, b) => b.length - a.length)) {
    try {
      rmdirSync(path);
    } catch {
      // It is in use by now.
    }
  }
  unfinished.files.clear();
  unfinished.folders.clear();
}

async function existing(path: string): Promise<Awaited<ReturnType<typeof stat>> | null> {
  try {
    return await stat(path);
  } catch {
    return null;
  }
}

/** The nearest folder above `path` that exists, `path` itself included. */
async function nearestExisting(path: string): Promise<string> {
  let folder = resolve(path);
  while ((await existing(folder)) === null && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/**
 * Throws a sentence where `names` cannot be written into `folder` or would replace one of the
 * inputs. Nothing is created: called before a long run, whose result must not be lost at its end.
 */
export async function assertWritable(
  folder: string,
  names: readonly string[],
  inputs: readonly string[],
): Promise<void> {
  const place = await nearestExisting(folder);
  const facts = await existing(place);
  if (facts?.isDirectory() !== true) {
    throw new UserError(
      'file/unreadable',
      `${folder} cannot be written: ${resolve(folder) === place ? 'it is a file, not a folder' : 'a part of the path is not a folder'}.`,
      { path: folder },
    );
  }
  try {
    await access(place, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw describeFileError(cause, folder, 'written');
  }
  for (const name of names) {
    const path = join(folder, name);
    const found = await existing(path);
    if (found === null) continue;
    if (found.isDirectory()) {
      throw new UserError('file/unreadable', `${path} cannot be written: it is a folder.`, {
        path,
      });
    }
    for (const input of inputs) {
      const other = await existing(input);
      if (other !== null && other.ino === found.ino && other.dev === found.dev) {
        throw new UserError(
          'usage',
          `${path} is an input and would be overwritten: choose another output.`,
          { path },
        );
      }
    }
  }
}

/** Folders that have to be made, outermost first. */
async function missingFolders(folder: string): Promise<readonly string[]> {
  const missing: string[] = [];
  let path = resolve(folder);
  while ((await existing(path)) === null && dirname(path) !== path) {
    missing.unshift(path);
    path = dirname(path);
  }
  return missing;
}

async function writeInto(
  path: string,
  write: (sink: ByteSink) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const file = await open(path, 'w');
  try {
    await write({
      async write(bytes) {
        if (signal.aborted) throw cancelled();
        for (let done = 0; done < bytes.length; ) {
          done += (await file.write(bytes, done)).bytesWritten;
        }
      },
    });
  } finally {
    await file.close();
  }
}

/** Writes the files into the folder, which is made where it is missing; returns their paths. */
export async function writeFiles(
  folder: string,
  files: readonly OutputFile[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  let path = folder;
  try {
    // One by one: Node's recursive form never returns on file systems that refuse a folder.
    for (const made of await missingFolders(folder)) {
      unfinished.folders.add(made);
      await mkdir(made);
    }
    const staged: (readonly [temporary: string, final: string])[] = [];
    for (const { name, content } of files) {
      path = join(folder, name);
      const temporary = join(folder, `.${basename(name)}.${process.pid}.part`);
      unfinished.files.add(temporary);
      staged.push([temporary, path]);
      if (typeof content === 'function') {
        await writeInto(temporary, content, signal);
        continue;
      }
      // A Blob's stream keeps memory bounded for large label volumes.
      const data = typeof content === 'string' ? content : content.stream();
      await writeFile(temporary, data, { signal });
    }
    if (signal.aborted) throw cancelled();
    for (const [temporary, final] of staged) {
      path = final;
      await rename(temporary, final);
    }
  } catch (cause) {
    removeUnfinished();
    if (signal.aborted) throw cancelled();
    throw describeFileError(cause, path, 'written');
  }
  unfinished.files.clear();
  unfinished.folders.clear();
  return files.map(({ name }) => join(folder, name));
}
