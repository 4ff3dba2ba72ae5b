/** The workspace over an engine: the parts put together, the recipe's history, and exports. */
import { createHistory, type History, pushState, redo, undo } from '../../recipe/history.ts';
import { recipeFromPreset } from '../../recipe/presets.ts';
import { emptyRecipe, parseRecipeText, type Recipe, recipeText } from '../../recipe/recipe.ts';
import type { EngineClient } from '../engine-client.ts';
import { fileStem } from '../file-stem.ts';
import { valuesInNames } from './listed-volumes.ts';
import { createRuns } from './recipe-runs.ts';
import { createOpening } from './volume-opening.ts';
import { createCore } from './workspace-core.ts';
import { currentRecipe, type Workspace, type WorkspaceOptions } from './workspace.ts';

export function createWorkspace(client: EngineClient, options: WorkspaceOptions): Workspace {
  const core = createCore(client, options);
  const { store, log, report, asking, changeVolume, setVolumes } = core;
  const { getState: get, setState: set } = store;
  const { openVolumes, reload, changing, recover, ...opening } = createOpening(core);
  const { wasRun, ...runs } = createRuns(core, {
    reload,
    changing,
    releasePictures: opening.releasePictures,
  });

  const edit: Workspace['edit'] = (label, change, mergeKey = null) => {
    const before = currentRecipe(get());
    const after = change(before);
    if (after === before) return;
    set((state) => ({ history: pushState(state.history, after, label, mergeKey) }));
    core.keepSelectionValid();
    core.scheduleEstimate();
  };

  function walk(move: (history: History<Recipe>) => History<Recipe>): void {
    set((state) => ({ history: move(state.history) }));
    core.keepSelectionValid();
    core.scheduleEstimate();
    runAgain();
  }

  /** A recipe that was run on the volume before is run again, from the engine's cache. */
  function runAgain(): void {
    const { source, activity } = get();
    if (source === null || activity !== null) return;
    if (wasRun(currentRecipe(get()), source)) void runs.run();
  }

  async function openRecipeFile(file: File): Promise<void> {
    try {
      const recipe = parseRecipeText(await file.text(), file.name);
      edit(`Load recipe ${file.name}`, () => recipe);
      log(`Loaded the recipe ${file.name}: ${recipe.steps.length} steps.`);
    } catch (error) {
      report(`Could not open ${file.name}`, error);
    }
  }

  const openFiles: Workspace['openFiles'] = async (files, place) => {
    // Inside a folder a JSON file belongs to the data; alone it is a recipe.
    const recipes = files.filter(({ file, path }) => path === '' && /\.json$/i.test(file.name));
    const volumes = files.filter((each) => !recipes.includes(each));
    const recipe = recipes[0];
    if (recipe !== undefined) await openRecipeFile(recipe.file);
    if (volumes.length > 0 || recipe === undefined) await openVolumes(volumes, place);
  };

  /** What files that the user saves are called after. */
  function stem(): string {
    const { volumes, shownVolume } = get();
    return fileStem(volumes.find(({ id }) => id === shownVolume)?.name ?? 'tauscope');
  }

  /** Logs what the work says it has saved, and tells what fails. */
  function exporting(work: () => Promise<string>): Promise<void> {
    return asking(async () => {
      try {
        log(`Exported ${await work()}.`);
      } catch (error) {
        report('Export', error);
      }
    });
  }

  client.onReplaced((reason) => void recover(reason));

  return {
    store,
    report,
    advise: (title, text) => core.tell('info', title, text),
    ...opening,
    ...runs,
    openFiles,
    edit,
    async findGpu() {
      if (get().gpu !== null) return;
      try {
        set({ gpu: await client.findGpu() });
      } catch (error) {
        report('Looking for a GPU', error);
      }
    },
    useGpu: (uses) => set({ usesGpu: uses && get().gpu?.adapter !== null }),
    async start() {
      try {
        set({ engine: await client.describe() });
      } catch (error) {
        report('Starting', error);
      }
    },
    restore({ recipe, volumes, stateLabel, selected }) {
      // On top of an empty one, so that undo leads back to a fresh start.
      const history = pushState(createHistory(emptyRecipe()), recipe, 'Bring back the recipe');
      set({ history, openedBefore: volumes, stateLabel, selected });
      core.keepSelectionValid();
    },
    renameVolume(id, name) {
      const text = name.trim();
      if (text !== '') changeVolume(id, (volume) => ({ ...volume, name: text }));
    },
    setVolumeValue: (id, value) => changeVolume(id, (volume) => ({ ...volume, value })),
    setStateLabel: (stateLabel) => set({ stateLabel }),
    takeValuesFromNames() {
      const { volumes, shownVolume } = get();
      const values = valuesInNames(volumes.map(({ name }) => name));
      if (values === null) return;
      setVolumes(
        volumes.map((volume, i) => ({ ...volume, value: values[i] ?? null })),
        shownVolume,
      );
    },
    moveVolume(id, to) {
      const { volumes, shownVolume } = get();
      const volume = volumes.find((each) => each.id === id);
      if (volume === undefined) return;
      setVolumes(volumes.filter((each) => each !== volume).toSpliced(to, 0, volume), shownVolume);
    },
    askVoxelSize: (asks) => set({ asksVoxelSize: asks }),
    applyPreset(preset) {
      const { engine } = get();
      if (engine === null) return;
      edit(`Use preset ${preset.title}`, () => recipeFromPreset(preset, engine.operations));
    },
    undo: () => walk(undo),
    redo: () => walk(redo),
    undoVolume: () => opening.undoVolume().then(runAgain),
    redoVolume: () => opening.redoVolume().then(runAgain),
    cancel: () => void core.cancelRunning(),
    select: (id) => set({ selected: id }),
    setOverlay: (overlay) => set({ overlay }),
    dismiss: (messageId) =>
      set((state) => ({ messages: state.messages.filter(({ id }) => id !== messageId) })),
    exportVolume: (handle, kind) =>
      exporting(async () => {
        const { name, blob } = await client.exportVolume(handle, kind);
        options.save(name, blob);
        return name;
      }),
    async exportSurface(handle, phase, format) {
      if (get().activity !== null) return;
      const jobId = core.beginActivity({ kind: 'export', title: `Surface of ${phase.name}` });
      const progress = (fraction: number): void => core.advance(jobId, { fraction });
      await exporting(async () => {
        const made = await client.exportSurface(jobId, handle, phase.label, format, progress);
        options.save(made.name, made.blob);
        return made.name;
      });
      core.endActivity(jobId);
    },
    async interpolate(title, handle, request) {
      if (get().activity !== null) return null;
      const jobId = core.beginActivity({ kind: 'interpolate', title });
      const progress = (fraction: number): void => core.advance(jobId, { fraction });
      try {
        return await asking(() => client.interpolate(jobId, handle, request, progress));
      } catch (error) {
        report(title, error);
        return null;
      } finally {
        core.endActivity(jobId);
      }
    },
    async exportResults(kind) {
      const { source } = get();
      if (source === null) return;
      await exporting(async () => {
        const recipe = currentRecipe(get());
        const text = await (kind === 'json'
          ? client.resultsJson(recipe, source.handle)
          : client.resultsCsv(recipe, source.handle));
        const type = kind === 'json' ? 'application/json' : 'text/csv;charset=utf-8';
        options.save(`${stem()}-results.${kind}`, new Blob([text], { type }));
        return `the results as ${kind.toUpperCase()}`;
      });
    },
    saveRecipe() {
      const text = recipeText(currentRecipe(get()));
      options.save(`${stem()}-recipe.json`, new Blob([text], { type: 'application/json' }));
    },
    methods: () => client.methods(currentRecipe(get())),
    saveMethods: () =>
      exporting(async () => {
        const text = await client.methods(currentRecipe(get()));
        const type = 'text/plain;charset=utf-8';
        options.save(`${stem()}-methods.txt`, new Blob([text], { type }));
        return 'the methods paragraph';
      }),
    idle: () =>
      new Promise((resolve) => {
        const check = (): void => {
          if (core.isIdle()) resolve();
          else setTimeout(check, 15);
        };
        check();
      }),
  };
}
