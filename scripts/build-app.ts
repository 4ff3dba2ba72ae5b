/**
 * Builds the workbench into `dist/app`: kernels, itk-wasm assets, the sample and the itk-wasm
 * pipelines first, then the page and its service worker. `--if-stale` leaves a page alone that is newer than everything it is built from;
 * `--assets-only` stops before the page (what the development server needs).
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { writeDeclarations } from './build-declarations.ts';
import { buildIsolation, buildServiceWorker } from './build-classic-scripts.ts';
import { isStale } from './stale.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const inRoot = (path: string): string => resolve(root, path);

/** Each skips its work when its outputs are fresh. */
const ASSET_SCRIPTS = [
  'build-wasm.ts',
  'copy-itk-assets.ts',
  'make-sample.ts',
  'build-itk-pipelines.ts',
];

const PAGE_SOURCES = [
  'index.html',
  'src',
  'workers',
  'public',
  'wasm/dist',
  'vite.config.ts',
  'scripts/security-headers.ts',
  'scripts/build-classic-scripts.ts',
  'scripts/theme-variables.ts',
  'scripts/build-declarations.ts',
  'scripts/built-chunks.ts',
  'package-lock.json',
];

for (const script of ASSET_SCRIPTS) {
  if (!existsSync(inRoot(`scripts/${script}`))) continue;
  const { status } = spawnSync(
    process.execPath,
    [inRoot('node_modules/tsx/dist/cli.mjs'), `scripts/${script}`],
    { cwd: root, stdio: 'inherit' },
  );
  if (status !== 0) process.exit(status ?? 1);
}

const stale = isStale(inRoot('dist/app/service-worker.js'), PAGE_SOURCES.map(inRoot));
const wanted = stale || !process.argv.includes('--if-stale');
if (wanted && !process.argv.includes('--assets-only')) {
  await build({ root, configFile: inRoot('vite.config.ts') });
  await writeDeclarations(inRoot('dist/app'));
  await buildIsolation(root, inRoot('dist/app'));
  await buildServiceWorker(root, inRoot('dist/app'));
}
