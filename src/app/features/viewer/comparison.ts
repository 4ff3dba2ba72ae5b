/** Two states of the recipe at once: what is shown, and another that the user chose. */
import { useEffect, useMemo, useState } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import type { EngineClient } from '../../engine-client.ts';
import { type GreyWindow, useViewer, type VoxelIndex } from '../../stores/viewer.ts';
import { INPUT, type Shown, shownVolumes } from '../../stores/workspace.ts';
import { useSteps, useWorkspaceState } from '../../workbench-context.tsx';
import { placeIn } from './before.ts';
import { isSameScale } from '../../stores/grey-scales.ts';

/** What the views would show if this step were selected, at the place of what they do show. */
export interface ComparedState {
  /** The step's id, or that of the input. */
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
