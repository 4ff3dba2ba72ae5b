/** What the engine makes of operations that go wrong; operations here are made for the purpose. */
import { afterAll, describe, expect, it, vi } from 'vitest';
import { UserError } from '../errors/errors.ts';
import { host } from '../host/node.ts';
import type { Operation } from '../operations/operation.ts';
import { addStep } from '../recipe/edit.ts';
import { emptyRecipe } from '../recipe/recipe.ts';
import { createVolume } from '../volume/volume.ts';
import { createKernelHost } from '../wasm/kernel-host.ts';
import { createEngine } from './engine.ts';

const BASE = {
  version: 2,
  title: 'Fake',
  family: 'measure',
  summary: 'Fails.',
  equation: '',
  details: '',
  methods: '',
  citations: [],
  input: 'any',
  output: 'none',
  parameters: {},
  tables: {},
  reach: { kind: 'whole', fromSlices: false },
  estimate: () => ({ bytes: 3 * 2 ** 30, work: 1 }),
  examples: [],
} as const;

let quickRuns = 0;

const FAKES: Readonly<Record<string, Operation>> = {
  'fake-hungry': {
    ...BASE,
    id: 'fake-hungry',
    run: () => Promise.reject(catchError(() => new Float32Array(2 ** 50))),
  },
  'fake-shapeless': {
    ...BASE,
    id: 'fake-shapeless',
    outputShape: () => {
      throw new UserError('parameter/invalid', 'No such shape.', { parameter: 'box' });
    },
    run: () => Promise.resolve({ tables: [] }),
  },
  'fake-quick': {
    ...BASE,
    id: 'fake-quick',
    run: () => {
      quickRuns += 1;
      return Promise.resolve({ tables: [], notes: ['its own'] });
    },
  },
};

vi.mock('../operations/registry.ts', () => ({
  loadOperation: (id: string) => Promise.resolve(FAKES[id]),
}));

const kernels = createKernelHost(host, 1);
const engine = createEngine(host, kernels, 2 ** 20);
afterAll(() => kernels.dispose());

const volume = createVolume({ kind: 'grey', size: [2, 2, 2], data: new Uint8Array(8) });
const input = await engine.identify(volume);

function catchError(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

function runOne(operation: string, version = 2, signal = new AbortController().signal) {
  return engine.run(addStep(emptyRecipe(), { operation, version }), input, { signal });
}

describe('engine', () => {
  it('tells memory that cannot be had in one sentence, with the step', async () => {
    await expect(runOne('fake-hungry')).rejects.toMatchObject({
      name: 'UserError',
      code: 'memory/over-budget',
      message: expect.stringMatching(/^Fake needs about 3\.00 GiB beside the volume, .*crop/),
      details: { step: 'fake-hungry-1' },
    });
  });

  it('names the step whose parameters do not fit the volume', async () => {
    await expect(runOne('fake-shapeless')).rejects.toMatchObject({
      code: 'parameter/invalid',
      details: { step: 'fake-shapeless-1', parameter: 'box' },
    });
  });

  it('notes that a recipe was written for an older version', async () => {
    const [older] = await runOne('fake-quick', 1);
    expect(older?.notes).toEqual([
      'The recipe was written for version 1 of Fake; it ran as version 2, which gives other numbers.',
      'its own',
    ]);
    expect((await runOne('fake-quick'))[0]?.notes).toEqual(['its own']);
  });

  it('starts no step after a cancellation', async () => {
    await runOne('fake-quick');
    engine.trim();
    const before = quickRuns;
    await expect(runOne('fake-quick', 2, AbortSignal.abort())).rejects.toMatchObject({
      code: 'run/cancelled',
    });
    expect(quickRuns).toBe(before);
  });

  it('identifies a volume from a digest that is known, and stops when cancelled', async () => {
    const digest = input.voxelDigest as string;
    expect(await engine.identify(volume, { voxelDigest: digest })).toEqual(input);
    await expect(engine.identify(volume, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'run/cancelled',
    });
  });
});
