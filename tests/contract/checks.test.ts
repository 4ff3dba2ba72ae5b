/** The checks themselves: each must find the operation that breaks its promise, and no other. */
import { describe, expect, it } from 'vitest';
import { cancelled } from '../../src/errors/errors.ts';
import {
  defineOperation,
  type Operation,
  type OperationContext,
  type OperationResult,
} from '../../src/operations/operation.ts';
import { digestBytes } from '../../src/volume/digest.ts';
import { createVolume, type Volume, voxelBytes, voxelCount } from '../../src/volume/volume.ts';
import type { KernelSession } from '../../src/wasm/session.ts';
import { EXAMPLE_CHECKS, type Example, OPERATION_CHECKS } from './checks.ts';

const ARENA = 2 ** 16;
const VOXELS = 24;

const input = (): Volume =>
  createVolume({
    kind: 'grey',
    name: 'small',
    size: [2, 3, 4],
    data: Uint8Array.from({ length: VOXELS }, (_, i) => i),
    spacing: { values: [1, 2, 3], unit: 'µm' },
  });

const column = { id: 'sum', title: 'Sum', symbol: '', unit: '', help: 'Of all voxels.' };
const tables = { sums: { title: 'Sums', columns: [column] } };

/** Adds 1 + i to voxel i in each of three rounds, by the probe kernel. */
async function work(session: KernelSession, volume: Volume): Promise<Float32Array<ArrayBuffer>> {
  const pointer = session.allocate(8 * VOXELS);
  for (let round = 0; round < 3; round++) {
    await session.run({
      kernel: 'probeAccumulate',
      args: [pointer, 1, 1],
      items: VOXELS,
      itemsPerTask: 5,
    });
    session.progress((round + 1) / 4);
    await session.breathe();
  }
  return Float32Array.from(session.f64(pointer, VOXELS), (sum, i) => sum + Number(volume.data[i]));
}

function resultOf(volume: Volume, data: Float32Array<ArrayBuffer>): OperationResult {
  const sum = data.reduce((total, value) => total + value, 0);
  return {
    volume: createVolume({ ...volume, data }),
    tables: [{ id: 'sums', title: 'Sums', columns: [column], rows: [{ sum }], notes: [] }],
    notes: ['Added.'],
  };
}

async function runSound(volume: Volume, context: OperationContext): Promise<OperationResult> {
  await context.breathe();
  const data = await context.withKernels(ARENA, (session) => work(session, volume));
  context.progress(1);
  return resultOf(volume, data);
}

const EXAMPLE: Example = {
  title: 'Small',
  input,
  params: {},
  // Three rounds of 1 + i on top of i.
  voxelDigest: digestBytes(
    voxelBytes(Float32Array.from({ length: VOXELS }, (_, i) => i + 3 * (1 + i))),
  ),
  tables: { sums: [{ sum: 4 * 276 + 3 * VOXELS }] },
};

const SOUND: Operation = defineOperation({
  id: 'fake-sound',
  version: 1,
  title: 'Sound',
  family: 'smooth',
  summary: 'Keeps every promise.',
  equation: '',
  details: 'Adds.',
  methods: 'Voxels were added with {amount}',
  citations: [],
  input: 'grey',
  output: 'grey',
  parameters: {
    amount: {
      kind: 'number',
      title: 'Amount',
      help: 'Unused.',
      unit: '',
      min: 0,
      max: 1,
      step: 1,
      default: 0,
    },
  },
  tables,
  reach: { kind: 'whole', fromSlices: false },
  estimate: ({ size }) => ({ bytes: ARENA + 4 * voxelCount(size), work: voxelCount(size) }),
  run: (volume, _params, context) => runSound(volume, context),
  reference: (volume) =>
    resultOf(
      volume,
      Float32Array.from(volume.data as Uint8Array, (value, i) => value + 3 * (1 + i)),
    ),
  examples: [EXAMPLE],
});

type Run = Operation['run'];

/** The sound operation with one thing changed. */
function broken(change: Partial<Operation>): Operation {
  return { ...SOUND, ...change };
}

function running(
  run: (volume: Volume, context: OperationContext) => Promise<OperationResult>,
): Operation {
  return broken({ run: ((volume, _params, context) => run(volume, context)) as Run });
}

/** Changes the result of the sound operation after it has run. */
function returning(
  change: (result: { volume: Volume } & OperationResult) => Partial<OperationResult>,
): Operation {
  return running(async (volume, context) => {
    const result = (await runSound(volume, context)) as { volume: Volume } & OperationResult;
    return { ...result, ...change(result) } as OperationResult;
  });
}

