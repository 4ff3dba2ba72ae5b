/**
 * What the steps up to the selected one would make of the slices that are looked at, before they are
 * run. Plain data beside the workspace: nothing here is ever a result.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type {
  Histogram,
  PreviewPixels,
  SlicePixels,
  SliceRequest,
  VolumeHandle,
  VolumeInfo,
} from '../../../workers/engine-api.ts';
import { Bug, cancelled, isCancelled, isUserError } from '../../errors/errors.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import type { Phase } from '../../volume/volume.ts';
import type { EngineClient } from '../engine-client.ts';
import { percentiles } from '../rendering/percentiles.ts';
import { isUpToDate } from './recipe-status.ts';
import { PLANE_OF } from '../rendering/slice-geometry.ts';
import { useViewer } from './viewer.ts';
import {
  currentRecipe,
  currentSteps,
  type Shown,
  shownVolumes,
  type Workspace,
  type WorkspaceState,
} from './workspace.ts';

/** The volumes that stand in for results, by step id. */
export type PreviewedVolumes = Readonly<Record<string, VolumeInfo>>;

export interface PreviewState {
  readonly isOn: boolean;
  /** null where the views show results. */
  readonly volumes: PreviewedVolumes | null;
  /** Whether slices are being computed, or a change waits for its turn. */
  readonly isBusy: boolean;
  /** Slices that a step saw in place of the whole volume; null where every slice is exact. */
  readonly seenSlices: number | null;
  /** One sentence: why there is no preview; null where there is one, or nothing to preview. */
  readonly problem: string | null;
}

export interface Previews {
  readonly store: StoreApi<PreviewState>;
  switchTo(isOn: boolean): void;
  /** The client's answers, and for handles of previews what is computed for them alone. */
  readonly slices: Pick<EngineClient, 'slice' | 'histogram'>;
}

/** What is computed: the steps that have not been run, on the last volume that has been. */
interface PreviewPlan {
  readonly base: VolumeHandle;
  readonly recipe: Recipe;
  /** Keys of the steps' results. */
  readonly keys: readonly string[];
}

const HANDLE = 'preview/';
/** So that a preview does not follow every digit that is typed. */
const QUIET_MS = 150;
const BINS = 1024;

/** null where the views have nothing to show that has not been run. */
function planPreview(state: WorkspaceState): PreviewPlan | null {
  const { source, activity, selected, outcomes } = state;
  if (source === null || activity !== null) return null;
  const all = currentSteps(state);
  const index = all.findIndex(({ step }) => step.id === selected);
  const steps = all
    .slice(0, index + 1)
    .filter(({ step, operation }) => step.enabled && operation?.output !== 'none');
  const done = steps.findLastIndex((status) => {
    const outcome = outcomes[status.step.id];
    return outcome !== undefined && isUpToDate(status, outcome);
  });
  const open = steps.slice(done + 1);
  const keys = open.flatMap(({ key }) => (key === null ? [] : [key]));
  if (open.length === 0 || keys.length < open.length) return null;
  const base = done < 0 ? source : outcomes[steps[done]?.step.id ?? '']?.summary.volume;
  if (base === null || base === undefined) return null;
  const recipe = { ...currentRecipe(state), steps: open.map(({ step }) => step) };
  return { base: base.handle, recipe, keys };
}

/** What the views show: previews in place of results where there are any. */
export function withPreviews(
  state: Shown,
  volumes: PreviewedVolumes | null,
): ReturnType<typeof shownVolumes> {
  if (volumes === null) return shownVolumes(state);
  const previewed = Object.fromEntries(
    Object.entries(volumes).map(([id, volume]) => [id, { summary: { volume } }]),
  );
  return shownVolumes({ ...state, outcomes: { ...state.outcomes, ...previewed } });
}

export function isPreview(volume: VolumeInfo | null): boolean {
  return volume?.handle.startsWith(HANDLE) === true;
}

export function seenFrom(slices: number): string {
  return `Seen from ${slices} slices only; the whole volume may differ.`;
}

interface Wish {
  readonly request: SliceRequest;
  readonly resolve: (pixels: SlicePixels) => void;
  readonly reject: (error: unknown) => void;
}

/** A step that is previewed, under its handle. */
interface Target {
  readonly stepId: string;
  /** Its place among the steps: a later one is computed first, which leaves the others at hand. */
  readonly depth: number;
  readonly plan: PreviewPlan;
  /** The first slice, for a window. */
  readonly first: Promise<SlicePixels>;
  readonly gotFirst: (pixels: SlicePixels) => void;
}

const NOTHING: Omit<PreviewState, 'isOn'> = {
  volumes: null,
  isBusy: false,
  seenSlices: null,
  problem: null,
};

