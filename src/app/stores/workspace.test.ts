import { describe, expect, it, vi } from 'vitest';
import type {
  EngineDescription,
  NamedFile,
  RunReport,
  StepSummary,
  VolumeInfo,
} from '../../../workers/engine-api.ts';
import { Bug, cancelled, UserError } from '../../errors/errors.ts';
import { addStep, setStepEnabled, setStepParams } from '../../recipe/edit.ts';
import { PRESETS, presetFor } from '../../recipe/presets.ts';
import { emptyRecipe, type Recipe, recipeText } from '../../recipe/recipe.ts';
import type { EngineClient, ReplacementReason } from '../engine-client.ts';
import { stepState } from './recipe-status.ts';
import { createWorkspace } from './create-workspace.ts';
import { currentRecipe, currentSteps, shownVolumes, type Workspace } from './workspace.ts';

type Operation = EngineDescription['operations'][number];

function operation(
  parts: Pick<Operation, 'id' | 'input' | 'output'> & Partial<Operation>,
): Operation {
  return {
    version: 1,
    title: parts.id,
    family: 'smooth',
    summary: '',
    equation: '',
    details: '',
    methods: '',
    citations: [],
    parameters: {
      amount: {
        kind: 'number',
        title: 'Amount',
        help: '',
        unit: '',
        min: 0,
        max: 10,
        step: 1,
        default: 1,
      },
    },
    tables: {},
    ...parts,
  };
}

const OPERATIONS: readonly Operation[] = [
  operation({ id: 'smooth', input: 'grey', output: 'grey' }),
  operation({ id: 'segment', input: 'grey', output: 'labels' }),
  operation({ id: 'count', input: 'labels', output: 'none', family: 'measure' }),
  ...PRESETS.flatMap(({ steps }) => steps).map(({ operation: id }) =>
    operation({ id, input: 'any', output: 'same' }),
  ),
];

function volume(handle: string, kind: 'grey' | 'labels' = 'grey'): VolumeInfo {
  return {
    handle,
    name: `${handle}.tif`,
    kind,
    size: [4, 4, 4],
    type: 'uint8',
    spacing: { values: [1, 1, 1], unit: 'µm' },
    spacingSource: 'test',
    origin: [0, 0, 0],
    range: [0, 255],
    notFinite: 0,
    phases: [],
    labelCounts: [],
    looksSegmented: kind === 'labels',
    voxelDigest: handle,
    onGpu: false,
    warnings: [],
    tags: {},
  };
}

