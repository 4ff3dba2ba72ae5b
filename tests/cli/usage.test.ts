/** The manners of a Unix command: help, flags, exit codes, streams, pipes and signals. */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flagHelp } from '../../src/declaration/flags.ts';
import { VERSION } from '../../src/engine/version.ts';
import { loadAllOperations } from '../../src/operations/registry.ts';
import { loadAllPhantoms } from '../../src/phantoms/registry.ts';
import { nrrdBytes } from '../support/nrrd-files.ts';
import { buildCommandLine, createWorkplace, ENTRY, recipeOf, type Workplace } from './tauscope.ts';
import { fileBytes, noisyLayers, slabs } from './volumes.ts';

let place: Workplace;

beforeAll(async () => {
  await buildCommandLine();
  place = createWorkplace();
  place.write('labels.tif', await fileBytes(slabs()));
  place.write('grey.tif', await fileBytes(noisyLayers()));
});
afterAll(() => place.remove());

describe('tauscope', () => {
  it('tells its version', async () => {
    expect(await place.run(['--version'])).toEqual({
      code: 0,
      stdout: `tauscope ${VERSION}\n`,
      stderr: '',
    });
  });

  it('loads no command to tell its version', () => {
    const entry = readFileSync(ENTRY, 'utf8');
    const imported = [...entry.matchAll(/^import .*?from ["'](.+?)["'];?$/gm)].map(
      ([, from]) => from,
    );
    const ours = imported.filter((from) => from?.startsWith('.'));
    expect(ours.every((from) => from?.startsWith('./chunks/errors-'))).toBe(true);
    expect(imported.length).toBeGreaterThan(ours.length);
  });

  it('shows its help on stdout where asked, and on stderr where nothing is', async () => {
    const asked = await place.run(['--help']);
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    for (const name of ['run', 'analyze', 'apply', 'info', 'surface', 'phantom']) {
      expect(asked.stdout).toContain(`  tauscope ${name} <`);
    }
    expect(await place.run([])).toEqual({ code: 2, stdout: '', stderr: asked.stdout });
    expect(await place.run(['help'])).toEqual(asked);
  });

  it('shows a command’s help however it is asked', async () => {
    const asked = await place.run(['info', '--help']);
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    expect(asked.stdout).toMatch(/^Usage: tauscope info <input> …\n\n/);
    expect(await place.run(['help', 'info'])).toEqual(asked);
    expect(await place.run(['info', 'nowhere.tif', '-h'])).toEqual(asked);
  });

  it('tells every parameter of every operation, from its declaration', async () => {
    const overview = (await place.run(['apply', '--help'])).stdout;
    for (const { id, parameters } of await loadAllOperations()) {
      expect(overview).toContain(`\n  ${id}\n`);
      if (!['segment-watershed', 'denoise-nl-means'].includes(id)) continue;
      const { stdout, code } = await place.run(['apply', id, '--help']);
      expect(code).toBe(0);
      const unwrapped = stdout.replace(/\s+/g, ' ');
      for (const { flag, text } of flagHelp(parameters)) {
        expect(unwrapped).toContain(`${flag} ${text}`.replace(/\s+/g, ' '));
      }
    }
  });

  it('tells every parameter of a phantom', async () => {
    const overview = (await place.run(['phantom', '--help'])).stdout;
    for (const { id } of await loadAllPhantoms()) expect(overview).toContain(`\n  ${id}\n`);
    const { stdout } = await place.run(['phantom', 'layers', '--help']);
    expect(stdout).toContain('--period <number>');
    expect(stdout).toContain('default 16 voxels]');
  });
});

describe('wrong usage ends with code 2 and one sentence', () => {
  it.each([
    [['anlyze', 'x.tif'], 'There is no command "anlyze"; did you mean analyze?'],
    [
      ['frobnicate'],
      'There is no command "frobnicate"; the commands are run, analyze, apply, info, surface, phantom, bundle, verify.',
    ],
    [['--verbose'], 'There is no option --verbose; see tauscope --help.'],
    [['info'], 'info needs a file or a folder; see tauscope info --help.'],
    [['info', 'labels.tif', '--jsn'], 'There is no option --jsn; did you mean --json?'],
    [['analyze'], 'No input is named; see --help.'],
    [['analyze', 'labels.tif', '--phase'], '--phase needs a value: --phase <label,…>.'],
    [
      ['analyze', 'labels.tif', '--phase', 'pore'],
      '--phase is "pore": it must be a list of label values with commas between, or all.',
    ],
    [
      ['analyze', 'labels.tif', '--directions', 'xy'],
      '--directions is "xy": it must be one of xyz, x, y, z.',
    ],
    [
      ['analyze', 'labels.tif', '--pore', '0,b'],
      '--pore is "0,b": it must be a list of label values with commas between.',
    ],
    [['run', 'recipe.json'], 'run needs a recipe and an input; see tauscope run --help.'],
    [['run', 'recipe.json', 'x.tif'], 'run needs a folder for its results: -o <folder>.'],
    [
      ['apply', 'smoth-gaussian'],
      'There is no operation "smoth-gaussian"; did you mean smooth-gaussian?',
    ],
    [
      ['apply', 'smooth-gaussian', 'x.tif'],
      'smooth-gaussian makes a volume and needs a file for it: -o <file.tif>.',
    ],
    [
      ['apply', 'measure-volume-fraction', 'x.tif', '-o', 'y.tif'],
      'measure-volume-fraction makes no volume: leave -o out.',
    ],
    [['surface', 'labels.tif', '-o', 'x.stl'], 'surface needs the label of a phase: --label 1.'],
    [
      ['surface', 'labels.tif', '--label', '1', '-o', 'x.obj'],
      '-o is "x.obj": surfaces are written as .stl, .ply, .vtk.',
    ],
    [['phantom', 'catode'], 'There is no phantom "catode"; did you mean cathode?'],
    [['phantom', 'layers'], 'phantom needs a folder for its volumes: -o <folder>.'],
    [['phantom', 'layers', 'x.tif', '-o', 'y'], 'phantom takes no input; "x.tif" is too much.'],
    [
      ['phantom', 'layers', '--size', '1e9', '-o', 'y'],
      '--size is "1e9": it must be a whole number from 4 to 512 voxels.',
    ],
  ])('%j', async (args, sentence) => {
    expect(await place.run(args)).toEqual({
      code: 2,
      stdout: '',
      stderr: `tauscope: ${sentence}\n`,
    });
    expect(place.list()).toEqual(['grey.tif', 'labels.tif']);
  });

  it('a number of threads that is none', async () => {
    const environment = { TAUSCOPE_THREADS: 'all' };
    expect(await place.run(['info', 'labels.tif'], { environment })).toMatchObject({
      code: 2,
      stderr: 'tauscope: TAUSCOPE_THREADS is "all": it must be a whole number from 1 up.\n',
    });
  });
});

describe('streams', () => {
  it('carry results on stdout alone, without colours or progress where no one watches', async () => {
    const { code, stdout, stderr } = await place.run(['analyze', 'labels.tif', '--pore', '0']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toContain('\r');
    expect(stdout).toMatch(/^slabs|^labels/);
  });

  it('carry remarks on stderr, and none with --quiet', async () => {
    const loud = await place.run(['analyze', 'labels.tif', '--phase', '0', '--directions', 'y']);
    expect(loud.stderr).toBe(
      'tauscope: no phase is marked as pore: --pore <label> marks one (labels 0, 1, 2)\n',
    );
    const quiet = await place.run(['analyze', 'labels.tif', '--phase=0', '--directions=y', '-q']);
    expect(quiet).toEqual({ ...loud, stderr: '' });
  });

  it('fit tables to COLUMNS', async () => {
    const environment = { COLUMNS: '72' };
    const { stdout } = await place.run(['analyze', 'labels.tif'], { environment });
    expect(stdout.split('\n').filter((line) => line.length > 72)).toEqual([]);
  });

  it('may be closed early by the next command of a pipe', async () => {
    const { code, stderr } = await place.run(['apply', '--help'], {
      onStart: (child) => child.stdout?.destroy(),
    });
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it.runIf(process.platform === 'linux')('that are full are told in one sentence', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [ENTRY, 'info', place.path('labels.tif')], {
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const code = await new Promise((done) => {
      child.on('close', done);
    });
    expect(stderr).toBe('tauscope: Standard output cannot be written: the disk is full.\n');
    expect(code).toBe(1);
  });
});

describe('a signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends a run with code %d and leaves no file', async (signal, expected) => {
    const slow = recipeOf(['denoise-nl-means', { patchRadius: 4, searchRadius: 10 }]);
    place.write('slow.json', slow);
    const fields = { type: 'uint8', sizes: '96 96 96', spacings: '1 1 1' };
    place.write('cube.nrrd', nrrdBytes(fields, new Uint8Array(96 ** 3)));
    const ended = await place.run(['run', 'slow.json', 'cube.nrrd', '--as-grey', '-o', 'out'], {
      // The remark on the missing unit comes when the file is read and the work begins.
      onStart: (child) => child.stderr?.once('data', () => child.kill(signal)),
    });
    expect(ended.stderr).toMatch(/^(tauscope: [^\n]*\n)+$/);
    expect(ended.stderr).not.toMatch(/wrote|bug|ancel/);
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: expected, stdout: '' });
    expect(place.list('out')).toEqual([]);
  });
});
