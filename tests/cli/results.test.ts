/** What the commands write: the same bytes with any number of threads and as in the workbench. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { host } from '../../src/host/node.ts';
import type { ResultsDocument } from '../../src/engine/results.ts';
import { loadAllOperations } from '../../src/operations/registry.ts';
import { presetFor, recipeFromPreset } from '../../src/recipe/presets.ts';
import { parseRecipe } from '../../src/recipe/recipe.ts';
import { createKernelHost } from '../../src/wasm/kernel-host.ts';
import { createWorkbench } from '../../workers/workbench.ts';
import type { NamedFile } from '../../workers/engine-api.ts';
import { describeWithReference, readReferenceJson } from '../support/reference-data.ts';
import { referenceFile } from '../support/reference-folder.ts';
import { buildTiff } from '../support/tiff-fixtures.ts';
import { buildCommandLine, createWorkplace, recipeOf, type Workplace } from './tauscope.ts';
import { fileBytes, noisyLayers, slabs } from './volumes.ts';

const RECIPE = recipeOf(
  ['crop-box', { box: [0, 20, 0, 22, 0, 24] }],
  ['denoise-nl-means', { patchRadius: 1, searchRadius: 2 }],
  ['sharpen-unsharp-mask'],
  ['segment-watershed', { phases: 2 }],
  ['measure-volume-fraction'],
  ['measure-percolation'],
  ['measure-tortuosity-factor'],
);

let place: Workplace;
const kernels = createKernelHost(host, 2);

beforeAll(async () => {
  await buildCommandLine();
  place = createWorkplace();
  place.write('recipe.json', RECIPE);
  place.write('grey.tif', await fileBytes(noisyLayers()));
  place.write('slabs.tif', await fileBytes(slabs({ values: [0.4, 0.4, 0.8], unit: 'µm' })));
  place.write(
    'slabs.nrrd',
    await fileBytes(slabs({ values: [0.4, 0.4, 0.8], unit: 'µm' }), 'nrrd'),
  );
});
afterAll(() => {
  place.remove();
  kernels.dispose();
});

async function succeed(args: readonly string[], threads = 1): Promise<string> {
  const environment = { TAUSCOPE_THREADS: String(threads) };
  const { code, stdout, stderr } = await place.run(args, { environment });
  expect(stderr).not.toContain('bug');
  expect(code).toBe(0);
  return stdout;
}

const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

function parseResults(text: string): ResultsDocument {
  return JSON.parse(text) as ResultsDocument;
}

function rowsOf(text: string, table: string): readonly Readonly<Record<string, unknown>>[] {
  const tables = parseResults(text).steps.flatMap((step) => step.tables);
  return tables.find(({ id }) => id === table)?.rows ?? [];
}

describe('run', () => {
  const NAMES = [
    'labels.tif',
    'methods.txt',
    'provenance.json',
    'references.bib',
    'results.csv',
    'results.json',
  ];

  it('writes the same bytes with 1, 2 and 3 threads, provenance aside', async () => {
    for (const threads of [1, 2, 3]) {
      await succeed(['run', 'recipe.json', 'grey.tif', '-q', '-o', `out-${threads}`], threads);
      expect(place.list(`out-${threads}`)).toEqual(NAMES);
    }
    for (const name of NAMES.filter((each) => each !== 'provenance.json')) {
      const [one, two, three] = [1, 2, 3].map((n) => place.read(`out-${n}/${name}`));
      expect(two === one).toBe(true);
      expect(three === one).toBe(true);
    }
    const threads = [1, 2, 3].map(
      (n) => (JSON.parse(place.read(`out-${n}/provenance.json`)) as { threads: number }).threads,
    );
    expect(threads).toEqual([1, 2, 3]);
  });

  it('prints with --json what it writes, and tables without', async () => {
    const stdout = await succeed(['run', 'recipe.json', 'grey.tif', '--json', '-o', 'json']);
    expect(stdout).toBe(place.read('json/results.json'));
    const tables = await succeed(['run', 'recipe.json', 'grey.tif', '-o', 'json']);
    for (const { title } of parseResults(stdout).steps.flatMap((step) => step.tables)) {
      expect(tables).toContain(`${title}\n`);
    }
  });

  it('records what went in and what came out by digest', async () => {
    const provenance = JSON.parse(place.read('out-1/provenance.json')) as {
      readonly inputs: readonly { path: string; sha256: string }[];
      readonly outputs: readonly { name: string; sha256: string }[];
      readonly steps: readonly { id: string; outputVoxelSha256: string | null }[];
      readonly recipeSha256: string;
    };
    const digest = (name: string): string => sha256(readFileSync(place.path(name)));
    expect(provenance.inputs).toEqual(
      ['recipe.json', 'grey.tif'].map((path) => ({ path, sha256: digest(path) })),
    );
    const written = NAMES.filter((name) => name !== 'provenance.json');
    expect(provenance.outputs.map(({ name }) => name).toSorted()).toEqual(written);
    for (const { name, sha256: recorded } of provenance.outputs) {
      expect(recorded).toBe(digest(`out-1/${name}`));
    }
    const results = parseResults(place.read('out-1/results.json'));
    expect(provenance.recipeSha256).toBe(results.recipeSha256);
    expect(provenance.steps.map((step) => step.outputVoxelSha256 !== null)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('writes labels that info and analyze read again with the same size and numbers', async () => {
    const info = JSON.parse(await succeed(['info', 'out-1/labels.tif', '--json'])) as {
      readonly metadata: { readonly size: unknown; readonly spacing: unknown };
    };
    expect(info.metadata.size).toEqual([20, 22, 24]);
    expect(info.metadata.spacing).toEqual({ values: [0.25, 0.25, 0.5], unit: 'µm' });
    const results = place.read('out-1/results.json');
    const again = await succeed(['analyze', 'out-1/labels.tif', '--json', '-q']);
    for (const table of ['fractions', 'porosity', 'percolation', 'transport']) {
      expect(rowsOf(again, table)).toEqual(rowsOf(results, table));
      expect(rowsOf(again, table).length).toBeGreaterThan(0);
    }
  });

  it('writes a grey volume where no step makes labels, and warns of a file from before', async () => {
    place.write('smooth.json', recipeOf(['smooth-gaussian', { sigma: 1 }]));
    const { stderr } = await place.run(['run', 'smooth.json', 'grey.tif', '-o', 'out-1']);
    expect(stderr).toContain('out-1/labels.tif was there before and does not belong to these');
    expect(place.list('out-1')).toEqual(['image.tif', ...NAMES]);
  });
});

describe('analyze', () => {
  it('measures slabs by closed form: τ = 1 along them, no path across', async () => {
    const text = await succeed(['analyze', 'slabs.tif', '--pore', '0', '--json', '-q']);
    expect(rowsOf(text, 'porosity')[0]).toMatchObject({ porosity: 5 / 12, phases: 'pore' });
    for (const row of rowsOf(text, 'transport')) {
      const fraction = [5, 3, 4][row['label'] as number] as number;
      const across = row['direction'] === 'x';
      expect(row['percolates']).toBe(!across);
      expect(row['volumeFraction']).toBeCloseTo(fraction / 12, 14);
      if (across) expect(row).toMatchObject({ tortuosityFactor: null, effectiveDiffusivity: 0 });
      else expect(row['tortuosityFactor']).toBeCloseTo(1, 9);
    }
  });

  it('gives the same numbers for a TIFF, an NRRD and a folder of slices', async () => {
    const data = slabs().data as Uint8Array;
    for (let z = 0; z < 5; z++) {
      const values = data.slice(z * 72, z * 72 + 72);
      place.write(`stack/s${z}.tif`, buildTiff([{ width: 12, height: 6, values }]).bytes);
    }
    const args = ['--json', '-q', '--directions', 'y'];
    const texts = [
      await succeed(['analyze', 'slabs.tif', ...args]),
      await succeed(['analyze', 'slabs.nrrd', ...args]),
      await succeed(['analyze', 'stack', '--voxel-size', '0.4x0.4x0.8 um', ...args]),
      await succeed([
        'analyze',
        ...[3, 1, 0, 4, 2].map((z) => `stack/s${z}.tif`),
        '--voxel-size=0.4x0.4x0.8um',
        ...args,
      ]),
    ];
    for (const text of texts) {
      expect(rowsOf(text, 'transport')).toEqual(rowsOf(texts[0] as string, 'transport'));
      expect(parseResults(text).input.voxelSize).toEqual({ values: [0.4, 0.4, 0.8], unit: 'µm' });
    }
    const digests = new Set(texts.map((text) => parseResults(text).input.voxelSha256));
    expect(digests.size).toBe(1);
  });

  it('keeps the names that the file has for its pores', async () => {
    const names = '0:void,1:binder';
    await succeed(['apply', 'label-phases', 'slabs.tif', '--phases', names, '-o', 'named.nrrd']);
    const text = await succeed(['analyze', 'named.nrrd', '--pore', '0,2', '--json', '-q']);
    expect(rowsOf(text, 'porosity')[0]).toMatchObject({
      phases: 'void, phase 2',
      porosity: 9 / 12,
    });
  });
});

describe('apply', () => {
  it('writes the format that the file name says, with the voxel size', async () => {
    const common = ['apply', 'smooth-gaussian', 'grey.tif', '--sigma', '1', '-q', '-o'];
    await succeed([...common, 'smooth.tif']);
    await succeed([...common, 'deep/er/smooth.NRRD']);
    const digests = [];
    for (const name of ['smooth.tif', 'deep/er/smooth.NRRD']) {
      const text = await succeed(['info', name, '--json']);
      const { metadata } = JSON.parse(text) as { metadata: { type: string; spacing: unknown } };
      expect(metadata.type).toBe('float32');
      expect(metadata.spacing).toEqual({ values: [0.25, 0.25, 0.5], unit: 'µm' });
      place.write('none.json', recipeOf(['gradient-magnitude']));
      const out = ['run', 'none.json', name, '--json', '-q', '-o', 'none'];
      digests.push(parseResults(await succeed(out)).input.voxelSha256);
    }
    expect(digests[0]).toBe(digests[1]);
  });

  it('prints the tables of a measurement', async () => {
    const json = await succeed(['apply', 'measure-volume-fraction', 'slabs.tif', '--json', '-q']);
    expect(JSON.parse(json)).toMatchObject([{ id: 'fractions' }, { id: 'porosity' }]);
  });
});

describe('info', () => {
  it('reads a detached header, a folder and a single file', async () => {
    place.write(
      'd.nhdr',
      'NRRD0005\ntype: uint8\ndimension: 3\nsizes: 2 2 2\nencoding: raw\ndata file: d.raw\n',
    );
    place.write(
      'd.raw',
      Uint8Array.from({ length: 8 }, (_, i) => i),
    );
    expect(await succeed(['info', 'd.nhdr'])).toMatch(/^size \(x × y × z\) {2}2 × 2 × 2$/m);
    expect(await succeed(['info', 'stack'])).toMatch(/folder of 5 TIFF slices/);
    const both = await succeed(['info', 'slabs.tif', 'grey.tif']);
    expect(both.match(/^size .*$/gm)).toEqual([
      'size (x × y × z)  12 × 6 × 5',
      'size (x × y × z)  24 × 24 × 24',
    ]);
    const documents: unknown = JSON.parse(
      await succeed(['info', 'slabs.tif', 'grey.tif', '--json']),
    );
    expect(documents).toMatchObject([
      { files: ['slabs.tif'], metadata: { size: [12, 6, 5] } },
      { files: ['grey.tif'], metadata: { size: [24, 24, 24] } },
    ]);
    const text = await succeed(['info', 'slabs.tif']);
    expect(text).toMatch(/^voxel size +0\.4 × 0\.4 × 0\.8 µm \(.+\)$/m);
    expect(text).toMatch(/^extent +4\.8 × 2\.4 × 4 µm$/m);
  });
});

describe('phantom', () => {
  it('writes its volumes and phantom.json with what is known, the same every time', async () => {
    const make = (folder: string, seed: number): Promise<string> =>
      succeed(['phantom', 'cathode', '--size', '24', '--seed', String(seed), '-q', '-o', folder]);
    const stdout = await make('p1', 3);
    expect(stdout).toBe('p1/grey.tif\np1/truth.tif\np1/phantom.json\n');
    await make('p2', 3);
    await make('p3', 4);
    for (const name of place.list('p1')) {
      expect(place.read(`p2/${name}`) === place.read(`p1/${name}`)).toBe(true);
      expect(place.read(`p3/${name}`) === place.read(`p1/${name}`)).toBe(false);
    }
    const facts = JSON.parse(place.read('p1/phantom.json')) as {
      readonly parameters: object;
      readonly fractions: { readonly pore: number };
      readonly files: readonly object[];
    };
    expect(facts).toMatchObject({
      format: 'tauscope-phantom',
      phantom: 'cathode',
      parameters: { size: 24, seed: 3 },
      files: [
        { name: 'grey.tif', kind: 'grey' },
        { name: 'truth.tif', kind: 'labels' },
      ],
    });
    const text = await succeed(['analyze', 'p1/truth.tif', '--json', '-q', '--directions', 'z']);
    expect(rowsOf(text, 'porosity')[0]?.['porosity']).toBe(facts.fractions.pore);
  });
});

const workbench = createWorkbench(createEngine(host, kernels, 2 ** 26), host);

async function workbenchResults(files: readonly NamedFile[], recipe: unknown): Promise<string> {
  const { handle } = await workbench.open('open', files, () => undefined);
  const parsed = parseRecipe(recipe);
  await workbench.run('run', parsed, handle, () => undefined);
  return workbench.resultsJson(parsed, handle);
}

describe('the workbench', () => {
  const dropped = (name: string, path = ''): NamedFile => ({
    file: new File([readFileSync(place.path(name))], basename(name)),
    path,
  });

  it('has the same results text for the same file and recipe', async () => {
    await succeed(['run', 'recipe.json', 'grey.tif', '-q', '-o', 'same']);
    expect(await workbenchResults([dropped('grey.tif')], RECIPE)).toBe(
      place.read('same/results.json'),
    );
  });

  it('has the same text for its preset as analyze', async () => {
    const recipe = recipeFromPreset(presetFor('labels'), await loadAllOperations());
    for (const name of ['slabs.tif', 'slabs.nrrd']) {
      const text = await succeed(['analyze', name, '--json', '-q']);
      expect(await workbenchResults([dropped(name)], recipe)).toBe(text);
    }
  });

  it('has the same text for a folder of slices', async () => {
    mkdirSync(place.path('dropped'));
    for (const name of place.list('stack')) {
      writeFileSync(place.path('dropped', name), readFileSync(place.path('stack', name)));
    }
    renameSync(place.path('dropped/s1.tif'), place.path('dropped/s10.tif'));
    const names = place.list('dropped');
    const files = names.map((name) => dropped(`dropped/${name}`, `dropped/${name}`));
    const recipe = recipeFromPreset(presetFor('labels'), await loadAllOperations());
    const text = await succeed(['analyze', 'dropped', '--json', '-q']);
    expect(await workbenchResults(files, recipe)).toBe(text);
    expect(parseResults(text).input.name).toBe('dropped');
  });
});

describeWithReference('a real electrode', ['quantify', 'nmc_cbd_a.tif'], () => {
  it('has the same results text in the workbench', async () => {
    const path = referenceFile('quantify', 'nmc_cbd_a.tif') ?? '';
    const params = { phase: [0] };
    const recipe = recipeFromPreset(presetFor('labels'), await loadAllOperations(), {
      'measure-tortuosity-factor': params,
    });
    const file = new File([readFileSync(path)], basename(path));
    const text = await succeed(['analyze', path, '--phase', '0', '--json', '-q'], 3);
    expect(await workbenchResults([{ file, path: '' }], recipe)).toBe(text);
  });

  it('has the converged tortuosity factor of its pores in every direction', async () => {
    const file = referenceFile('quantify', 'nmc_cbd_a.tif') ?? '';
    const text = await succeed(['analyze', file, '--phase', '0', '--json', '-q']);
    const reference = readReferenceJson('quantify', 'reference.json') as {
      readonly volumes: Readonly<
        Record<
          string,
          {
            readonly phases: Readonly<
              Record<
                string,
                {
                  readonly converged_face_bc: readonly {
                    readonly D_eff: number;
                    readonly tau: number;
                  }[];
                }
              >
            >;
          }
        >
      >;
    };
    const converged = reference.volumes['nmc_cbd_a']?.phases['0']?.converged_face_bc;
    const rows = rowsOf(text, 'transport');
    expect(rows.map((row) => row['direction'])).toEqual(['x', 'y', 'z']);
    // The reference lists storage axes z, y, x.
    rows.forEach((row, i) => {
      const expected = converged?.[2 - i]?.tau ?? Number.NaN;
      expect(Math.abs((row['tortuosityFactor'] as number) / expected - 1)).toBeLessThan(1e-3);
    });
  });
});
