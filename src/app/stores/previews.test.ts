import { beforeEach, describe, expect, it, vi } from 'vitest';
import type {
  EngineDescription,
  PreviewPixels,
  SliceRequest,
  VolumeInfo,
} from '../../../workers/engine-api.ts';
import { cancelled, UserError } from '../../errors/errors.ts';
import { addStep, setStepParams } from '../../recipe/edit.ts';
import { createHistory } from '../../recipe/history.ts';
import { emptyRecipe, type Recipe } from '../../recipe/recipe.ts';
import type { EngineClient } from '../engine-client.ts';
import { createPreviews, withPreviews } from './previews.ts';
import { useViewer } from './viewer.ts';
import { createWorkspace } from './create-workspace.ts';
import { currentRecipe, currentSteps } from './workspace.ts';

const SOURCE: VolumeInfo = {
  handle: 'source',
  name: 'source.tif',
  kind: 'grey',
  size: [4, 4, 4],
  type: 'uint8',
  spacing: null,
  spacingSource: '',
  origin: [0, 0, 0],
  range: [0, 255],
  notFinite: 0,
  phases: [],
  labelCounts: [],
  looksSegmented: false,
  voxelDigest: 'x',
  onGpu: false,
  warnings: [],
  tags: {},
};

function operation(id: string, output: 'grey' | 'labels' | 'none') {
  const amount = { kind: 'number', title: 'Amount', help: '', unit: '', min: 0, max: 9 } as const;
  return {
    id,
    version: 1,
    title: id,
    family: 'smooth',
    summary: '',
    equation: '',
    details: '',
    methods: '',
    citations: [],
    input: 'any',
    output,
    parameters: { amount: { ...amount, step: 1, default: 1 } },
    tables: {},
  } as const satisfies EngineDescription['operations'][number];
}

const RECIPE = ['smooth', 'count', 'segment'].reduce<Recipe>(
  (recipe, id) => addStep(recipe, { operation: id, version: 1 }),
  emptyRecipe(),
);

interface Asked {
  readonly job: string;
  readonly steps: readonly string[];
  readonly request: SliceRequest;
  answer(parts?: Partial<PreviewPixels>): void;
}

function setUp(parts: Partial<EngineClient> = {}) {
  const asked: Asked[] = [];
  const stopped: string[] = [];
  const rejects = new Map<string, (error: unknown) => void>();
  const client = {
    onReplaced: () => () => undefined,
    slice: async () => ({ width: 1, height: 1, data: Uint8Array.of(9) }),
    planPreview: async (recipe: Recipe) =>
      recipe.steps.map(({ id, operation: name }) => ({
        stepId: id,
        volume: { ...SOURCE, kind: name === 'segment' ? 'labels' : 'grey' },
      })),
    previewSlice: (job: string, recipe: Recipe, request: SliceRequest) =>
      new Promise<PreviewPixels>((resolve, reject) => {
        rejects.set(job, reject);
        const data = Float32Array.of(0, 1, 2, 3);
        const pixels = { width: 2, height: 2, data, phases: [], seenSlices: null };
        const steps = recipe.steps.map(({ id }) => id);
        asked.push({ job, steps, request, answer: (own) => resolve({ ...pixels, ...own }) });
      }),
    cancel: async (job: string) => {
      stopped.push(job);
      rejects.get(job)?.(cancelled());
    },
    ...parts,
  } as unknown as EngineClient;
  const workspace = createWorkspace(client, { save: () => undefined, sampleUrl: '' });
  const operations = [
    operation('smooth', 'grey'),
    operation('count', 'none'),
    operation('segment', 'labels'),
  ];
  workspace.store.setState({
    engine: { version: '1', threads: 1, operations, phantoms: [] },
    source: SOURCE,
    history: createHistory(RECIPE),
    selected: 'segment-1',
  });
  const previews = createPreviews(workspace, client);
  const settle = () => vi.advanceTimersByTimeAsync(300);
  const handleOf = (id: string) => previews.store.getState().volumes?.[id]?.handle ?? '';
  const want = (id: string, axis: 0 | 1 | 2) => {
    const request = { handle: handleOf(id), axis, index: 1 };
    return previews.slices.slice(request).catch((error: unknown) => error);
  };
  return { workspace, previews, asked, stopped, settle, want, handleOf };
}

beforeEach(() => {
  vi.useFakeTimers();
  useViewer.setState({ active: 'xy' });
});