/** A client that answers from a script and remembers what it was asked. */
function scriptedClient(parts: Partial<EngineClient> = {}) {
  const released: string[] = [];
  const runs: Recipe[] = [];
  let replaced: ((reason: ReplacementReason) => void) | null = null;
  const summaryOf = (recipe: Recipe, stepId: string, handle: string): StepSummary => {
    const step = recipe.steps.find(({ id }) => id === stepId);
    const made = OPERATIONS.find(({ id }) => id === step?.operation)?.output ?? 'none';
    return {
      stepId,
      operation: step?.operation ?? '',
      params: step?.params ?? {},
      volume:
        made === 'none' ? null : volume(`${handle}/${stepId}`, made === 'same' ? 'grey' : made),
      tables: [],
      notes: [],
      elapsedMs: 1,
      work: 1,
      cached: false,
      gpu: null,
      onGpu: false,
      gpuProblem: null,
    };
  };
  const client: EngineClient = {
    describe: async () => ({ version: '1', threads: 1, operations: OPERATIONS, phantoms: [] }),
    findGpu: async () => ({ adapter: 'test adapter', problem: null }),
    group: async (files) => [files.map((_, i) => i)],
    open: async (_job, files) =>
      volume('url' in files ? files.name : (files[0] as NamedFile).file.name.replace('.tif', '')),
    describeFiles: () => Promise.reject(new Bug('not scripted')),
    peekSlice: () => Promise.reject(new Bug('not scripted')),
    forecast: () => Promise.reject(new Bug('not scripted')),
    offerRaw: () => Promise.reject(new Bug('not scripted')),
    rawPictures: () => Promise.reject(new Bug('not scripted')),
    describeAddress: () => Promise.reject(new Bug('not scripted')),
    openUrl: async () => volume('sample'),
    generate: async () => [volume('phantom'), volume('truth', 'labels')],
    setSpacing: async (handle, spacing) => ({ ...volume(`${handle}-sized`), spacing }),
    setKind: async (handle, kind) => volume(`${handle}-${kind}`, kind),
    slice: () => Promise.reject(new Bug('not scripted')),
    histogram: () => Promise.reject(new Bug('not scripted')),
    suggestIntervals: () => Promise.reject(new Bug('not scripted')),
    preview: () => Promise.reject(new Bug('not scripted')),
    surface: () => Promise.reject(new Bug('not scripted')),
    exportSurface: () => Promise.reject(new Bug('not scripted')),
    surfaceAreas: () => Promise.reject(new Bug('not scripted')),
    interpolate: () => Promise.reject(new Bug('not scripted')),
    profile: () => Promise.reject(new Bug('not scripted')),
    statistics: () => Promise.reject(new Bug('not scripted')),
    bibtex: () => Promise.reject(new Bug('not scripted')),
    report: () => Promise.reject(new Bug('not scripted')),
    estimate: async () => [],
    planPreview: () => Promise.reject(new Bug('not scripted')),
    previewSlice: () => Promise.reject(new Bug('not scripted')),
    run: async (_job, recipe, handle, report: (event: RunReport) => void) => {
      runs.push(recipe);
      const summaries = recipe.steps
        .filter(({ enabled }) => enabled)
        .map(({ id }) => summaryOf(recipe, id, handle));
      for (const summary of summaries) {
        report({ kind: 'start', stepId: summary.stepId, overall: 0 });
        report({ kind: 'done', summary, overall: 1 });
      }
      return summaries;
    },
    cancel: async () => undefined,
    exportVolume: async () => ({ name: 'labels.tif', blob: new Blob(['x']) }),
    resultsJson: async () => '{}',
    resultsCsv: async () => 'a',
    methods: async () => 'text',
    release: async (handle) => {
      released.push(handle);
    },
    onReplaced: (listener) => {
      replaced = listener;
      return () => undefined;
    },
    dispose: () => undefined,
    ...parts,
  };
  return { client, released, runs, replace: (reason: ReplacementReason) => replaced?.(reason) };
}

function named(name: string, content = 'x', path = ''): NamedFile {
  return { file: new File([content], name), path };
}

async function workspaceWith(client: EngineClient): Promise<{
  readonly workspace: Workspace;
  readonly saved: Map<string, Blob>;
}> {
  const saved = new Map<string, Blob>();
  const workspace = createWorkspace(client, {
    save: (name, blob) => saved.set(name, blob),
    sampleUrl: 'https://example.org/sample.tif',
  });
  await workspace.start();
  return { workspace, saved };
}

/** Replaces the recipe by these operations. */
function build(workspace: Workspace, ...operations: readonly string[]): void {
  workspace.edit('Build', () =>
    operations.reduce(
      (recipe, id) => addStep(recipe, { operation: id, version: 1 }),
      emptyRecipe(),
    ),
  );
}

function states(workspace: Workspace): readonly string[] {
  const state = workspace.store.getState();
  return currentSteps(state).map((status) =>
    stepState(status, state.outcomes[status.step.id], null, state.failure),
  );
}

