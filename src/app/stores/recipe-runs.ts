/** Running the recipe: on the shown volume, or on all of the list one after the other. */
import type { RunReport, StepSummary, VolumeInfo } from '../../../workers/engine-api.ts';
import { isCancelled, isUserError } from '../../errors/errors.ts';
import { type Recipe, recipeDigest } from '../../recipe/recipe.ts';
import { isReplacement } from '../engine-client.ts';
import { type ListedVolume, pictureBytes } from './listed-volumes.ts';
import { describeSteps, type StepStatus } from './recipe-status.ts';
import type { WorkspaceCore } from './workspace-core.ts';
import { type Activity, currentRecipe, currentSteps } from './workspace.ts';

const MAX_FINISHED_RUNS = 200;

export interface RecipeRuns {
  run(through?: string): Promise<void>;
  runAll(): Promise<void>;
  /** Whether this recipe was run to its end on this volume: the engine's cache may have all of it. */
  wasRun(recipe: Recipe, source: VolumeInfo): boolean;
}

function runKey(recipe: Recipe, source: VolumeInfo): string {
  return `${source.handle} ${recipeDigest(recipe)}`;
}

function keysOf(steps: readonly StepStatus[]): Activity['keys'] {
  return Object.fromEntries(
    steps.flatMap(({ step, key }) => (key === null ? [] : [[step.id, key]])),
  );
}

/** One sentence about the first step that keeps the recipe from running, with that step. */
function problemOf(
  steps: readonly StepStatus[],
  refusal: string | null,
): { readonly stepId: string | null; readonly text: string } | null {
  const wrong = steps.find(({ problem }) => problem !== null);
  const problem = wrong?.problem ?? refusal;
  if (problem === null) return null;
  const owner = wrong?.operation?.title ?? wrong?.step.operation ?? '';
  return {
    stepId: wrong?.step.id ?? null,
    text: problem.startsWith(owner) ? problem : `${owner}: ${problem}`,
  };
}

/** The recipe as far as a step; all of it where none is named. */
function upToStep(recipe: Recipe, last: string | undefined): Recipe {
  const end = recipe.steps.findIndex(({ id }) => id === last) + 1;
  return end === 0 ? recipe : { ...recipe, steps: recipe.steps.slice(0, end) };
}

/** Numbers of earlier runs stay until they are computed again; volumes are there that the last run made. */
function withoutVolumes(outcomes: ListedVolume['outcomes']): ListedVolume['outcomes'] {
  return Object.fromEntries(
    Object.entries(outcomes).filter(([, { summary }]) => summary.volume === null),
  );
}

