/** What is shown and another state of the recipe, or another open volume, at once. */
import { useEffect, useMemo, useState } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import type { EngineClient } from '../../engine-client.ts';
import { type GreyWindow, useViewer, type VoxelIndex } from '../../stores/viewer.ts';
import { formatSize } from '../../components/format.ts';
import { INPUT, type Shown, shownVolumes, type WorkspaceState } from '../../stores/workspace.ts';
import { useSteps, useWorkspaceState } from '../../workbench-context.tsx';
import { placeIn } from './before.ts';
import { isSameScale } from '../../stores/grey-scales.ts';

/** What the views would show if this step were selected, at the place of what they do show. */
export interface ComparedState {
  /** The step's id, that of the input, or that of another listed volume. */
  readonly id: string;
  readonly title: string;
  readonly image: VolumeInfo | null;
  readonly overlay: VolumeInfo | null;
  /** Voxel of its volumes that is the shown one's first. */
  readonly offset: VoxelIndex;
}

/** Every state that differs from what is shown and contains it, in the order of the recipe. */
export function comparedStates(
  state: Omit<Shown, 'selected'>,
  steps: readonly { readonly id: string; readonly title: string }[],
  shown: Pick<ComparedState, 'image' | 'overlay'>,
): readonly ComparedState[] {
  const part = shown.image ?? shown.overlay;
  if (part === null) return [];
  const made = steps.filter(({ id }) => (state.outcomes[id]?.summary.volume ?? null) !== null);
  return [{ id: INPUT, title: 'Input' }, ...made].flatMap(({ id, title }) => {
    const { image, overlay } = shownVolumes({ ...state, selected: id });
    const whole = image ?? overlay;
    const isSame =
      image?.handle === shown.image?.handle && overlay?.handle === shown.overlay?.handle;
    const offset = whole === null || isSame ? null : placeIn(whole, part);
    return offset === null ? [] : [{ id, title, image, overlay, offset }];
  });
}

/** Another listed volume that cannot lie over the shown one, and one sentence why. */
export interface RefusedVolume {
  readonly id: string;
  readonly title: string;
  readonly obstacle: string;
}

/** The other listed volumes at the selected step: those of the shown one's size, and the others. */
export function comparedVolumes(
  state: Shown & Pick<WorkspaceState, 'volumes' | 'shownVolume'>,
  shown: Pick<ComparedState, 'image' | 'overlay'>,
): { readonly states: readonly ComparedState[]; readonly refused: readonly RefusedVolume[] } {
  const part = shown.image ?? shown.overlay;
  const states: ComparedState[] = [];
  const refused: RefusedVolume[] = [];
  if (part === null) return { states, refused };
  for (const { id, name: title, info, truth, outcomes, isLoaded } of state.volumes) {
    if (id === state.shownVolume) continue;
    if (!isLoaded) {
      refused.push({ id, title, obstacle: 'It is not in memory: show it once.' });
      continue;
    }
    const { image, overlay } = shownVolumes({ ...state, source: info, truth, outcomes });
    const size = (image ?? overlay ?? info).size;
    if (size.every((edge, axis) => edge === part.size[axis])) {
      states.push({ id, title, image, overlay, offset: [0, 0, 0] });
    } else {
      const obstacle = `Its size at this step, ${formatSize(size)}, is not that of what is shown, ${formatSize(part.size)}.`;
      refused.push({ id, title, obstacle });
    }
  }
  return { states, refused };
}

export function useComparedVolumes({
  image,
  overlay,
}: Pick<ComparedState, 'image' | 'overlay'>): ReturnType<typeof comparedVolumes> {
  const state = useWorkspaceState((all) => ({
    source: all.source,
    truth: all.truth,
    history: all.history,
    outcomes: all.outcomes,
    overlay: all.overlay,
    selected: all.selected,
    volumes: all.volumes,
    shownVolume: all.shownVolume,
  }));
  return useMemo(() => comparedVolumes(state, { image, overlay }), [state, image, overlay]);
}

export function useComparedStates({
  image,
  overlay,
}: Pick<ComparedState, 'image' | 'overlay'>): readonly ComparedState[] {
  const steps = useSteps();
  const state = useWorkspaceState((all) => ({
    source: all.source,
    truth: all.truth,
    history: all.history,
    outcomes: all.outcomes,
    overlay: all.overlay,
  }));
  return useMemo(() => {
    const titled = steps.map(({ step, operation }) => ({
      id: step.id,
      title: operation?.title ?? step.operation,
    }));
    return comparedStates(state, titled, { image, overlay });
  }, [steps, state, image, overlay]);
}

/** The state to compare with; null while nothing is compared or there is nothing to compare with. */
export function useCompared(states: readonly ComparedState[]): ComparedState | null {
  const mode = useViewer((state) => state.compareMode);
  const id = useViewer((state) => state.comparedId);
  if (mode === 'off') return null;
  return states.find((state) => state.id === id) ?? states[0] ?? null;
}

/** The window of the other image where it is on another grey scale; null where it shares ours. */
export function useOtherWindow(
  client: Pick<EngineClient, 'histogram'>,
  image: VolumeInfo | null,
  other: VolumeInfo | null,
): GreyWindow | null {
  const [window, setWindow] = useState<GreyWindow | null>(null);
  const [ours, theirs] = [image?.handle ?? null, other?.handle ?? null];
  useEffect(() => {
    setWindow(null);
    if (ours === null || theirs === null || ours === theirs) return;
    let current = true;
    Promise.all([client.histogram(ours), client.histogram(theirs)]).then(
      (histograms) => {
        const [a, b] = histograms.map(({ window: [low, high] }) => ({ low, high }));
        if (current && a !== undefined && b !== undefined && !isSameScale(a, b)) setWindow(b);
      },
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [client, ours, theirs]);
  return window;
}