describe('opening', () => {
  it('keeps the volume and the recipe when another file cannot be read', async () => {
    const { client, released } = scriptedClient();
    const { workspace } = await workspaceWith(client);
    await workspace.openFiles([named('good.tif')]);
    build(workspace, 'smooth');
    client.open = () =>
      Promise.reject(new UserError('file/truncated', 'bad.tif ends after page 3: copy it again.'));
    await workspace.openFiles([named('bad.tif')], 'replace');
    const state = workspace.store.getState();
    expect(state.source?.name).toBe('good.tif');
    expect(currentRecipe(state).steps).toHaveLength(1);
    expect(state.messages.map(({ title, text, technical }) => [title, text, technical])).toEqual([
      ['Could not open bad.tif', 'bad.tif ends after page 3: copy it again.', ''],
    ]);
    expect(released).toEqual([]);
    expect(state.activity).toBeNull();
  });

  it('keeps the recipe for another file and releases the old volume', async () => {
    const { client, released } = scriptedClient();
    const { workspace } = await workspaceWith(client);
    await workspace.openFiles([named('one.tif')]);
    build(workspace, 'smooth', 'segment');
    await workspace.openFiles([named('two.tif')], 'replace');
    expect(workspace.store.getState().source?.name).toBe('two.tif');
    expect(currentRecipe(workspace.store.getState()).steps).toHaveLength(2);
    expect(released).toEqual(['one']);
  });

  it('keeps a file that is opened twice at once, whichever opening ends first', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const { client, released } = scriptedClient();
      const { workspace } = await workspaceWith(client);
      const finish: (() => void)[] = [];
      client.open = () =>
        new Promise((resolve) => {
          finish.push(() => resolve(volume('same')));
        });
      const openings = [workspace.openFiles([named('same.tif')])];
      await Promise.resolve();
      openings.push(workspace.openFiles([named('same.tif')]));
      await new Promise((resolve) => {
        setTimeout(resolve);
      });
      for (const each of order) {
        finish[each]?.();
        await openings[each];
      }
      expect(workspace.store.getState().source?.handle).toBe('same');
      expect(released).toEqual([]);
    }
  });

  it('releases what a newer opening overtook', async () => {
    const { client, released } = scriptedClient();
    const { workspace } = await workspaceWith(client);
    const open = client.open;
    let finish = (): void => undefined;
    client.open = () =>
      new Promise((resolve) => {
        finish = () => resolve(volume('slow'));
      });
    const slow = workspace.openFiles([named('slow.tif')]);
    await new Promise((resolve) => {
      setTimeout(resolve);
    });
    client.open = open;
    await workspace.openFiles([named('quick.tif')]);
    expect(released).toEqual([]);
    finish();
    await slow;
    expect(workspace.store.getState().source?.handle).toBe('quick');
    expect(released).toEqual(['slow']);
  });

  it('says what a run would need where no memory holds it', async () => {
    const { client } = scriptedClient();
    const { workspace } = await workspaceWith(client);
    client.estimate = () =>
      Promise.reject(new UserError('memory/over-budget', 'It needs 5 GiB: crop the volume first.'));
    await workspace.openFiles([named('large.tif')]);
    await workspace.idle();
    expect(workspace.store.getState().refusal).toBe('It needs 5 GiB: crop the volume first.');
    client.estimate = async () => [];
    build(workspace, 'smooth');
    await workspace.idle();
    expect(workspace.store.getState().refusal).toBeNull();
  });

  it('remembers what was opened as a person would look for it', async () => {
    const { client } = scriptedClient();
    const { workspace } = await workspaceWith(client);
    const openedAfter = async (...files: readonly NamedFile[]) => {
      await workspace.openFiles(files, 'replace');
      return workspace.store.getState().volumes[0]?.opened;
    };
    expect(await openedAfter(named('one.tif'))).toEqual({ kind: 'files', name: 'one.tif' });
    const slices = ['a.tif', 'b.tif'].map((name) => named(name, 'x', `scan 7/${name}`));
    expect(await openedAfter(...slices)).toEqual({ kind: 'files', name: 'scan 7' });
    const loose = await openedAfter(named('a.tif'), named('b.tif'));
    expect(loose).toEqual({ kind: 'files', name: 'the 2 files' });
    await workspace.openSample('replace');
    expect(workspace.store.getState().volumes[0]?.opened.kind).toBe('url');
  });

  it('asks for a voxel size only where the file states none', async () => {
    const { client } = scriptedClient();
    const { workspace } = await workspaceWith(client);
    await workspace.openFiles([named('sized.tif')]);
    expect(workspace.store.getState().asksVoxelSize).toBe(false);
    client.open = async () => ({ ...volume('bare'), spacing: null });
    await workspace.openFiles([named('bare.tif')], 'replace');
    expect(workspace.store.getState().asksVoxelSize).toBe(true);
    await workspace.setVoxelSize(null);
    expect(workspace.store.getState()).toMatchObject({
      asksVoxelSize: false,
      source: { spacing: null },
    });
  });

  it('runs on the voxel size that was just entered, however long it takes to arrive', async () => {
    const { client } = scriptedClient();
    const handles: string[] = [];
    const { run, setSpacing } = client;
    client.run = (job, recipe, handle, report) => {
      handles.push(handle);
      return run(job, recipe, handle, report);
    };
    client.setSpacing = async (handle, spacing) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return setSpacing(handle, spacing);
    };
    const { workspace } = await workspaceWith(client);
    await workspace.openFiles([named('bare.tif')]);
    workspace.edit('Add', () => addStep(emptyRecipe(), { operation: 'smooth', version: 1 }));
    void workspace.setVoxelSize({ values: [2, 2, 2], unit: 'µm' });
    expect(workspace.store.getState().asksVoxelSize).toBe(false);
    await workspace.run();
    expect(handles).toEqual(['bare-sized']);
  });

  it('loads a recipe file, undoes to the one before and refuses one that is none', async () => {
    const { client } = scriptedClient();
    const { workspace } = await workspaceWith(client);
    await workspace.openFiles([named('one.tif')]);
    const recipe = addStep(emptyRecipe('from a file'), { operation: 'smooth', version: 1 });
    await workspace.openFiles([named('mine.json', recipeText(recipe))]);
    expect(currentRecipe(workspace.store.getState())).toEqual(recipe);
    await workspace.openFiles([named('broken.json', '{"format":')]);
    expect(currentRecipe(workspace.store.getState())).toEqual(recipe);
    expect(workspace.store.getState().messages[0]?.text).toContain('broken.json is not a recipe');
    workspace.undo();
    expect(currentRecipe(workspace.store.getState()).title).toBe(presetFor('grey').title);
  });

  it('starts with the preset of its kind, and changes it while it is untouched', async () => {
    const { client } = scriptedClient();
    const { workspace } = await workspaceWith(client);
    await workspace.openFiles([named('one.tif')]);
    const title = () => currentRecipe(workspace.store.getState()).title;
    expect(title()).toBe(presetFor('grey').title);
    await workspace.setKind('labels');
    expect(title()).toBe(presetFor('labels').title);
    build(workspace, 'count');
    await workspace.setKind('grey');
    expect(title()).toBe('');
  });

  it('takes JSON inside a folder for data, not for a recipe', async () => {
    let opened: readonly NamedFile[] = [];
    const { client } = scriptedClient({
      open: async (_job, files) => {
        opened = files as readonly NamedFile[];
        return volume('stack');
      },
    });
    const { workspace } = await workspaceWith(client);
    await workspace.openFiles([
      named('0001.tif', 'x', 'scan/0001.tif'),
      named('meta.json', '1', 'scan/meta.json'),
    ]);
    expect(opened).toHaveLength(2);
  });

  it('shows the stack of a fault and not of what a user can correct', async () => {
    const { client } = scriptedClient({ open: () => Promise.reject(new Bug('broken promise')) });
    const { workspace } = await workspaceWith(client);
    await workspace.openFiles([named('a.tif')]);
    const message = workspace.store.getState().messages[0];
    expect(message?.text).toContain('fault of the program');
    expect(message?.technical).toContain('broken promise');
  });
});

