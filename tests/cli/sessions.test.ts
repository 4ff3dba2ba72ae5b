/** `tauscope bundle` and `tauscope verify`: what is claimed holds, and what is tampered with is found. */
import { readFileSync } from 'node:fs';
import { unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Verification } from '../../src/engine/verification.ts';
import type { DatasetCheck } from '../../src/engine/verify.ts';
import { buildCommandLine, createWorkplace, type Workplace } from './tauscope.ts';
import { fileBytes, noisyLayers } from './volumes.ts';

const RECIPE = {
  format: 'tauscope-recipe',
  version: 1,
  title: 'Fractions of a smoothed volume',
  steps: [
    { id: 'smooth', operation: 'smooth-gaussian', version: 1, params: { sigma: 1 } },
    { id: 'phases', operation: 'segment-watershed', version: 1, params: { phases: 2 } },
    { id: 'fractions', operation: 'measure-volume-fraction', version: 1, params: {} },
  ],
};

let place: Workplace;
beforeAll(async () => {
  await buildCommandLine();
  place = createWorkplace();
  place.write('scan.tif', await fileBytes(noisyLayers()));
  place.write('recipe.json', RECIPE);
  const authors = 'A. Researcher 0000-0002-1825-0097; B. Second';
  const { code, stderr } = await bundled(
    'scan.tauscope.zip',
    '--title=Layers',
    '--licence=CC-BY-4.0',
    `--author=${authors}`,
  );
  expect([code, stderr]).toEqual([0, expect.stringContaining('wrote scan.tauscope.zip')]);
});
afterAll(() => place.remove());

function bundled(name: string, ...options: readonly string[]) {
  return place.run(['bundle', 'recipe.json', 'scan.tif', '-o', name, ...options]);
}

interface Claimed {
  readonly dataset: string;
  steps: { step: string; tables: { rows: (string | number | null)[][] }[] }[];
}

interface Document {
  title: string;
  datasets: { opened: { kind: string } }[];
  recipe: { steps: { params: Record<string, unknown> }[] };
  claims: Claimed[];
}

/** The bundle, edited by a forger: its session document, or the bytes of its members. */
function forged(
  name: string,
  edit: (session: Document, members: Record<string, Uint8Array>) => void,
): void {
  const members = unzipSync(new Uint8Array(readFileSync(place.path('scan.tauscope.zip'))));
  const session = JSON.parse(new TextDecoder().decode(members['session.json'])) as Document;
  edit(session, members);
  members['session.json'] = new TextEncoder().encode(JSON.stringify(session));
  place.write(name, zipSync(members));
}

async function verified(...args: readonly string[]) {
  const { code, stdout, stderr } = await place.run(['verify', ...args, '--json']);
  expect(stdout, stderr).not.toBe('');
  return { code, stderr, verification: JSON.parse(stdout) as Verification };
}

describe('a bundle', () => {
  it('is verified bit for bit by whoever has it, with any number of threads', async () => {
    for (const threads of ['1', '3']) {
      const { code, stdout } = await place.run(['verify', 'scan.tauscope.zip', '--json'], {
        environment: { TAUSCOPE_THREADS: threads },
      });
      const { verdict, datasets, session } = JSON.parse(stdout) as Verification;
      expect([code, verdict, session.title]).toEqual([0, 'equal', 'Layers']);
      const [{ steps, data, firstDifference }] = datasets as [DatasetCheck];
      expect([data.voxels, firstDifference]).toEqual(['equal', null]);
      expect(data.files).toEqual([{ path: 'scan.tif', verdict: 'equal' }]);
      expect(steps.map(({ step, voxels }) => [step, voxels])).toEqual([
        ['smooth', 'equal'],
        ['phases', 'equal'],
        ['fractions', null],
      ]);
      expect(steps.at(-1)?.numbers.length).toBeGreaterThan(5);
    }
  });

  it('shows a table, and writes a page with every number', async () => {
    const { code, stdout } = await place.run(['verify', 'scan.tauscope.zip', '--report', 'v.html']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('equal to the last bit')]);
    const page = readFileSync(place.path('v.html'), 'utf8');
    expect(page).toContain('Verification: Layers');
    expect(page).toContain('Step fractions: Volume fractions');
  });

  it('without its data asks for the file by its digest, and knows it by any name', async () => {
    expect((await bundled('small.tauscope.zip', '--no-data')).code).toBe(0);
    const bare = await place.run(['verify', 'small.tauscope.zip']);
    expect(bare.code).toBe(2);
    expect(bare.stderr).toMatch(
      /not in the session: name the file scan\.tif \(\d+ bytes, SHA-256 /,
    );
    place.write('renamed.bin', readFileSync(place.path('scan.tif')));
    place.write('other.tif', readFileSync(place.path('scan.tif')).subarray(0, -1));
    const { code, verification } = await verified('small.tauscope.zip', 'other.tif', 'renamed.bin');
    expect([code, verification.verdict]).toEqual([0, 'equal']);
  });

  it('is offered as a link where the data have an address', async () => {
    const { stderr } = await bundled(
      'linked.tauscope.zip',
      '--no-data',
      '--address=https://example.org/scan.tif',
    );
    const link = /#s=\S+/.exec(stderr)?.[0] ?? '';
    const { code, verification } = await verified(`https://tauscope.example/${link}`, 'scan.tif');
    expect([code, verification.verdict]).toEqual([0, 'equal']);
  });

  it('is not written with an address in a private network', async () => {
    const { code, stderr } = await bundled('x.tauscope.zip', '--address=https://10.0.0.1/scan.tif');
    expect([code, stderr]).toEqual([1, expect.stringContaining('lies in a private network')]);
    expect(place.list()).not.toContain('x.tauscope.zip');
  });
});

