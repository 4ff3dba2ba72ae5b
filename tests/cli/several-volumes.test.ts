/** A recipe on several volumes at once: a folder for each, and the tables across them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCommandLine, createWorkplace, recipeOf, type Workplace } from './tauscope.ts';
import { fileBytes, noisyLayers, slabs } from './volumes.ts';

let place: Workplace;

beforeAll(async () => {
  await buildCommandLine();
  place = createWorkplace();
  place.write('recipe.json', recipeOf(['measure-volume-fraction']));
  place.write('soc0.tif', await fileBytes(slabs({ values: [0.4, 0.4, 0.8], unit: 'µm' })));
  place.write('soc50.tif', await fileBytes(slabs({ values: [0.8, 0.4, 0.8], unit: 'µm' })));
  place.write('grey.tif', await fileBytes(noisyLayers()));
});
afterAll(() => place.remove());

describe('run on several volumes', () => {
  it('writes the results of each as alone, and a table across them', async () => {
    const states = ['--states', '0,50', '--state-label', 'State of charge (%)'];
    const input = ['run', 'recipe.json', 'soc0.tif', 'soc50.tif'];
    const ended = await place.run([...input, ...states, '-o', 'out']);
    expect(ended.code).toBe(0);
    expect(place.list('out')).toEqual(['across.csv', 'across.json', 'soc0', 'soc50']);
    await place.run(['run', 'recipe.json', 'soc50.tif', '-o', 'alone']);
    expect(place.read('out/soc50/results.json')).toBe(place.read('alone/results.json'));
    const across = JSON.parse(place.read('out/across.json')) as {
      readonly columns: readonly { readonly id: string; readonly title: string }[];
      readonly rows: readonly Readonly<Record<string, unknown>>[];
    };
    expect(across.rows.map(({ volume, state }) => [volume, state])).toEqual([
      ['soc0', 0],
      ['soc50', 50],
    ]);
    // The same labels in voxels twice as long: every phase has twice the volume.
    const changes = across.columns.filter(({ id }) => /physicalVolume .* percent$/.test(id));
    expect(changes.length).toBeGreaterThan(1);
    for (const { id } of changes) expect(across.rows[1]?.[id]).toBeCloseTo(100, 9);
    expect(place.read('out/across.csv')).toContain('State of charge (%)');
  });

  it('goes on after a volume that fails, names it, and ends with 1', async () => {
    const input = ['run', 'recipe.json', 'grey.tif', 'soc0.tif'];
    const ended = await place.run([...input, '-o', 'some', '--json']);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/grey\.tif failed, the others go on/);
    expect(ended.stderr).toMatch(/1 of 2 volumes failed/);
    expect(place.list('some')).toEqual(['across.csv', 'across.json', 'soc0']);
    expect(JSON.parse(ended.stdout)).toMatchObject({ rows: [{ volume: 'soc0' }] });
  });

  it('refuses states that are not one for each volume', async () => {
    const input = ['run', 'recipe.json', 'soc0.tif', 'soc50.tif'];
    const ended = await place.run([...input, '-o', 'no', '--states', '1', '-q']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/one number for each of the 2 volumes/);
    expect(place.list('no')).toEqual([]);
  });
});
