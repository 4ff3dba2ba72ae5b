/** What a person measures on the slices: the tool in hand, the draft, and what is kept. */
import { create } from 'zustand';
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
  /**
   * Takes back one thing: the draft, else the measure that the tool in hand made last, else the
   * tool. False where there was nothing to take back.
   */
  escape(): boolean;
}

const NOTHING: MeasuresState = { tool: null, draft: null, kept: [], selected: null, fresh: null };

let lastId = 0;

export const useMeasures = create<MeasuresState & MeasuresActions>()((set, get) => {
  const keep = (measure: Measure): void =>
    set(({ kept }) => ({ kept: [...kept, measure], selected: measure.id, draft: null }));
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
    remove: (id) =>
      set(({ kept, selected }) => {
        const rest = kept.filter((measure) => measure.id !== id);
        const next = selected === id ? (rest.at(-1)?.id ?? null) : selected;
        return { kept: rest, selected: next, fresh: null };
      }),
    removeAll: () => set(NOTHING),
    escape: () => {
      const { tool, draft, fresh, remove } = get();
      if (draft !== null) set({ draft: null });
      else if (fresh !== null) remove(fresh);
      else if (tool !== null) set({ tool: null });
      else return false;
      return true;
    },
  };
});