describe('running', () => {
  it('marks a changed step and those that depend on it, and no others', async () => {
    const { client } = scriptedClient();
    const { workspace } = await workspaceWith(client);
    await workspace.openFiles([named('one.tif')]);
    build(workspace, 'smooth', 'smooth', 'segment', 'count');
    await workspace.run();
    expect(states(workspace)).toEqual(['done', 'done', 'done', 'done']);
    workspace.edit('Change', (recipe) => setStepParams(recipe, 'smooth-2', { amount: 3 }));
    expect(states(workspace)).toEqual(['done', 'changed', 'changed', 'changed']);
    workspace.edit('Change', (recipe) => setStepParams(recipe, 'smooth-2', { amount: 1 }));
    expect(states(workspace)).toEqual(['done', 'done', 'done', 'done']);
  });

  it('does not take a measuring step for an input of the next', async () => {
    const { client } = scriptedClient();
    const { workspace } = await workspaceWith(client);
    await workspace.openFiles([named('one.tif')]);
    build(workspace, 'segment', 'count', 'count');
    await workspace.run();
    workspace.edit('Change', (recipe) => setStepParams(recipe, 'count-1', { amount: 5 }));
    expect(states(workspace)).toEqual(['done', 'changed', 'done']);
    workspace.edit('Switch off', (recipe) => setStepEnabled(recipe, 'count-1', false));
    expect(states(workspace)).toEqual(['done', 'off', 'done']);
  });

  it('runs again by itself when undo comes back to a recipe that was run', async () => {
    const { client, runs } = scriptedClient();
    const { workspace } = await workspaceWith(client);
    await workspace.openFiles([named('one.tif')]);
    build(workspace, 'smooth');
    await workspace.run();
    workspace.edit('Change', (recipe) => setStepParams(recipe, 'smooth-1', { amount: 3 }));
    workspace.undo();
    await workspace.idle();
    expect(runs).toHaveLength(2);
    workspace.redo();
    await workspace.idle();
    expect(runs).toHaveLength(2);
    expect(states(workspace)).toEqual(['changed']);
  });

  it('says which step failed, keeps what was finished and is idle again', async () => {
    const { client } = scriptedClient();
    const { workspace } = await workspaceWith(client);
    await workspace.openFiles([named('one.tif')]);
    build(workspace, 'smooth', 'segment');
    await workspace.run();
    client.run = () =>
      Promise.reject(
        new UserError('volume/constant', 'The volume is constant.', { step: 'segment-1' }),
      );
    workspace.edit('Change', (recipe) => setStepParams(recipe, 'segment-1', { amount: 3 }));
    await workspace.run();
    const state = workspace.store.getState();
    expect(state.messages[0]).toMatchObject({
      title: 'segment failed',
      text: 'The volume is constant.',
    });
    expect(states(workspace)[0]).toBe('done');
    expect(state.failure?.stepId).toBe('segment-1');
    expect(state.activity).toBeNull();
  });

  it('takes a cancellation for no error', async () => {
    const { client } = scriptedClient({ run: () => Promise.reject(cancelled()) });
    const { workspace } = await workspaceWith(client);
    await workspace.openFiles([named('one.tif')]);
    build(workspace, 'smooth');
    await workspace.run();
    expect(workspace.store.getState().messages).toEqual([]);
    expect(states(workspace)).toEqual(['new']);
  });

  it('says what is wrong with a step before it is run', async () => {
    const { client } = scriptedClient();
    const { workspace } = await workspaceWith(client);
    await workspace.openFiles([named('one.tif')]);
    build(workspace, 'count', 'smooth', 'missing');
    workspace.edit('Change', (recipe) => setStepParams(recipe, 'smooth-1', { amount: 11 }));
    const problems = currentSteps(workspace.store.getState()).map(({ problem }) => problem);
    expect(problems[0]).toContain('add a segmentation before it');
    expect(problems[1]).toContain('a number from 0 to 10');
    expect(problems[2]).toBe('This program has no operation "missing".');
  });
});

