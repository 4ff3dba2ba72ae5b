/**
 * Writes what operations and phantoms declare beside the built page, so that the page starts
 * without loading the code of every one of them.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadDeclarations } from '../workers/declarations.ts';

export const DECLARATIONS_FILE = 'declarations.json';

export async function writeDeclarations(folder: string): Promise<void> {
  writeFileSync(resolve(folder, DECLARATIONS_FILE), JSON.stringify(await loadDeclarations()));
}
