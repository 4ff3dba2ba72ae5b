import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  loadGpuImplementation,
  loadOperation,
  OPERATION_IDS,
} from '../../src/operations/registry.ts';

const folder = fileURLToPath(new URL('../../src/operations', import.meta.url));

const folders = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

describe('the registry of operations', () => {
  it('lists every folder', () => {
    const missing = folders
      .filter((id) => !(OPERATION_IDS as readonly string[]).includes(id))
      .map((id) => `  '${id}': () => import('./${id}/index.ts'),`);
    expect(missing, `add to LOADERS in src/operations/registry.ts:\n${missing.join('\n')}`).toEqual(
      [],
    );
  });

  it('lists nothing without a folder', () => {
    expect(OPERATION_IDS.filter((id) => !folders.includes(id))).toEqual([]);
  });

  it.each(OPERATION_IDS)('%s is the id that its folder declares', async (id) => {
    expect((await loadOperation(id)).id).toBe(id);
  });

  it.each(OPERATION_IDS)('%s declares a GPU implementation where it has one', async (id) => {
    const isDeclared = (await loadOperation(id)).gpu !== undefined;
    expect(existsSync(`${folder}/${id}/gpu.ts`)).toBe(isDeclared);
    expect((await loadGpuImplementation(id)) !== null).toBe(isDeclared);
  });
});