describe('what is shown', () => {
  it('is the grey volume of the selected step, with labels from the segmentation on', async () => {
    const { client } = scriptedClient();
    const { workspace } = await workspaceWith(client);
    await workspace.openFiles([named('one.tif')]);
    build(workspace, 'smooth', 'segment', 'count');
    await workspace.run();
    const shown = (id: string) => {
      workspace.select(id);
      const { image, overlay } = shownVolumes(workspace.store.getState());
      return [image?.handle, overlay?.handle];
    };
    expect(shown('input')).toEqual(['one', undefined]);
    expect(shown('smooth-1')).toEqual(['one/smooth-1', undefined]);
    expect(shown('segment-1')).toEqual(['one/smooth-1', 'one/segment-1']);
    expect(shown('count-1')).toEqual(['one/smooth-1', 'one/segment-1']);
    workspace.setOverlay('labels');
    expect(shown('smooth-1')).toEqual(['one/smooth-1', 'one/segment-1']);
    workspace.setOverlay('none');
    expect(shown('segment-1')).toEqual(['one/smooth-1', undefined]);
  });

  it('lays no labels over an image of another size', async () => {
    const { client } = scriptedClient();
    const { workspace } = await workspaceWith(client);
    await workspace.generate('cathode', {});
    workspace.setOverlay('truth');
    expect(shownVolumes(workspace.store.getState()).overlay?.handle).toBe('truth');
    client.generate = async () => [
      volume('phantom'),
      { ...volume('truth', 'labels'), size: [5, 4, 4] },
    ];
    await workspace.generate('cathode', {}, 'replace');
    workspace.setOverlay('truth');
    expect(shownVolumes(workspace.store.getState()).overlay).toBeNull();
  });

  it('shows labels alone where the input is labels', async () => {
    const { client } = scriptedClient();
    const { workspace } = await workspaceWith(client);
    await workspace.openFiles([named('one.tif')]);
    await workspace.setKind('labels');
    const { image, overlay } = shownVolumes(workspace.store.getState());
    expect([image, overlay?.handle]).toEqual([null, 'one-labels']);
  });
});

