/**
 * Which built scripts import which: written beside the built page as `dist/chunks.json` by a plugin
 * of the build, and read to add up what the page loads before anything is open.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Plugin } from 'vite';
import { DECLARATIONS_FILE } from './build-declarations.ts';

interface Chunk {
  readonly file: string;
  /** Path of the module that the chunk stands for; null for shared parts. */
  readonly module: string | null;
  readonly imports: readonly string[];
}

/** The page, and the worker that it starts at once. */
const ENTRIES = ['index.html', 'workers/engine.worker.ts'];

const CHUNKS = 'dist/chunks.json';

/** Two plugins that share one list: for the page, and for its workers, which are built on the way. */
export function recordChunks(root: string): { readonly page: Plugin; readonly workers: Plugin } {
  const chunks = new Map<string, Chunk>();
  const generateBundle: Plugin['generateBundle'] = (_options, bundle) => {
    for (const part of Object.values(bundle)) {
      if (part.type !== 'chunk') continue;
      const { fileName: file, facadeModuleId, imports } = part;
      const module = facadeModuleId === null ? null : relative(root, facadeModuleId);
      chunks.set(file, { file, module, imports });
    }
  };
  const write = (): void =>
    writeFileSync(resolve(root, CHUNKS), `${JSON.stringify([...chunks.values()], null, 1)}\n`);
  return {
    page: { name: 'record-page-chunks', generateBundle, closeBundle: write },
    workers: { name: 'record-worker-chunks', generateBundle },
  };
}

/**
 * Files that the page loads until the start screen is ready, below `dist/app`: the scripts of
 * `index.html` and of the engine worker with all they import, and what the operations declare.
 */
export function initialFiles(root: string): readonly string[] {
  const chunks = JSON.parse(readFileSync(resolve(root, CHUNKS), 'utf8')) as readonly Chunk[];
  const byFile = new Map(chunks.map((chunk) => [chunk.file, chunk]));
  const found = new Set(['isolation.js', DECLARATIONS_FILE]);
  const add = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    for (const next of byFile.get(file)?.imports ?? []) add(next);
  };
  for (const { file, module } of chunks) {
    if (module !== null && ENTRIES.includes(module)) add(file);
  }
  return [...found].toSorted();
}
