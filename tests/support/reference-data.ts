/**
 * Real volumes with reference numbers are not part of the repository. Their folder comes from
 * `TAUSCOPE_REFERENCE_DATA` (default `../shared/data` beside the checkout); tests that need a file
 * that is not there are reported as skipped.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

const referenceFolder = resolve(root, process.env['TAUSCOPE_REFERENCE_DATA'] ?? '../shared/data');

/** Absolute path of a reference file, or null where it is absent. */
export function referenceFile(...parts: readonly string[]): string | null {
  const path = resolve(referenceFolder, ...parts);
  return existsSync(path) ? path : null;
}

/** Reads a reference file that the surrounding `describeWithReference` has found. */
export function readReference(...parts: readonly string[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(resolve(referenceFolder, ...parts)));
}

export function readReferenceJson(...parts: readonly string[]): unknown {
  return JSON.parse(new TextDecoder().decode(readReference(...parts)));
}

/**
 * A `describe` whose body runs only where the named file or folder is there: a body may read it at
 * once. Elsewhere one skipped test says what is missing.
 */
export function describeWithReference(
  name: string,
  path: readonly string[],
  body: () => void,
): void {
  if (referenceFile(...path) === null) {
    describe.skip(name, () => {
      it(`needs ${path.join('/')} of the reference data`, () => undefined);
    });
  } else {
    describe(name, body);
  }
}