async function brokenFacts(operation: Operation): Promise<readonly string[]> {
  const facts: string[] = [];
  const attempt = async (fact: string, check: () => Promise<void> | void): Promise<void> => {
    try {
      await check();
    } catch {
      facts.push(fact);
    }
  };
  for (const check of OPERATION_CHECKS) await attempt(check.fact, () => check.run(operation));
  for (const example of operation.examples) {
    for (const check of EXAMPLE_CHECKS) {
      await attempt(check.fact, () => check.run(operation, example));
    }
  }
  return facts;
}

function withExample(change: Partial<Example>): Operation {
  return broken({ examples: [{ ...EXAMPLE, ...change }] });
}

let calls = 0;

const CASES: readonly (readonly [what: string, fact: string, operation: Operation])[] = [
  ['has no summary', 'describes itself completely', broken({ summary: ' ' })],
  [
    'cites a DOI that is none',
    'describes itself completely',
    broken({
      citations: [{ label: 'A', authors: 'A', year: 1, title: 'T', venue: 'V', doi: 'x' }],
    }),
  ],
  ['shows no example', 'describes itself completely', broken({ examples: [] })],
  ['names a parameter it lacks', 'names only its own parameters', broken({ methods: '{width}' })],
  [
    'names a number it lacks',
    'names only its own parameters',
    broken({ methodsAfterRun: '{sums.mean}' }),
  ],
  [
    'has a default out of range',
    'accepts its defaults',
    broken({
      parameters: {
        amount: { ...(SOUND.parameters['amount'] as never as object), default: 2 } as never,
      },
    }),
  ],
  [
    'takes any parameter',
    'refuses an unknown parameter',
    broken({ parameters: { ...SOUND.parameters, nonsense: SOUND.parameters['amount'] as never } }),
  ],
  [
    'counts voxels in 32 bits',
    'estimates memory and work',
    broken({
      estimate: ({ size: [nx, ny, nz] }) => ({
        bytes: ARENA + 4 * (Math.imul(Math.imul(nx, ny), nz) || 24),
        work: nx * ny * nz,
      }),
    }),
  ],
  [
    'thinks a small part of the work',
    'estimates memory and work',
    broken({ estimate: ({ size }) => ({ bytes: ARENA + 4 * voxelCount(size), work: 1 }) }),
  ],
  ['has another digest', 'reproduces its numbers', withExample({ voxelDigest: 'other' })],
  ['has other numbers', 'reproduces its numbers', withExample({ tables: { sums: [{ sum: 1 }] } })],
  ['has more rows', 'reproduces its numbers', withExample({ tables: { sums: [] } })],
  [
    'calls a missing number 0',
    'reproduces its numbers',
    withExample({ tables: { sums: [{ sum: 0 }] } }),
  ],
  [
    'lets threads show',
    'gives the same bits',
    running((volume, context) =>
      context.withKernels(ARENA, async (session) => {
        const data = await work(session, volume);
        context.progress(1);
        return resultOf(
          volume,
          data.map((value) => value + session.threads - 1),
        );
      }),
    ),
  ],
  [
    'lets the cut show',
    'gives the same bits',
    running((volume, context) =>
      context.withKernels(ARENA, async (session) => {
        let tasks = 0;
        const pointer = session.allocate(8 * VOXELS);
        await session.run(
          { kernel: 'probeAccumulate', args: [pointer, 1, 1], items: VOXELS, itemsPerTask: 5 },
          (_done, total) => (tasks = total),
        );
        await session.breathe();
        const data = await work(session, volume);
        context.progress(1);
        return resultOf(
          volume,
          data.map((value) => value + tasks),
        );
      }),
    ),
  ],
  [
    'is different each time',
    'gives the same bits',
    returning(() => ({ notes: [`call ${(calls += 1)}`] })),
  ],
  [
    'differs from its reference',
    'agrees with its scalar reference',
    broken({ reference: (volume) => resultOf(volume, new Float32Array(VOXELS)) }),
  ],
  [
    'has a kernel and no reference',
    'agrees with its scalar reference',
    { ...SOUND, reference: undefined } as never,
  ],
  [
    'differs in the name of a phase',
    'agrees with its scalar reference',
    returning(({ volume }) => ({ volume: { ...volume, origin: [0, 0, 1] } }) as never),
  ],
  [
    'writes to its input',
    'leaves its input unchanged',
    running((volume, context) => {
      const result = runSound(volume, context);
      volume.data[0] = 9;
      return result;
    }),
  ],
  [
    'renames its input',
    'leaves its input unchanged',
    running((volume, context) => {
      (volume as { name: string }).name = 'x';
      return runSound(volume, context);
    }),
  ],
  [
    'reports nothing',
    'reports progress that rises',
    running((volume, context) =>
      runSound(volume, {
        ...context,
        progress: () => undefined,
        withKernels: (bytes, driver) =>
          context.withKernels(bytes, (session) =>
            driver(
              Object.assign(Object.create(session) as KernelSession, {
                progress: () => undefined,
                run: session.run,
                breathe: session.breathe,
                allocate: session.allocate,
                f64: session.f64,
              }),
            ),
          ),
      }),
    ),
  ],
  [
    'goes back',
    'reports progress that rises',
    running(async (volume, context) => {
      const result = await runSound(volume, context);
      context.progress(0.5);
      context.progress(1);
      return result;
    }),
  ],
  [
    'never arrives',
    'reports progress that rises',
    running((volume, context) => runSound(volume, { ...context, progress: () => undefined })),
  ],
  [
    'needs more memory than it says',
    'stays below its memory estimate',
    broken({
      estimate: ({ size }) => ({ bytes: ARENA + 3 * voxelCount(size), work: voxelCount(size) }),
    }),
  ],
  [
    'ignores a cancellation',
    'stops when it is cancelled at any pause',
    running(async (volume, context) => {
      if (context.signal.aborted) throw cancelled();
      return runSound(volume, {
        ...context,
        signal: new AbortController().signal,
        breathe: () => context.breathe().catch(() => undefined),
        withKernels: (bytes, driver) =>
          context.withKernels(bytes, driver).catch(() => new Float32Array(VOXELS) as never),
      });
    }),
  ],
  [
    'never pauses',
    'does nothing when it is cancelled before',
    broken({
      run: (volume) =>
        Promise.resolve(
          resultOf(
            volume,
            Float32Array.from(volume.data as Uint8Array, (value, i) => value + 3 * (1 + i)),
          ),
        ),
    }),
  ],
  [
    'returns another kind',
    'returns what it declares',
    returning(({ volume }) => ({ volume: { ...volume, kind: 'labels' } }) as never),
  ],
  [
    'returns another type than planned',
    'returns what it declares',
    broken({ outputShape: () => ({ type: 'uint8' }) }),
  ],
  [
    'loses the voxel size',
    'returns what it declares',
    returning(({ volume }) => ({ volume: { ...volume, spacing: null } }) as never),
  ],
  [
    'leaves out a table that is not optional',
    'returns what it declares',
    broken({ tables: { ...tables, more: tables.sums } }),
  ],
  ['returns a table it does not declare', 'returns what it declares', broken({ tables: {} })],
  [
    'returns a number that is none',
    'returns what it declares',
    returning(
      ({ tables: [table] = [] }) =>
        ({ tables: [{ ...table, rows: [{ sum: Number.NaN }] }] }) as never,
    ),
  ],
  [
    'fills a column it does not declare',
    'returns what it declares',
    returning(
      ({ tables: [table] = [] }) =>
        ({ tables: [{ ...table, rows: [{ sum: 1, more: 2 }] }] }) as never,
    ),
  ],
  [
    'reaches further than it says',
    'gives every part of its result',
    // It adds by the voxel's number in the volume.
    broken({ reach: { kind: 'local', halo: () => 0, words: '' } }),
  ],
  [
    'streams other numbers than it runs',
    'gives the same part by part',
    broken({
      reach: { kind: 'local', halo: () => 0, words: '' },
      streaming: { report: () => Promise.resolve({}) },
    }),
  ],
  [
    'finds a value again that it has found',
    'finds automatic values',
    broken({ settle: (_input, params) => Promise.resolve({ ...params }) }),
  ],
];

describe('the contract', () => {
  it('holds for a sound operation', async () => {
    expect(await brokenFacts(SOUND)).toEqual([]);
  });

  it.each(CASES)('finds an operation that %s', async (_what, fact, operation) => {
    const facts = await brokenFacts(operation);
    expect(facts).toEqual(expect.arrayContaining([expect.stringContaining(fact)]));
  });

  it('has a broken operation for each of its promises', () => {
    const facts = [...OPERATION_CHECKS, ...EXAMPLE_CHECKS].map((check) => check.fact);
    const missed = facts.filter((fact) => !CASES.some(([, named]) => fact.includes(named)));
    expect(missed).toEqual([]);
  });
});