export function createPreviews(
  workspace: Pick<Workspace, 'store'>,
  client: Pick<EngineClient, 'slice' | 'histogram' | 'planPreview' | 'previewSlice' | 'cancel'>,
): Previews {
  const store = createStore<PreviewState>(() => ({ isOn: false, ...NOTHING }));
  const { getState: get, setState: set } = store;
  let signature = '';
  let timer: ReturnType<typeof setTimeout> | null = null;
  let targets = new Map<VolumeHandle, Target>();
  let wishes: Wish[] = [];
  let job: string | null = null;
  let lastJob = 0;

  function follow(): void {
    const plan = get().isOn ? planPreview(workspace.store.getState()) : null;
    const next = plan === null ? '' : [plan.base, ...plan.keys].join(' ');
    if (next === signature) return;
    signature = next;
    if (timer !== null) clearTimeout(timer);
    timer = null;
    stop();
    if (plan === null) {
      targets = new Map();
      set(NOTHING);
      return;
    }
    set({ isBusy: true, problem: null });
    timer = setTimeout(() => {
      timer = null;
      void begin(plan, next);
    }, QUIET_MS);
  }

  /** Ends what is computed for a plan that nobody wants any more. */
  function stop(): void {
    const dropped = wishes;
    wishes = [];
    for (const { reject } of dropped) reject(cancelled());
    if (job !== null) void client.cancel(job).catch(() => undefined);
  }

  async function begin(plan: PreviewPlan, own: string): Promise<void> {
    try {
      const planned = await client.planPreview(plan.recipe, plan.base);
      if (own !== signature) return;
      const volumes: Record<string, VolumeInfo> = {};
      targets = new Map();
      for (const [depth, { stepId, volume }] of planned.entries()) {
        const handle = `${HANDLE}${plan.keys[depth]}`;
        volumes[stepId] = { ...volume, handle };
        targets.set(handle, createTarget(stepId, depth, plan));
      }
      set({ volumes, seenSlices: null, isBusy: wishes.length > 0 || job !== null });
    } catch (error) {
      fail(own, error);
    }
  }

  function fail(own: string, error: unknown): void {
    if (own !== signature || isCancelled(error)) return;
    const problem = isUserError(error) ? error.message : `The preview failed: ${String(error)}`;
    targets = new Map();
    set({ ...NOTHING, problem });
  }

  function slice(request: SliceRequest): Promise<SlicePixels> {
    if (!request.handle.startsWith(HANDLE)) return client.slice(request);
    return new Promise((resolve, reject) => {
      wishes.push({ request, resolve, reject });
      set({ isBusy: true });
      // The other views ask in the same turn.
      if (job === null) queueMicrotask(() => void serve());
    });
  }

  /** The active view first; of its volumes the one that rests on the others. */
  function nextWish(): Wish | undefined {
    const { active } = useViewer.getState();
    const axis = active === '3d' ? 2 : PLANE_OF[active].normal;
    const rank = ({ request }: Wish): number =>
      (request.axis === axis ? 0 : 1000) - (targets.get(request.handle)?.depth ?? 0);
    const [best] = wishes.toSorted((a, b) => rank(a) - rank(b));
    wishes = wishes.filter((wish) => wish !== best);
    return best;
  }

  async function serve(): Promise<void> {
    if (job !== null) return;
    for (let wish = nextWish(); wish !== undefined; wish = nextWish()) {
      const own = signature;
      lastJob += 1;
      job = `preview-${lastJob}`;
      try {
        wish.resolve(await compute(job, wish.request));
      } catch (error) {
        fail(own, error);
        wish.reject(error);
      }
      job = null;
    }
    if (timer === null) set({ isBusy: false });
  }

  async function compute(jobId: string, request: SliceRequest): Promise<SlicePixels> {
    const target = targets.get(request.handle);
    if (target === undefined) throw cancelled();
    const { plan, depth, stepId } = target;
    const recipe = { ...plan.recipe, steps: plan.recipe.steps.slice(0, depth + 1) };
    const own = { ...request, handle: plan.base };
    const pixels = await client.previewSlice(jobId, recipe, own);
    if (targets.get(request.handle) === target) learn(stepId, pixels);
    target.gotFirst(pixels);
    return pixels;
  }

  /** Labels have names and colours from the first slice on that they are in. */
  function learn(stepId: string, { phases, seenSlices }: PreviewPixels): void {
    const { volumes, seenSlices: before } = get();
    const volume = volumes?.[stepId];
    if (volume === undefined) return;
    const fresh = phases.filter(({ label }) => !volume.phases.some((old) => old.label === label));
    if (fresh.length > 0) {
      const all = [...volume.phases, ...fresh].toSorted(byLabel);
      set({ volumes: { ...volumes, [stepId]: { ...volume, phases: all } } });
    }
    if (seenSlices !== null) set({ seenSlices: Math.min(seenSlices, before ?? seenSlices) });
  }

  async function histogram(handle: VolumeHandle): Promise<Histogram> {
    if (!handle.startsWith(HANDLE)) return client.histogram(handle);
    const target = targets.get(handle);
    if (target === undefined) throw new Bug('There is no such preview.', { handle });
    return histogramOf(await target.first);
  }

  workspace.store.subscribe(follow);
  return {
    store,
    switchTo(isOn) {
      set({ isOn });
      follow();
    },
    slices: { slice, histogram },
  };
}

function createTarget(stepId: string, depth: number, plan: PreviewPlan): Target {
  let gotFirst: Target['gotFirst'] = () => undefined;
  const first = new Promise<SlicePixels>((resolve) => {
    gotFirst = resolve;
  });
  return { stepId, depth, plan, first, gotFirst };
}

function byLabel(a: Phase, b: Phase): number {
  return a.label - b.label;
}

/** Of one slice, which is all that is known of a volume that has not been made. */
function histogramOf({ data }: SlicePixels): Histogram {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    if (value < low && value > Number.NEGATIVE_INFINITY) low = value;
    if (value > high && value < Number.POSITIVE_INFINITY) high = value;
  }
  const counts = new Uint32Array(BINS);
  if (!(low < high)) {
    const start = Number.isFinite(low) ? low : 0;
    return { start, binWidth: 1, counts, exact: false, peaks: [], window: [start, start] };
  }
  const binWidth = (high - low) / BINS;
  for (const value of data) {
    if (!(value >= low && value <= high)) continue;
    const bin = Math.min(BINS - 1, Math.floor((value - low) / binWidth));
    counts[bin] = (counts[bin] as number) + 1;
  }
  const bins = { start: low, binWidth, counts, exact: false, peaks: [] };
  return { ...bins, window: percentiles({ ...bins, window: [low, high] }, 0.01) };
}
