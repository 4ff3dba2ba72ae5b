/** Tests that need a reference file that is not there are reported as skipped. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, it } from 'vitest';
import { referenceFile, referenceFolder } from './reference-folder.ts';

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
