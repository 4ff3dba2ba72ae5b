/** What a person measures on the slices: the tool in hand, the draft, and what is kept. */
import { create } from 'zustand';
import {
  createHistory,
  currentState,
  type History,
  pushState,
  redo,
  undo,
} from '../../recipe/history.ts';
import type { Size3 } from '../../volume/volume.ts';
import type { SliceViewId, VoxelIndex } from './viewer.ts';

export type MeasureTool = 'distance' | 'profile' | 'rectangle' | 'ellipse';

export const MEASURE_TOOLS: readonly {
  readonly id: MeasureTool;
  readonly title: string;
  /** Works anywhere on the page. */
  readonly key: string;
}[] = [
  { id: 'distance', title: 'Distance', key: 'D' },
  { id: 'profile', title: 'Line profile', key: 'P' },
  { id: 'rectangle', title: 'Rectangle', key: 'R' },
  { id: 'ellipse', title: 'Ellipse', key: 'E' },
];

/** Between two voxel centres, or over the voxels that two corners span; both are included. */
export interface Shape {
  readonly view: SliceViewId;
  readonly from: VoxelIndex;
  readonly to: VoxelIndex;
}

export interface PlacedMeasure extends Shape {
  readonly kind: MeasureTool;
  readonly id: number;
  /** Of the volume it was drawn on; it means nothing on another. */
  readonly size: Size3;
}

/** Numbers of all voxels of whatever is shown. */
export interface WholeMeasure {
  readonly kind: 'volume';
  readonly id: number;
}

export type Measure = PlacedMeasure | WholeMeasure;

export interface MeasuresState {
  /** null: the pointer moves the crosshair. */
  readonly tool: MeasureTool | null;
  /** Begun, its second point not yet set. */
  readonly draft: Shape | null;
  readonly kept: readonly Measure[];
  /** What `kept` was, by name; walked together with that of the recipe. */
  readonly history: History<readonly Measure[]>;
  readonly selected: number | null;
  /** The measure that the tool in hand made last, which Escape takes back. */
  readonly fresh: number | null;
}

interface MeasuresActions {
  /** Takes a tool in hand; the one in hand is put away. */
  toggleTool(tool: MeasureTool): void;
  /** Sets the first point, or the second, which keeps the measure and selects it. */
  place(view: SliceViewId, at: VoxelIndex, size: Size3): void;
  /** Moves the open end of the draft. */
  stretch(at: VoxelIndex): void;
  addWhole(): void;
  select(id: number): void;
  remove(id: number): void;
  removeAll(): void;
  /** Begins with these, and with nothing to undo. */
  begin(kept: readonly Measure[]): void;
  undo(): void;
  redo(): void;
  /**
   * Takes back one thing: the draft, else the measure that the tool in hand made last, else the
   * tool. False where there was nothing to take back.
   */
  escape(): boolean;
}

const NOTHING: MeasuresState = {
  tool: null,
  draft: null,
  kept: [],
  history: createHistory<readonly Measure[]>([]),
  selected: null,
  fresh: null,
};

/** What a measure is called in the history. */
function nameOf({ kind }: Measure): string {
  if (kind === 'volume') return 'statistics of the volume';
  return MEASURE_TOOLS.find(({ id }) => id === kind)?.title.toLowerCase() ?? kind;
}

let lastId = 0;

export const useMeasures = create<MeasuresState & MeasuresActions>()((set, get) => {
  const change = (kept: readonly Measure[], label: string): void =>
    set(({ history }) => ({ kept, history: pushState(history, kept, label), fresh: null }));
  const keep = (measure: Measure): void => {
    change([...get().kept, measure], `Add ${nameOf(measure)}`);
    set({ selected: measure.id, draft: null });
  };
  const walk = (move: typeof undo): void =>
    set(({ history, selected }) => {
      const moved = move(history);
      const kept = currentState(moved);
      const isThere = kept.some(({ id }) => id === selected);
      return {
        history: moved,
        kept,
        selected: isThere ? selected : (kept.at(-1)?.id ?? null),
        draft: null,
        fresh: null,
      };
    });
  return {
    ...NOTHING,

    toggleTool: (tool) =>
      set((state) => ({ tool: state.tool === tool ? null : tool, draft: null, fresh: null })),
    place: (view, at, size) => {
      const { tool, draft } = get();
      if (tool === null) return;
      if (draft === null || draft.view !== view) {
        set({ draft: { view, from: at, to: at } });
        return;
      }
      keep({ kind: tool, id: ++lastId, size, view, from: draft.from, to: at });
      set({ fresh: lastId });
    },
    stretch: (at) => set(({ draft }) => (draft === null ? {} : { draft: { ...draft, to: at } })),
    addWhole: () => keep({ kind: 'volume', id: ++lastId }),
    select: (id) => set({ selected: id, fresh: null }),
    remove: (id) => {
      const { kept, selected } = get();
      const measure = kept.find((each) => each.id === id);
      if (measure === undefined) return;
      const rest = kept.filter((each) => each !== measure);
      change(rest, `Remove ${nameOf(measure)}`);
      if (selected === id) set({ selected: rest.at(-1)?.id ?? null });
    },
    removeAll: () => {
      if (get().kept.length > 0) change([], 'Remove all measures');
      set({ tool: null, draft: null, selected: null });
    },
    begin: (kept) => {
      lastId = Math.max(lastId, ...kept.map(({ id }) => id));
      set({ ...NOTHING, kept, history: createHistory(kept), selected: kept.at(-1)?.id ?? null });
    },
    undo: () => walk(undo),
    redo: () => walk(redo),
    escape: () => {
      const { tool, draft, fresh } = get();
      if (draft !== null) set({ draft: null });
      else if (fresh !== null) walk(undo);
      else if (tool !== null) set({ tool: null });
      else return false;
      return true;
    },
  };
});
