/**
 * Bundles the two classic scripts beside the built page: the one that runs before it, and the
 * service worker with the list of every built file and a digest of those whose names have none.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { build } from 'vite';
import { ISOLATION_HEADERS, SECURITY_HEADERS } from './security-headers.ts';

export const SERVICE_WORKER = 'service-worker.js';

interface BuiltFile {
  readonly url: string;
  /** null where the name has a digest of the content. */
  readonly revision: string | null;
}

export function builtFiles(folder: string): readonly BuiltFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, url: relative(folder, path).split(sep).join('/') }))
    .filter(({ url }) => url !== SERVICE_WORKER)
    .map(({ path, url }) => ({
      url,
      revision: url.startsWith('assets/')
        ? null
        : createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16),
    }))
    .toSorted((a, b) => (a.url < b.url ? -1 : 1));
}

async function buildClassic(
  root: string,
  folder: string,
  script: { readonly input: string; readonly file: string; readonly define?: object },
): Promise<void> {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    define: { ...script.define },
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: 'es2022',
      rolldownOptions: {
        input: resolve(root, script.input),
        output: { format: 'iife', entryFileNames: script.file },
      },
    },
  });
}

export function buildIsolation(root: string, folder: string): Promise<void> {
  return buildClassic(root, folder, { input: 'src/app/isolation.ts', file: 'isolation.js' });
}

export function buildServiceWorker(root: string, folder: string): Promise<void> {
  return buildClassic(root, folder, {
    input: 'workers/service.worker.ts',
    file: SERVICE_WORKER,
    define: {
      BUILT_FILES: JSON.stringify(builtFiles(folder)),
      ISOLATION_HEADERS: JSON.stringify(ISOLATION_HEADERS),
      SECURITY_HEADERS: JSON.stringify(SECURITY_HEADERS),
    },
  });
}