describe('a replaced worker', () => {
  it('opens the held files again with the voxel size that was entered', async () => {
    const { client, replace } = scriptedClient();
    const { workspace } = await workspaceWith(client);
    client.open = async () => ({ ...volume('bare'), spacing: null });
    await workspace.openFiles([named('bare.tif')]);
    const spacing = { values: [2, 2, 2], unit: 'nm' } as const;
    await workspace.setVoxelSize(spacing);
    build(workspace, 'smooth');
    await workspace.run();
    replace('crashed');
    await workspace.idle();
    await workspace.idle();
    const state = workspace.store.getState();
    expect(state.source?.spacing).toEqual(spacing);
    expect(state.outcomes).toEqual({});
    expect(currentRecipe(state).steps).toHaveLength(1);
    expect(state.messages[0]?.title).toBe('Computation restarted');
  });
});

describe('a recipe that cannot run', () => {
  it('is not started; the field that is wrong is named and its step selected', async () => {
    const { client, runs } = scriptedClient();
    const { workspace } = await workspaceWith(client);
    await workspace.openFiles([named('scan.tif')]);
    build(workspace, 'smooth', 'smooth');
    const steps = currentRecipe(workspace.store.getState()).steps;
    const second = steps[1]?.id ?? '';
    workspace.edit('Change', (recipe) => setStepParams(recipe, second, { amount: -3 }));
    await workspace.run();
    expect(runs).toEqual([]);
    const { messages, selected } = workspace.store.getState();
    expect(selected).toBe(second);
    expect(messages.map(({ title, text }) => [title, text])).toEqual([
      ['The recipe cannot run', 'smooth: Amount (amount) is -3; it must be a number from 0 to 10.'],
    ]);
    workspace.edit('Change', (recipe) => setStepParams(recipe, second, { amount: 3 }));
    await workspace.run();
    expect(runs).toHaveLength(1);
  });

  it('is not started where no memory holds it', async () => {
    const { client, runs } = scriptedClient();
    client.estimate = () =>
      Promise.reject(new UserError('memory/over-budget', 'It needs 5 GiB: crop the volume first.'));
    const { workspace } = await workspaceWith(client);
    await workspace.openFiles([named('large.tif')]);
    build(workspace, 'smooth');
    await workspace.idle();
    await workspace.run();
    expect(runs).toEqual([]);
    expect(workspace.store.getState().messages.at(-1)?.text).toBe(
      'It needs 5 GiB: crop the volume first.',
    );
  });
});