describe('what was tampered with is found and located:', () => {
  it('a parameter', async () => {
    forged('parameter.tauscope.zip', ({ recipe }) => {
      (recipe.steps[0] as { params: Record<string, unknown> }).params['sigma'] = 1.25;
    });
    const { code, stderr, verification } = await verified('parameter.tauscope.zip');
    expect([code, verification.verdict]).toEqual([1, 'differs']);
    expect(stderr).toMatch(/Step smooth, Gaussian smoothing: its operation, version or parameters/);
  });

  it('a voxel', async () => {
    forged('voxel.tauscope.zip', (_session, members) => {
      const scan = (members['data/input/scan.tif'] as Uint8Array).slice();
      const at = scan.length >> 1;
      scan[at] = (scan[at] as number) ^ 1;
      members['data/input/scan.tif'] = scan;
    });
    const { code, stderr, verification } = await verified('voxel.tauscope.zip');
    expect([code, verification.verdict]).toEqual([1, 'differs']);
    expect(stderr).toContain('scan.tif is not the file that the session names');
    expect(verification.datasets[0]?.firstDifference).toMatch(
      /its voxels are not those of the session, in slices \d+(–\d+)? of z/,
    );
  });

  it('a number', async () => {
    forged('number.tauscope.zip', ({ claims }) => {
      const row = claims[0]?.steps.at(-1)?.tables[0]?.rows[1] as (string | number | null)[];
      const column = row.findIndex((cell) => typeof cell === 'number' && cell > 0 && cell < 1);
      row[column] = (row[column] as number) + 1e-6;
    });
    const { code, stderr, verification } = await verified('number.tauscope.zip');
    expect([code, verification.verdict]).toEqual([1, 'differs']);
    expect(stderr).toMatch(/Step fractions, Volume fractions: table \S+, row 2, \S+ is claimed as/);
    const numbers = verification.datasets[0]?.steps.at(-1)?.numbers ?? [];
    expect(numbers.filter(({ verdict }) => verdict === 'differs')).toHaveLength(1);
  });

  it('a step that was taken out, and a claim that was', async () => {
    forged('step.tauscope.zip', ({ recipe }) => {
      recipe.steps.splice(0, 1);
    });
    expect((await place.run(['verify', 'step.tauscope.zip'])).stderr).toMatch(
      /there is no step smooth/,
    );
    forged('claim.tauscope.zip', ({ claims }) => {
      claims[0]?.steps.pop();
    });
    const { code, stderr } = await verified('claim.tauscope.zip');
    expect([code, stderr]).toEqual([1, expect.stringContaining('claims no numbers of it')]);
  });

  it('a recipe that does not run any more', async () => {
    forged('broken.tauscope.zip', ({ datasets }) => {
      (datasets[0] as { opened: { kind: string } }).opened.kind = 'labels';
    });
    const { code, stderr, verification } = await verified('broken.tauscope.zip');
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/Step smooth, .*: it does not run: .* works on a grey volume/),
    ]);
    expect(verification.datasets[0]?.steps.at(-1)?.problems).toEqual(['it was not run']);
  });
});

it('anything else than a session is refused with a sentence', async () => {
  const verify = async (name: string) => (await place.run(['verify', name])).stderr;
  expect(await verify('scan.tif')).toContain('scan.tif is neither a bundle');
  expect(await verify('recipe.json')).toContain('The session is not valid at format');
  expect(await verify('#s=abc')).toContain('The link');
  expect(await verify('none.json')).toContain('there is no such file');
});
