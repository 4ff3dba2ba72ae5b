/** Runs on volumes that are kept on disk: the same files as of runs in memory. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCommandLine, createWorkplace, recipeOf, type Workplace } from './tauscope.ts';
import { fileBytes, noisyLayers } from './volumes.ts';

const RECIPE = recipeOf(
  ['denoise-median'],
  ['crop-box', { box: [0, 20, 0, 22, 0, 24] }],
  ['denoise-nl-means', { patchRadius: 1, searchRadius: 1 }],
  ['segment-threshold', { phases: 3 }],
  ['label-phases', { phases: [{ label: 0, name: 'pore', colour: '#0072b2', pore: true }] }],
  ['measure-volume-fraction', { slices: true }],
  ['measure-surface-area'],
);
const SAME = ['results.json', 'results.csv', 'methods.txt', 'references.bib', 'labels.tif'];

let place: Workplace;
beforeAll(async () => {
  await buildCommandLine();
  place = createWorkplace();
  place.write('recipe.json', RECIPE);
  place.write('grey.tif', await fileBytes(noisyLayers()));
});
afterAll(() => place.remove());

function digestsIn(folder: string): Record<string, string> {
  const hash = (name: string) =>
    createHash('sha256')
      .update(readFileSync(place.path(folder, name)))
      .digest('hex');
  return Object.fromEntries(SAME.map((name) => [name, hash(name)]));
}

const brickFolders = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => name.startsWith('tauscope-bricks-'));

describe('tauscope run --bricks', () => {
  it('writes the same files as a run in memory and leaves no bricks', async () => {
    const plain = await place.run(['run', 'recipe.json', 'grey.tif', '-o', 'plain']);
    expect(plain).toMatchObject({ code: 0 });
    place.write('bricks/.keep', '');
    const ran = await place.run([
      'run',
      'recipe.json',
      'grey.tif',
      '-o',
      'parts',
      `--bricks=${place.path('bricks')}`,
    ]);
    expect(ran.stderr).not.toContain('bug');
    expect(ran.code).toBe(0);
    expect(ran.stdout).toBe(plain.stdout);
    expect(digestsIn('parts')).toEqual(digestsIn('plain'));
    expect(brickFolders(place.path('bricks'))).toEqual([]);
  });

  it('names the folder that cannot be written', async () => {
    const ran = await place.run([
      'run',
      'recipe.json',
      'grey.tif',
      '-o',
      'out',
      '--bricks=no-such-folder',
    ]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/no-such-folder cannot be written: there is no such file or folder/);
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const bricks = place.path('bricks');
    const ran = await place.run(
      ['run', 'recipe.json', 'grey.tif', '-o', 'interrupted', `--bricks=${bricks}`],
      {
        onStart: (child) => {
          child.stderr?.once('data', () => child.kill('SIGINT'));
          setTimeout(() => child.kill('SIGINT'), 700);
        },
      },
    );
    expect(ran.code).not.toBe(0);
    expect(brickFolders(bricks)).toEqual([]);
  });
});
