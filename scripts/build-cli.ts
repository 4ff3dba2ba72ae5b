/** Builds the command line into `dist/cli`; `--if-stale` only where a source is newer. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { isStale } from './stale.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = ['src', 'vite.cli.config.ts', 'package-lock.json'];

const stale = isStale(
  resolve(root, 'dist/cli/tauscope.js'),
  SOURCES.map((source) => resolve(root, source)),
);
if (stale || !process.argv.includes('--if-stale')) {
  await build({ root, configFile: resolve(root, 'vite.cli.config.ts'), logLevel: 'warn' });
}