describe('exports', () => {
  it('names results and recipe after the file', async () => {
    const { client } = scriptedClient();
    const { workspace, saved } = await workspaceWith(client);
    await workspace.openFiles([named('scan.tif')]);
    await workspace.exportResults('csv');
    await workspace.exportResults('json');
    workspace.saveRecipe();
    await workspace.exportVolume('scan', 'tiff');
    expect([...saved.keys()]).toEqual([
      'scan-results.csv',
      'scan-results.json',
      'scan-recipe.json',
      'labels.tif',
    ]);
  });
});

describe('several volumes', () => {
  async function two(parts: Partial<EngineClient> = {}) {
    const scripted = scriptedClient({ group: async (files) => files.map((_, i) => [i]), ...parts });
    const { workspace } = await workspaceWith(scripted.client);
    await workspace.openFiles([named('a1.tif'), named('a2.tif')]);
    const state = () => workspace.store.getState();
    const idOf = (name: string) => state().volumes.find((each) => each.name === name)?.id ?? '';
    return { ...scripted, workspace, state, idOf };
  }

  it('that come together are listed in order, and the last one is shown', async () => {
    const { state } = await two();
    expect(state().volumes.map(({ name }) => name)).toEqual(['a1.tif', 'a2.tif']);
    expect(state().source?.handle).toBe('a2');
    expect(state().question).toBeNull();
  });

  it('a further one waits for its place; no answer opens nothing', async () => {
    const { workspace, state, released } = await two();
    const opening = workspace.openFiles([named('b.tif')]);
    await vi.waitFor(() => expect(state().question?.info?.handle).toBe('b'));
    workspace.answer(null);
    await opening;
    expect(state().volumes).toHaveLength(2);
    expect(released).toEqual(['b']);
    const again = workspace.openFiles([named('b.tif')]);
    await vi.waitFor(() => expect(state().question).not.toBeNull());
    workspace.answer('replace');
    await again;
    expect(state().volumes.map(({ name }) => name)).toEqual(['a1.tif', 'b.tif']);
    expect(released).toEqual(['b', 'a2']);
    await workspace.bringBack();
    expect(state().volumes.map(({ name }) => name)).toEqual(['a1.tif', 'b.tif', 'a2.tif']);
    expect(state().source?.handle).toBe('a2');
  });

  it('keep their own results while others are shown, and share the recipe', async () => {
    const { workspace, state, idOf, runs } = await two();
    build(workspace, 'smooth', 'segment');
    await workspace.run();
    await workspace.showVolume(idOf('a1.tif'));
    expect(state().outcomes).toEqual({});
    expect(states(workspace)).toEqual(['new', 'new']);
    await workspace.showVolume(idOf('a2.tif'));
    expect(states(workspace)).toEqual(['done', 'done']);
    expect(runs).toHaveLength(1);
  });

  it('are run one after the other; a failure is named and goes on with the next', async () => {
    const { client, workspace, state, idOf } = await two();
    const run = client.run;
    client.run = (job, recipe, handle, report) =>
      handle === 'a1'
        ? Promise.reject(new UserError('volume/constant', 'It is constant.', { step: 'smooth-1' }))
        : run(job, recipe, handle, report);
    build(workspace, 'smooth');
    await workspace.runAll();
    const [first, second] = state().volumes;
    expect(first?.failure).toMatchObject({ stepId: 'smooth-1', message: 'It is constant.' });
    expect(Object.keys(second?.outcomes ?? {})).toEqual(['smooth-1']);
    expect(state().messages.map(({ title, text }) => [title, text])).toEqual([
      ['Ran on 1 of 2 volumes', 'a1.tif: It is constant.'],
    ]);
    expect(state().activity).toBeNull();
    await workspace.showVolume(idOf('a1.tif'));
    expect(states(workspace)).toEqual(['failed']);
  });

  it('keep what was finished when the run on all is cancelled', async () => {
    const { client, workspace, state } = await two();
    const run = client.run;
    client.run = (job, recipe, handle, report) =>
      handle === 'a2' ? Promise.reject(cancelled()) : run(job, recipe, handle, report);
    build(workspace, 'smooth');
    await workspace.runAll();
    expect(state().volumes.map(({ outcomes }) => Object.keys(outcomes).length)).toEqual([1, 0]);
    expect(state().messages).toEqual([]);
  });

  it('that are removed give their memory back and come back with name, state and numbers', async () => {
    const { workspace, state, idOf, released } = await two();
    build(workspace, 'smooth');
    await workspace.runAll();
    workspace.renameVolume(idOf('a2.tif'), 'charged');
    workspace.takeValuesFromNames();
    workspace.setVolumeValue(idOf('charged'), 100);
    workspace.removeVolume(idOf('charged'));
    expect(released.toSorted()).toEqual(['a2', 'a2/smooth-1']);
    expect(state().source?.handle).toBe('a1');
    await workspace.bringBack();
    const back = state().volumes.at(-1);
    expect(back).toMatchObject({
      name: 'charged',
      value: 100,
      isLoaded: true,
      hasOnlyNumbers: true,
    });
    expect(back?.outcomes['smooth-1']?.summary.volume).toBeNull();
    expect(states(workspace)).toEqual(['done']);
  });

  it('give up the images of results that are not shown before memory runs out', async () => {
    const { client, released } = scriptedClient({
      group: async (files) => files.map((_, i) => [i]),
    });
    const workspace = createWorkspace(client, {
      save: () => undefined,
      sampleUrl: '',
      // One volume of 4³ bytes.
      pictureBytes: 64,
      volumeBytes: 200,
    });
    await workspace.start();
    await workspace.openFiles([named('a.tif'), named('b.tif')]);
    build(workspace, 'smooth');
    await workspace.runAll();
    const { volumes } = workspace.store.getState();
    expect(volumes.map(({ hasOnlyNumbers }) => hasOnlyNumbers)).toEqual([true, false]);
    expect(released).toEqual(['a/smooth-1']);
    await workspace.openFiles([named('large.tif', 'x'.repeat(100))], 'beside');
    expect(workspace.store.getState().messages.at(-1)?.text).toMatch(/^large\.tif .* does not fit/);
    expect(workspace.store.getState().volumes).toHaveLength(2);
  });

  it('are all known after the worker was replaced, and read again when wanted', async () => {
    const { workspace, state, idOf, replace } = await two();
    build(workspace, 'smooth');
    await workspace.runAll();
    replace('crashed');
    await workspace.idle();
    await workspace.idle();
    expect(state().volumes.map(({ isLoaded }) => isLoaded)).toEqual([false, true]);
    await workspace.showVolume(idOf('a1.tif'));
    expect(state().source?.handle).toBe('a1');
    expect(states(workspace)).toEqual(['done']);
  });
});