describe('previews', () => {
  it('stand for the results of the steps up to the selected one', async () => {
    const { workspace, previews, settle, handleOf } = setUp();
    expect(previews.store.getState().volumes).toBeNull();
    previews.switchTo(true);
    await settle();
    const { volumes } = previews.store.getState();
    expect(Object.keys(volumes ?? {})).toEqual(['smooth-1', 'segment-1']);
    const { image, overlay } = withPreviews(workspace.store.getState(), volumes);
    expect(image?.handle).toBe(handleOf('smooth-1'));
    expect(overlay?.handle).toBe(handleOf('segment-1'));
    previews.switchTo(false);
    expect(previews.store.getState().volumes).toBeNull();
  });

  it('rest on the last volume that has been made', async () => {
    const { workspace, previews, asked, settle, want } = setUp();
    const [smooth] = currentSteps(workspace.store.getState());
    const made = { ...SOURCE, handle: 'made' };
    const summary = { stepId: 'smooth-1', volume: made, onGpu: false };
    workspace.store.setState({
      outcomes: { 'smooth-1': { key: smooth?.key ?? '', summary: summary as never } },
    });
    previews.switchTo(true);
    await settle();
    void want('segment-1', 2);
    await settle();
    expect(asked).toMatchObject([{ steps: ['segment-1'], request: { handle: 'made', axis: 2 } }]);
  });

  it('serve the active view first, and there what rests on the others', async () => {
    const { previews, asked, settle, want } = setUp();
    useViewer.setState({ active: 'xz' });
    previews.switchTo(true);
    await settle();
    void want('smooth-1', 2);
    void want('smooth-1', 1);
    void want('segment-1', 1);
    await settle();
    for (let i = 0; i < 3; i++) {
      asked[i]?.answer();
      await settle();
    }
    expect(asked.map(({ request, steps }) => [request.axis, steps.length])).toEqual([
      [1, 2],
      [1, 1],
      [2, 1],
    ]);
    expect(previews.store.getState().isBusy).toBe(false);
  });

  it('of an older recipe are cancelled, and wait until nothing has changed for a moment', async () => {
    const { workspace, previews, asked, stopped, settle, want, handleOf } = setUp();
    previews.switchTo(true);
    await settle();
    const before = handleOf('smooth-1');
    const first = want('smooth-1', 2);
    const waiting = want('smooth-1', 1);
    await settle();
    for (const amount of [2, 3]) {
      workspace.edit('Change', (recipe) => setStepParams(recipe, 'smooth-1', { amount }));
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(stopped).toContain(asked[0]?.job);
    expect(await first).toMatchObject({ code: 'run/cancelled' });
    expect(await waiting).toMatchObject({ code: 'run/cancelled' });
    expect(handleOf('smooth-1')).toBe(before);
    await settle();
    expect(handleOf('smooth-1')).not.toBe(before);
    workspace.undo();
    workspace.undo();
    await settle();
    expect(handleOf('smooth-1')).toBe(before);
  });

  it('end while something runs', async () => {
    const { workspace, previews, settle } = setUp();
    previews.switchTo(true);
    await settle();
    workspace.store.setState({ activity: { kind: 'run' } as never });
    expect(previews.store.getState()).toMatchObject({ isOn: true, volumes: null, isBusy: false });
    workspace.store.setState({ activity: null });
    await settle();
    expect(previews.store.getState().volumes).not.toBeNull();
  });

  it('say how little they saw, and learn the names of labels', async () => {
    const { previews, asked, settle, want } = setUp();
    const phase = (label: number) => ({ label, name: `p${label}`, colour: '#000000', pore: false });
    previews.switchTo(true);
    await settle();
    for (const label of [2, 1]) {
      void want('segment-1', 2);
      await settle();
      asked.at(-1)?.answer({ phases: [phase(label)], seenSlices: 15 + label });
      await settle();
    }
    const { volumes, seenSlices } = previews.store.getState();
    expect(seenSlices).toBe(16);
    expect(volumes?.['segment-1']?.phases.map(({ label }) => label)).toEqual([1, 2]);
  });

  it('that cannot be say why in a sentence, and leave the results', async () => {
    const refuse = () => Promise.reject(new UserError('usage', 'It needs the whole volume.'));
    const { previews, settle } = setUp({ planPreview: refuse });
    previews.switchTo(true);
    await settle();
    expect(previews.store.getState()).toMatchObject({
      volumes: null,
      isBusy: false,
      problem: 'It needs the whole volume.',
    });
  });

  it('have a window from the first slice, and leave other volumes to the client', async () => {
    const { previews, asked, settle, want, handleOf } = setUp();
    previews.switchTo(true);
    await settle();
    const histogram = previews.slices.histogram(handleOf('smooth-1'));
    void want('smooth-1', 2);
    await settle();
    asked[0]?.answer();
    expect((await histogram).window.map(Math.round)).toEqual([0, 3]);
    const other = await previews.slices.slice({ handle: 'other', axis: 2, index: 0 });
    expect([...other.data]).toEqual([9]);
  });

  it('change nothing of the recipe', async () => {
    const { workspace, previews, settle } = setUp();
    previews.switchTo(true);
    await settle();
    expect(currentRecipe(workspace.store.getState())).toBe(RECIPE);
    expect(workspace.store.getState().outcomes).toEqual({});
  });
});
