/** Correcting labels by hand: the tool in hand, its settings, and the stroke that is being drawn. */
import { create } from 'zustand';
import { type EditMetric, type LabelEdit, MAX_RADIUS } from '../../declaration/edits.ts';
import { straightened } from '../../volume/edit-shapes.ts';
import type { Axis } from '../rendering/slice-geometry.ts';
import type { SliceViewId, VoxelIndex } from './viewer.ts';

export type CorrectTool = 'brush' | 'eraser' | 'lasso' | 'fill' | 'ball';

export const CORRECT_TOOLS: readonly {
  readonly id: CorrectTool;
  readonly title: string;
  readonly key: string;
}[] = [
  { id: 'brush', title: 'Brush', key: 'Shift+P' },
  { id: 'eraser', title: 'Eraser', key: 'Shift+E' },
  { id: 'lasso', title: 'Lasso', key: 'Shift+L' },
  { id: 'fill', title: 'Fill', key: 'Shift+F' },
  { id: 'ball', title: '3-D brush', key: 'Shift+D' },
];

/** A stroke from its first voxel on. */
export interface Draft {
  readonly id: number;
  readonly view: SliceViewId;
  /** The axis that the view's slices are perpendicular to. */
  readonly axis: Axis;
  readonly tool: CorrectTool;
  readonly points: readonly VoxelIndex[];
}

export interface CorrectState {
  /** null: labels are not being corrected. */
  readonly tool: CorrectTool | null;
  /** What the tools paint; the eraser has its own. */
  readonly label: number;
  readonly eraseTo: number;
  /** In half voxels. */
  readonly radius: number;
  readonly metric: EditMetric;
  /** The only label that is painted over; null for all. */
  readonly only: number | null;
  /** Labels that are never painted over. */
  readonly keep: readonly number[];
  readonly fillsVolume: boolean;
  readonly fillsDiagonally: boolean;
  readonly draft: Draft | null;
  /** Counts drafts that were dropped: what they showed is taken back. */
  readonly dropped: number;
}

interface CorrectActions {
  /** Takes a tool in hand; null leaves the mode. */
  take(tool: CorrectTool | null): void;
  /** Takes the tool in hand that was there last, or leaves the mode. */
  toggle(): void;
  setLabel(label: number): void;
  setEraseTo(label: number): void;
  /** Larger or smaller by a tenth, at least by half a voxel. */
  resize(direction: 1 | -1): void;
  setMetric(metric: EditMetric): void;
  setOnly(label: number | null): void;
  toggleKeep(label: number): void;
  setFillsVolume(fills: boolean): void;
  setFillsDiagonally(fills: boolean): void;
  /** Begins a stroke; without a tool nothing happens. */
  begin(view: SliceViewId, axis: Axis, at: VoxelIndex): void;
  /** Goes on to a voxel of the same slice. */
  extend(at: VoxelIndex): void;
  /** Ends the stroke and gives what was drawn; null where there is none. */
  finish(): LabelEdit | null;
  /** Takes back one thing: the stroke that is being drawn, else the tool. False where there is none. */
  escape(): boolean;
}

let lastId = 0;
let lastTool: CorrectTool = 'brush';

/** The larger the brush, the larger its steps. */
function stepOf(radius: number): number {
  return Math.max(0.5, Math.round(radius / 5) / 2);
}

export const useCorrect = create<CorrectState & CorrectActions>()((set, get) => {
  const drop = (): void => set((state) => ({ draft: null, dropped: state.dropped + 1 }));
  return {
    tool: null,
    label: 0,
    eraseTo: 0,
    radius: 2.5,
    metric: 'voxel',
    only: null,
    keep: [],
    fillsVolume: false,
    fillsDiagonally: false,
    draft: null,
    dropped: 0,

    take: (tool) => {
      if (get().draft !== null) drop();
      if (tool !== null) lastTool = tool;
      set({ tool });
    },
    toggle: () => get().take(get().tool === null ? lastTool : null),
    setLabel: (label) => set({ label }),
    setEraseTo: (eraseTo) => set({ eraseTo }),
    resize: (direction) =>
      set(({ radius }) => {
        const next = radius + direction * stepOf(direction > 0 ? radius : radius - 0.5);
        return { radius: Math.max(0.5, Math.min(MAX_RADIUS, next)) };
      }),
    setMetric: (metric) => set({ metric }),
    setOnly: (only) => set({ only }),
    toggleKeep: (label) =>
      set(({ keep }) => ({
        keep: keep.includes(label)
          ? keep.filter((each) => each !== label)
          : [...keep, label].toSorted((a, b) => a - b),
      })),
    setFillsVolume: (fillsVolume) => set({ fillsVolume }),
    setFillsDiagonally: (fillsDiagonally) => set({ fillsDiagonally }),

    begin: (view, axis, at) => {
      const { tool } = get();
      if (tool !== null) set({ draft: { id: ++lastId, view, axis, tool, points: [at] } });
    },
    extend: (at) =>
      set(({ draft }) => {
        if (draft === null) return {};
        const last = draft.points.at(-1);
        const there = at.with(draft.axis, draft.points[0]?.[draft.axis] ?? 0);
        if (last?.every((place, axis) => place === there[axis]) === true) return {};
        const points = [...draft.points, there as unknown as VoxelIndex];
        return { draft: { ...draft, points } };
      }),
    finish: () => {
      const state = get();
      if (state.draft === null) return null;
      set({ draft: null });
      return editOf(state.draft, state);
    },
    escape: () => {
      const { draft, tool, take } = get();
      if (draft !== null) drop();
      else if (tool !== null) take(null);
      else return false;
      return true;
    },
  };
});

/** Follows the settings and not the stroke, which changes with every movement of the pointer. */
export function onCorrectSettings(changed: () => void): () => void {
  return useCorrect.subscribe((state, before) => {
    const isStroke = state.draft !== before.draft && state.dropped === before.dropped;
    if (!isStroke) changed();
  });
}

/** The recorded edit that points of a draft make, by default all of them. */
export function editOf(
  draft: Draft,
  settings: CorrectState,
  points: readonly VoxelIndex[] = draft.points,
): LabelEdit {
  const { radius, metric, only, keep, fillsVolume, fillsDiagonally } = settings;
  const common = {
    label: draft.tool === 'eraser' ? settings.eraseTo : settings.label,
    only: only === null ? null : [only],
    keep,
  };
  const first = points[0] as VoxelIndex;
  const inSlice = { axis: draft.axis, slice: first[draft.axis] };
  switch (draft.tool) {
    case 'brush':
    case 'eraser':
      return {
        tool: 'brush',
        ...inSlice,
        radius,
        metric,
        path: pathText(points, draft.axis),
        ...common,
      };
    case 'lasso':
      return { tool: 'lasso', ...inSlice, path: pathText(points, draft.axis), ...common };
    case 'ball':
      return { tool: 'ball', radius, metric, path: pathText(points, null), ...common };
    case 'fill':
      return {
        tool: 'fill',
        axis: fillsVolume ? null : draft.axis,
        seed: first,
        diagonal: fillsDiagonally,
        ...common,
      };
  }
}

function pathText(points: readonly VoxelIndex[], axis: Axis | null): string {
  const width = axis === null ? 3 : 2;
  const numbers = points.flatMap((point) =>
    axis === null ? [...point] : point.toSpliced(axis, 1),
  );
  const straight = straightened(numbers, width);
  return Array.from({ length: straight.length / width }, (_, i) =>
    straight.slice(width * i, width * i + width).join(','),
  ).join(' ');
}
