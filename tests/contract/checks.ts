/**
 * What every operation promises, as checks that throw. `operations.test.ts` runs them over the
 * registry, `checks.test.ts` over operations that each break one promise.
 */
import { expect } from 'vitest';
import {
  defaultParameters,
  parseParameters,
  type ParameterValues,
} from '../../src/declaration/parameters.ts';
import type { PlannedStep } from '../../src/engine/engine.ts';
import { OutOfCoreCache, runStepsOutOfCore } from '../../src/engine/out-of-core.ts';
import { createPreviews, type SliceRange } from '../../src/engine/preview.ts';
import { cancelled } from '../../src/errors/errors.ts';
import type {
  Operation,
  OperationContext,
  OperationExample,
  OperationResult,
} from '../../src/operations/operation.ts';
import { type Axis, copyBox, type VoxelBox, wholeBox } from '../../src/volume/box.ts';
import { digestBytes } from '../../src/volume/digest.ts';
import { sourceOf } from '../../src/volume/streamed.ts';
import {
  bytesPerVoxel,
  type Size3,
  type Volume,
  type VolumeShape,
  voxelBytes,
  voxelCount,
} from '../../src/volume/volume.ts';
import type { KernelSession, TaskPlan } from '../../src/wasm/session.ts';
import { withTestKernels } from '../support/kernels.ts';
import { createMemoryStorage } from '../support/memory-storage.ts';

export type Example = OperationExample<Operation['parameters']>;

/** A promise in the present tense, and what throws where it is broken. */
export interface Check<Subject extends readonly unknown[]> {
  readonly fact: string;
  run(...subject: Subject): Promise<void> | void;
}

function parametersOf(
  operation: Operation,
  example: Example,
): ParameterValues<Operation['parameters']> {
  return parseParameters(operation.parameters, example.params, operation.id);
}

interface RunOptions {
  readonly threads?: number;
  readonly input?: Volume;
  readonly signal?: AbortSignal;
  /** Cuts every kernel plan into tasks of this many items. */
  readonly itemsPerTask?: number;
  /** Called at each pause, and at each report of progress with the fraction. */
  readonly onPause?: (fraction?: number) => void;
}

interface Observed {
  readonly result: OperationResult;
  readonly progress: readonly number[];
  /** Largest arena that was asked for at once, 0 where no kernel ran. */
  readonly arenaBytes: number;
}

