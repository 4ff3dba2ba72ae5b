/**
 * Real volumes with reference numbers are not part of the repository. Their folder comes from
 * `TAUSCOPE_REFERENCE_DATA` (default `../shared/data` beside the checkout).
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export const referenceFolder = resolve(
  root,
  process.env['TAUSCOPE_REFERENCE_DATA'] ?? '../shared/data',
);

/** Absolute path of a reference file, or null where it is absent. */
export function referenceFile(...parts: readonly string[]): string | null {
  const path = resolve(referenceFolder, ...parts);
  return existsSync(path) ? path : null;
}