export function createRuns(
  core: WorkspaceCore,
  volumes: {
    reload(id: string, jobId: string): Promise<void>;
    changing(): Promise<void> | null;
    releasePictures(id: string): void;
  },
): RecipeRuns {
  const { client, store, now, log, tell, report } = core;
  const { beginActivity, endActivity, advance, changeVolume } = core;
  const { getState: get, setState: set } = store;

  /** The part of the whole job that the run of one volume is. */
  interface Share {
    readonly from: number;
    readonly of: number;
  }

  function onReport(jobId: string, volumeId: string, share: Share, event: RunReport): void {
    const { activity } = get();
    if (activity === null || activity.jobId !== jobId) return;
    const fraction = share.from + share.of * event.overall;
    if (event.kind === 'start') {
      advance(jobId, {
        stepId: event.stepId,
        stepFraction: 0,
        stepStartedAt: now(),
        stepElapsedMs: 0,
        fraction,
      });
    } else if (event.kind === 'progress') {
      advance(jobId, {
        stepId: event.stepId,
        stepFraction: event.fraction,
        stepElapsedMs: now() - activity.stepStartedAt,
        fraction,
      });
    } else {
      keepOutcome(volumeId, event.summary, activity.keys);
      advance(jobId, { fraction, stepFraction: 1 });
    }
  }

  function keepOutcome(volumeId: string, summary: StepSummary, keys: Activity['keys']): void {
    const key = keys[summary.stepId];
    if (key === undefined) return;
    changeVolume(volumeId, (volume) => ({
      ...volume,
      outcomes: { ...volume.outcomes, [summary.stepId]: { key, summary } },
    }));
  }

  /** Runs on one loaded volume within a job; throws what the engine throws. */
  async function compute(
    { id, info }: ListedVolume,
    recipe: Recipe,
    keys: Activity['keys'],
    jobId: string,
    share: Share,
    through?: string,
  ): Promise<readonly StepSummary[]> {
    changeVolume(id, (volume) => ({ ...volume, failure: null }));
    const summaries = await client.run(
      jobId,
      recipe,
      info.handle,
      (event) => onReport(jobId, id, share, event),
      { useGpu: get().usesGpu },
    );
    // The engine forgets volumes that this run does not need, so older outcomes go with them.
    changeVolume(
      id,
      (volume) => ({
        ...volume,
        hasOnlyNumbers: false,
        outcomes: {
          ...(through === undefined ? {} : withoutVolumes(volume.outcomes)),
          ...Object.fromEntries(
            summaries.flatMap((summary) => {
              const key = keys[summary.stepId];
              return key === undefined ? [] : [[summary.stepId, { key, summary }]];
            }),
          ),
        },
      }),
      { finishedRuns: [...get().finishedRuns, runKey(recipe, info)].slice(-MAX_FINISHED_RUNS) },
    );
    tellOfGpu(summaries);
    keepWithinBudget(id);
    return summaries;
  }

  /** Gives up the results' volumes of others than the shown one, the list's first ones first. */
  function keepWithinBudget(current: string): void {
    const budget = core.options.pictureBytes ?? Number.POSITIVE_INFINITY;
    const { volumes: all, shownVolume } = get();
    let taken = all.reduce((sum, volume) => sum + pictureBytes(volume), 0);
    const rank = ({ id }: ListedVolume): number => Number(id === current);
    const others = all.filter(({ id }) => id !== shownVolume).toSorted((a, b) => rank(a) - rank(b));
    for (const volume of others) {
      if (taken <= budget) return;
      taken -= pictureBytes(volume);
      volumes.releasePictures(volume.id);
    }
  }

  function tellOfGpu(summaries: readonly StepSummary[]): void {
    for (const { operation, gpu, gpuProblem } of summaries) {
      if (gpuProblem !== null) tell('warning', 'Not computed on GPU', gpuProblem);
      if (gpu !== null) log(`${operation} was computed on GPU (${gpu.adapter}).`);
    }
  }

  function logRun(summaries: readonly StepSummary[], startedAt: number, name = ''): void {
    const computed = summaries.filter((summary) => !summary.cached).length;
    const kept = computed === summaries.length ? '' : ', the others kept from before';
    const seconds = ((now() - startedAt) / 1000).toFixed(1);
    const on = name === '' ? '' : ` on ${name}`;
    log(
      `Run${on} finished in ${seconds} s: ${computed} of ${summaries.length} steps computed${kept}.`,
    );
  }

  /** The step of an error, where the run failed at one. */
  function failedStep(error: unknown): string | null {
    const stepId = isUserError(error) ? error.details['step'] : undefined;
    return typeof stepId === 'string' && !isCancelled(error) ? stepId : null;
  }

  function noteFailure(volumeId: string, stepId: string, keys: Activity['keys'], error: unknown) {
    const message = (error as Error).message;
    const failure = { stepId, key: keys[stepId] ?? '', message };
    changeVolume(volumeId, (volume) => ({ ...volume, failure }));
  }

  async function run(through?: string): Promise<void> {
    const changing = volumes.changing();
    if (changing !== null) await changing;
    const { shownVolume, volumes: all, source, activity, refusal } = get();
    const shown = all.find(({ id }) => id === shownVolume);
    if (source === null || shown === undefined || activity !== null) return;
    const recipe = upToStep(currentRecipe(get()), through);
    const steps = currentSteps(get())
      .slice(0, recipe.steps.length)
      .filter(({ step }) => step.enabled);
    if (steps.length === 0) return;
    const problem = problemOf(steps, refusal);
    if (problem !== null) {
      if (problem.stepId !== null) set({ selected: problem.stepId });
      tell('error', 'The recipe cannot run', problem.text);
      return;
    }
    const keys = keysOf(steps);
    const isFirst = Object.keys(shown.outcomes).length === 0;
    const selectedBefore = get().selected;
    const title = 'Running the recipe';
    const jobId = beginActivity({ kind: 'run', title, keys, volumeId: shown.id });
    const startedAt = now();
    try {
      const summaries = await compute(shown, recipe, keys, jobId, { from: 0, of: 1 }, through);
      if (through !== undefined) return;
      logRun(summaries, startedAt);
      if (isFirst && get().selected === selectedBefore) selectSegmentation(summaries);
    } catch (error) {
      const stepId = failedStep(error);
      if (stepId === null) {
        report('Run', error);
      } else {
        const status = steps.find(({ step }) => step.id === stepId);
        noteFailure(shown.id, stepId, keys, error);
        report(`${status?.operation?.title ?? stepId} failed`, error);
      }
    } finally {
      endActivity(jobId);
    }
  }

  function selectSegmentation(summaries: readonly StepSummary[]): void {
    const made = summaries.findLast((summary) => summary.volume !== null);
    if (made !== undefined) set({ selected: made.stepId });
  }

  /** One volume of all: reads it where it is not loaded; one sentence where it failed. */
  async function runOne(
    id: string,
    recipe: Recipe,
    title: string,
    share: Share,
    startedAt: number,
  ): Promise<string | null> {
    const jobId = beginActivity({ kind: 'run', title, volumeId: id });
    // Time left is told for the whole job.
    advance(jobId, { fraction: share.from, stepId: null });
    set((state) => ({
      activity: state.activity === null ? null : { ...state.activity, startedAt },
    }));
    let keys: Activity['keys'] = {};
    try {
      await volumes.reload(id, jobId);
      const volume = get().volumes.find((each) => each.id === id);
      if (volume === undefined) return null;
      const operations = get().engine?.operations ?? [];
      const steps = describeSteps(recipe, operations, volume.info, get().usesGpu).filter(
        ({ step }) => step.enabled,
      );
      const problem = problemOf(steps, null);
      if (problem !== null) return problem.text;
      keys = keysOf(steps);
      set((state) => ({ activity: state.activity === null ? null : { ...state.activity, keys } }));
      const before = now();
      const summaries = await compute(volume, recipe, keys, jobId, share);
      logRun(summaries, before, volume.name);
      return null;
    } catch (error) {
      if (isCancelled(error) || isReplacement(error)) throw error;
      const stepId = failedStep(error);
      if (stepId !== null) noteFailure(id, stepId, keys, error);
      if (!isUserError(error)) report('Run', error);
      return (error as Error).message;
    } finally {
      endActivity(jobId);
    }
  }

  async function runAll(): Promise<void> {
    if (get().activity !== null) return;
    const recipe = currentRecipe(get());
    const ids = get().volumes.map(({ id }) => id);
    if (ids.length === 0 || !recipe.steps.some((step) => step.enabled)) return;
    const startedAt = now();
    const failures: string[] = [];
    let finished = 0;
    for (const [i, id] of ids.entries()) {
      const name = get().volumes.find((volume) => volume.id === id)?.name;
      if (name === undefined) continue;
      const title = `Volume ${i + 1} of ${ids.length}: ${name}`;
      const share = { from: i / ids.length, of: 1 / ids.length };
      try {
        const failure = await runOne(id, recipe, title, share, startedAt);
        if (failure === null) finished += 1;
        else failures.push(`${name}: ${failure}`);
      } catch (error) {
        report(`Run on all volumes (${finished} of ${ids.length} finished)`, error);
        break;
      }
    }
    if (failures.length > 0) {
      tell('error', `Ran on ${finished} of ${ids.length} volumes`, failures.join(' '));
    }
  }

  return {
    run,
    runAll,
    wasRun: (recipe, source) => get().finishedRuns.includes(runKey(recipe, source)),
  };
}