/** A context for one run, and what it sees of the run. */
function watch(
  options: RunOptions,
): Omit<Observed, 'result'> & { readonly context: OperationContext } {
  const { threads = 1, signal = new AbortController().signal, itemsPerTask, onPause } = options;
  const progress: number[] = [];
  let arenaBytes = 0;
  const report = (fraction: number): void => {
    progress.push(fraction);
    onPause?.(fraction);
  };
  // Sessions look for a cancellation now and then; here every pause counts.
  const pause = async (): Promise<void> => {
    onPause?.();
    if (signal.aborted) throw cancelled();
  };
  const context: OperationContext = {
    signal,
    progress: report,
    breathe: pause,
    withKernels: (bytes, driver) => {
      arenaBytes = Math.max(arenaBytes, bytes);
      const options = { signal, progress: report };
      return withTestKernels(bytes, (session) => driver(tap(session)), threads, options);
    },
  };
  const tap = (session: KernelSession): KernelSession => {
    const recut = (plan: TaskPlan): TaskPlan =>
      itemsPerTask === undefined ? plan : { ...plan, itemsPerTask };
    return new Proxy(session, {
      get(target, name) {
        if (name === 'breathe') return () => pause().then(() => target.breathe());
        if (name === 'run') {
          return (plan: TaskPlan, onTaskDone?: (done: number, total: number) => void) =>
            target.run(recut(plan), onTaskDone);
        }
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  };
  return {
    context,
    progress,
    get arenaBytes() {
      return arenaBytes;
    },
  };
}

async function observe(
  operation: Operation,
  example: Example,
  options: RunOptions = {},
): Promise<Observed> {
  const watched = watch(options);
  const input = options.input ?? example.input();
  const params = parametersOf(operation, example);
  const result = await operation.run(input, params, watched.context);
  const { progress, arenaBytes } = watched;
  return { result, progress, arenaBytes };
}

/** The operation as the one step of a plan. */
function planOf(operation: Operation, example: Example, input: Volume): PlannedStep {
  const params = parametersOf(operation, example);
  return {
    step: {
      id: 'step',
      operation: operation.id,
      version: operation.version,
      params: {},
      enabled: true,
    },
    operation,
    params,
    estimate: operation.estimate(input, params),
    shape: input,
    output: { ...input, ...plannedShape(operation, input, example) },
  };
}

function volumeOf(result: OperationResult): Volume {
  expect('volume' in result).toBe(true);
  return (result as { readonly volume: Volume }).volume;
}

/** Slices at both borders, beside them and in the middle, and a few slices at once. */
function slicesAlong(axis: Axis, size: Size3): readonly SliceRange[] {
  const end = size[axis] - 1;
  const middle = end >> 1;
  const single = new Set([0, 1, middle, end - 1, end].filter((at) => at >= 0 && at <= end));
  const ranges = [...single].map((at) => ({ axis, first: at, last: at }));
  return [...ranges, { axis, first: middle, last: Math.min(end, middle + 2) }];
}

function sliceBox(size: Size3, { axis, first, last }: SliceRange): VoxelBox {
  const box = [...wholeBox(size)] as [...VoxelBox];
  box[2 * axis] = first;
  box[2 * axis + 1] = last + 1;
  return box;
}

/** Everything about a result that a user can see, as text. */
function resultDigest(result: OperationResult): string {
  const { tables = [], notes = [] } = result;
  if (!('volume' in result)) return JSON.stringify({ tables, notes });
  const { data, ...rest } = result.volume;
  return JSON.stringify({
    volume: { ...rest, voxels: digestBytes(voxelBytes(data)) },
    tables,
    notes,
  });
}

/** Freezes a volume's description; typed arrays cannot be frozen. */
function freezeDescription(value: unknown): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freezeDescription(part);
}

/** Whether an operation works on what fits in memory alone: it says nothing else. */
function isWhole({ reach, streaming }: Operation): boolean {
  return reach.kind === 'whole' && streaming === undefined;
}

/** The shape that plans reckon with. */
function plannedShape(operation: Operation, input: Volume, example: Example): Partial<VolumeShape> {
  const known = operation.outputShape?.(input, parametersOf(operation, example));
  if (known !== undefined) return known;
  if (operation.output === 'labels') return { kind: 'labels', type: 'uint8', size: input.size };
  if (operation.output === 'grey') return { kind: 'grey', type: 'float32', size: input.size };
  return {};
}

const SIZES: readonly Size3[] = [
  [1, 1, 1],
  [64, 64, 64],
  [128, 128, 128],
  [1024, 1024, 1024],
  [2048, 2048, 2048],
  [8192, 8192, 4096],
];

export const OPERATION_CHECKS: readonly Check<[Operation]>[] = [
  {
    fact: 'describes itself completely',
    run(operation) {
      const { id, version, title, summary, details, methods, parameters, citations } = operation;
      expect(id).toMatch(/^[a-z]+(-[a-z0-9]+)+$/);
      expect(Number.isInteger(version) && version >= 1).toBe(true);
      for (const text of [title, summary, details, methods]) expect(text.trim()).not.toBe('');
      expect(summary).toMatch(/\.$/);
      for (const field of Object.values(parameters)) {
        expect(field.title.trim()).not.toBe('');
        expect(field.help.trim()).not.toBe('');
      }
      for (const citation of citations) {
        expect(citation.authors.trim()).not.toBe('');
        if (citation.doi !== undefined) expect(citation.doi).toMatch(/^10\.\d{4,}\/\S+$/);
      }
      expect(operation.examples.length).toBeGreaterThan(0);
    },
  },
  {
    fact: 'names only its own parameters and numbers in the methods sentence',
    run({ methods, methodsAfterRun = '', parameters, tables }) {
      const named = [...methods.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(Object.keys(parameters)).toEqual(expect.arrayContaining(named));
      const found = [...methodsAfterRun.matchAll(/\{([\w.]+)\}/g)].map((match) => match[1]);
      const cells = Object.entries(tables).flatMap(([id, { columns }]) =>
        columns.map((column) => `${id}.${column.id}`),
      );
      expect(cells).toEqual(expect.arrayContaining(found));
    },
  },
  {
    fact: 'accepts its defaults and reads parameters back from JSON unchanged',
    run(operation) {
      const defaults = defaultParameters(operation.parameters);
      expect(parseParameters(operation.parameters, {}, operation.id)).toEqual(defaults);
      const used = operation.examples.map((example) => parametersOf(operation, example));
      for (const params of [defaults, ...used]) {
        const read = JSON.parse(JSON.stringify(params)) as Record<string, unknown>;
        expect(parseParameters(operation.parameters, read, operation.id)).toEqual(params);
      }
    },
  },
  {
    fact: 'refuses an unknown parameter by name',
    run(operation) {
      expect(() => parseParameters(operation.parameters, { nonsense: 1 }, operation.id)).toThrow(
        /no parameter "nonsense"/,
      );
    },
  },
  {
    fact: 'estimates memory and work of volumes of any size',
    run(operation) {
      const params = defaultParameters(operation.parameters);
      const kind = operation.input === 'any' ? 'grey' : operation.input;
      for (const type of ['uint8', 'float32', 'int64'] as const) {
        const estimates = SIZES.map((size) =>
          operation.estimate({ kind, size, type, spacing: null }, params),
        );
        estimates.forEach(({ bytes, work }, i) => {
          const before = estimates[i - 1] ?? { bytes: 0, work: 0 };
          expect(Number.isFinite(bytes) && Number.isFinite(work)).toBe(true);
          expect(bytes).toBeGreaterThanOrEqual(before.bytes);
          expect(work).toBeGreaterThanOrEqual(before.work);
        });
        // Every operation looks at each voxel.
        const [most, size] = [estimates.at(-1), SIZES.at(-1)];
        expect(most?.work).toBeGreaterThanOrEqual(voxelCount(size as Size3));
      }
    },
  },
];

export const EXAMPLE_CHECKS: readonly Check<[Operation, Example]>[] = [
  {
    fact: 'reproduces its numbers',
    async run(operation, example) {
      const { result } = await observe(operation, example, { threads: 2 });
      const digest = 'volume' in result ? digestBytes(voxelBytes(result.volume.data)) : null;
      expect(digest).toBe(example.voxelDigest);
      for (const [id, rows] of Object.entries(example.tables ?? {})) {
        const table = result.tables?.find((each) => each.id === id);
        expect(table?.rows.length).toBe(rows.length);
        rows.forEach((row, i) => {
          for (const [column, expected] of Object.entries(row)) {
            const found = table?.rows[i]?.[column];
            if (typeof expected === 'number') {
              expect(found).toBeTypeOf('number');
              const slack = (example.tolerance ?? 0) * Math.abs(expected);
              expect(Math.abs((found as number) - expected)).toBeLessThanOrEqual(slack);
            } else {
              expect(found).toBe(expected);
            }
          }
        });
      }
    },
  },
  {
    fact: 'gives the same bits for 1, 2 and 3 threads and however its work is cut',
    async run(operation, example) {
      const digests = new Set<string>();
      for (const options of [
        { threads: 1 },
        { threads: 2 },
        { threads: 3 },
        { threads: 2, itemsPerTask: 1 },
        { threads: 1, itemsPerTask: 2 ** 30 },
      ]) {
        digests.add(resultDigest((await observe(operation, example, options)).result));
      }
      expect(digests.size).toBe(1);
    },
  },
  {
    fact: 'agrees with its scalar reference to the bit',
    async run(operation, example) {
      const { result, arenaBytes } = await observe(operation, example);
      if (operation.reference === undefined) {
        // Without a kernel there is nothing that a reference could differ from.
        expect(arenaBytes).toBe(0);
        return;
      }
      const expected = operation.reference(example.input(), parametersOf(operation, example));
      expect(resultDigest(result)).toBe(resultDigest(expected));
    },
  },
  {
    fact: 'gives every part of its result from as much of the input as it says',
    async run(operation, example) {
      if (operation.reach.kind === 'whole') return;
      const input = example.input();
      const whole = volumeOf((await observe(operation, example, { input })).result);
      const planned = [planOf(operation, example, input)];
      const source = { volume: input, identity: '', voxelDigest: null, onGpu: false };
      const { signal } = new AbortController();
      for (const slices of ([0, 1, 2] as const).flatMap((axis) => slicesAlong(axis, whole.size))) {
        const previews = createPreviews({
          context: () => watch({ threads: 2 }).context,
          findComplete: () => undefined,
        });
        const { volume, seenSlices } = await previews.compute(planned, source, slices, signal);
        const expected = await copyBox(whole, sliceBox(whole.size, slices), async () => undefined);
        expect(seenSlices).toBeNull();
        expect(volume.data.constructor).toBe(expected.constructor);
        expect(digestBytes(voxelBytes(volume.data)), JSON.stringify(slices)).toBe(
          digestBytes(voxelBytes(expected)),
        );
      }
    },
  },
  {
    fact: 'gives the same part by part as from a volume in memory, where it can',
    async run(operation, example) {
      const input = example.input();
      const { result } = await observe(operation, example, { input });
      const planned = [planOf(operation, example, input)];
      const source = { volume: sourceOf(input), identity: '', voxelDigest: null, onGpu: false };
      const { signal } = new AbortController();
      const [nx, ny] = input.size;
      for (const parts of [
        { slices: 3, width: nx, height: ny },
        { slices: 5, width: 7, height: Math.ceil(ny / 2) },
      ]) {
        const run = runStepsOutOfCore(
          { createContext: () => watch({ threads: 2 }).context },
          planned,
          source,
          {
            signal,
            storage: createMemoryStorage(),
            limits: { memoryBytes: 8 * nx * ny * bytesPerVoxel(input.type) * 3, parts },
            keep: 'last',
            cache: new OutOfCoreCache(),
          },
        );
        if (isWhole(operation)) {
          await expect(run).rejects.toMatchObject({ code: 'memory/over-budget' });
          continue;
        }
        const [outcome] = await run;
        const { tables, notes, madeVolume, current } = outcome as NonNullable<typeof outcome>;
        const numbers = { tables, notes };
        const found = madeVolume
          ? { ...numbers, volume: await current.volume.readBox(wholeBox(current.volume.size)) }
          : numbers;
        expect(resultDigest(found)).toBe(resultDigest(result));
      }
    },
  },
  {
    fact: 'finds automatic values with which a run gives the same voxels',
    async run(operation, example) {
      if (operation.settle === undefined) return;
      const input = example.input();
      const { context } = watch({});
      const params = await operation.settle(input, parametersOf(operation, example), context);
      expect(parseParameters(operation.parameters, params, operation.id)).toEqual(params);
      expect(await operation.settle(input, params, context)).toBe(params);
      const volume = volumeOf(await operation.run(input, params, context));
      expect(digestBytes(voxelBytes(volume.data))).toBe(example.voxelDigest);
    },
  },
  {
    fact: 'leaves its input unchanged',
    async run(operation, example) {
      const input = example.input();
      freezeDescription(input);
      const before = digestBytes(voxelBytes(input.data));
      await observe(operation, example, { threads: 2, input });
      expect(digestBytes(voxelBytes(input.data))).toBe(before);
    },
  },
  {
    fact: 'reports progress that rises from 0 to 1',
    async run(operation, example) {
      const { progress } = await observe(operation, example, { threads: 2 });
      expect(progress.length).toBeGreaterThan(0);
      progress.forEach((fraction, i) => {
        expect(fraction).toBeGreaterThanOrEqual(progress[i - 1] ?? 0);
        expect(fraction).toBeLessThanOrEqual(1);
      });
      expect(progress.at(-1)).toBe(1);
    },
  },
  {
    fact: 'stays below its memory estimate',
    async run(operation, example) {
      const input = example.input();
      const { result, arenaBytes } = await observe(operation, example, { threads: 3, input });
      const outputBytes =
        'volume' in result && result.volume.data !== input.data ? result.volume.data.byteLength : 0;
      const estimate = operation.estimate(input, parametersOf(operation, example));
      expect(arenaBytes + outputBytes).toBeLessThanOrEqual(estimate.bytes);
      expect(arenaBytes).toBeLessThanOrEqual(estimate.arenaBytes ?? estimate.bytes);
      expect(estimate.arenaBytes ?? 0).toBeLessThanOrEqual(estimate.bytes);
    },
  },
  {
    fact: 'does nothing when it is cancelled before',
    async run(operation, example) {
      const run = observe(operation, example, { signal: AbortSignal.abort() });
      await expect(run).rejects.toMatchObject({ code: 'run/cancelled' });
    },
  },
  {
    fact: 'stops when it is cancelled at any pause',
    async run(operation, example) {
      let pauses = 0;
      let isDone = false;
      await observe(operation, example, {
        onPause: (fraction) => {
          isDone ||= fraction === 1;
          if (!isDone) pauses += 1;
        },
      });
      const places = [1, Math.ceil(pauses / 3), Math.ceil((2 * pauses) / 3)];
      for (const place of new Set(places.filter((each) => each >= 1))) {
        const controller = new AbortController();
        let count = 0;
        const run = observe(operation, example, {
          signal: controller.signal,
          onPause: () => {
            count += 1;
            if (count === place) controller.abort();
          },
        });
        await expect(run).rejects.toMatchObject({ code: 'run/cancelled' });
      }
    },
  },
  {
    fact: 'returns what it declares',
    async run(operation, example) {
      const input = example.input();
      const { result } = await observe(operation, example, { input });
      if (operation.output === 'none') {
        expect('volume' in result).toBe(false);
      } else {
        const { volume } = result as { readonly volume: Volume };
        expect(volume.kind).toBe(operation.output === 'same' ? input.kind : operation.output);
        const planned = plannedShape(operation, input, example);
        expect(volume).toMatchObject(planned);
        expect(volume.data.length).toBe(voxelCount(volume.size));
        expect(volume.spacing).toEqual({ ...input, ...planned }.spacing);
        expect(volume.name).toBe(input.name);
      }
      for (const note of result.notes ?? []) expect(note.trim()).not.toBe('');
      for (const table of result.tables ?? []) {
        const declared = operation.tables[table.id];
        expect(table.columns).toEqual(declared?.columns);
        expect(table.title).toBe(declared?.title);
        const ids = table.columns.map((column) => column.id).sort();
        for (const row of table.rows) {
          expect(Object.keys(row).sort()).toEqual(ids);
          for (const cell of Object.values(row)) {
            if (typeof cell === 'number') expect(Number.isFinite(cell)).toBe(true);
          }
        }
      }
      const returned = new Set((result.tables ?? []).map((table) => table.id));
      const due = Object.entries(operation.tables)
        .filter(([id, { optional }]) => optional !== true || returned.has(id))
        .map(([id]) => id);
      expect([...returned].sort()).toEqual(due.sort());
    },
  },
];
