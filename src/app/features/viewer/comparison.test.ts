import { describe, expect, it } from 'vitest';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import { createHistory } from '../../../recipe/history.ts';
import { addStep } from '../../../recipe/edit.ts';
import { emptyRecipe } from '../../../recipe/recipe.ts';
import { createSpacing } from '../../../volume/length.ts';
import type { ListedVolume } from '../../stores/listed-volumes.ts';
import { comparedStates, comparedVolumes } from './comparison.ts';

function volume(handle: string, parts: Partial<VolumeInfo> = {}): VolumeInfo {
  const rest = { name: handle, type: 'uint16', range: [0, 9], phases: [], labelCounts: [] };
  return {
    ...rest,
    handle,
    kind: 'grey',
    size: [10, 10, 10],
    spacing: createSpacing([0.5, 0.5, 0.5], 'µm'),
    origin: [0, 0, 0],
    ...parts,
  } as VolumeInfo;
}

const source = volume('source');
const crop = volume('crop', { size: [4, 5, 6], origin: [1, 0.5, 0] });
const smooth = volume('smooth', { size: [4, 5, 6], origin: [1, 0.5, 0] });
const labels = volume('labels', { kind: 'labels', size: [4, 5, 6], origin: [1, 0.5, 0] });

const recipe = ['crop', 'smooth-gaussian', 'segment-watershed'].reduce(
  (made, operation) => addStep(made, { operation, version: 1, params: {} }),
  emptyRecipe('r'),
);
const steps = recipe.steps.map(({ id, operation }) => ({ id, title: operation }));
const outcomes = Object.fromEntries(
  [crop, smooth, labels].map((made, i) => [
    steps[i]?.id ?? '',
    { key: made.handle, summary: { volume: made } },
  ]),
);
const state = {
  source,
  truth: null,
  history: createHistory(recipe),
  outcomes,
  overlay: 'auto',
} as unknown as Parameters<typeof comparedStates>[0];

describe('comparedStates', () => {
  it('are those that contain what is shown, at its place, without itself', () => {
    const states = comparedStates(state, steps, { image: smooth, overlay: null });
    expect(states.map(({ title, offset }) => [title, offset])).toEqual([
      ['Input', [2, 1, 0]],
      ['crop', [0, 0, 0]],
      ['segment-watershed', [0, 0, 0]],
    ]);
    expect(states.at(-1)).toMatchObject({ image: smooth, overlay: labels });
  });

  it('leave out what does not reach as far as what is shown', () => {
    expect(comparedStates(state, steps, { image: source, overlay: null })).toEqual([]);
  });

  it('are none while nothing is shown', () => {
    expect(comparedStates(state, steps, { image: null, overlay: null })).toEqual([]);
  });
});

describe('other volumes', () => {
  const listed = (id: string, info: VolumeInfo, parts: Partial<ListedVolume> = {}) =>
    ({ id, name: id, info, truth: null, outcomes: {}, isLoaded: true, ...parts }) as ListedVolume;
  const other = volume('other');
  const small = volume('small', { size: [9, 10, 10] });

  it('are seen at the selected step where they have the size, and refused with a reason', () => {
    const volumes = [
      listed('a', source),
      listed('b', other),
      listed('c', small),
      listed('d', other, { isLoaded: false }),
    ];
    const all = { ...state, selected: 'input', volumes, shownVolume: 'a' };
    const { states, refused } = comparedVolumes(all, { image: source, overlay: null });
    expect(states).toEqual([
      { id: 'b', title: 'b', image: other, overlay: null, offset: [0, 0, 0] },
    ]);
    expect(refused.map(({ id, obstacle }) => [id, obstacle])).toEqual([
      ['c', 'Its size at this step, 9 × 10 × 10, is not that of what is shown, 10 × 10 × 10.'],
      ['d', 'It is not in memory: show it once.'],
    ]);
  });
});
