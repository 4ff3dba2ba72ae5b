/**
 * Corrections of labels as a recipe keeps them: what was drawn, not what came of it, so that they
 * are small and run alike everywhere. Long parts (paths, runs) are text, since JSON with a line for
 * each number could not be read and is slow to digest.
 */
import * as v from 'valibot';

/** Axis that a slice is perpendicular to: x, y, z. */
export type EditAxis = 0 | 1 | 2;

/** What a radius counts: voxels along each axis, or edges of the voxel's shortest side. */
export type EditMetric = 'voxel' | 'physical';

interface EditCommon {
  /** What is painted. */
  readonly label: number;
  /** The only labels that are painted over; null for all. */
  readonly only: readonly number[] | null;
  /** Labels that are never painted over. */
  readonly keep: readonly number[];
}

interface InSlice {
  readonly axis: EditAxis;
  readonly slice: number;
}

/** All voxels of a slice within the radius of a path. */
export interface BrushEdit extends EditCommon, InSlice {
  readonly tool: 'brush';
  /** In half voxels. */
  readonly radius: number;
  readonly metric: EditMetric;
  /** "x,y x,y …": voxels of the slice, joined by straight lines; the slice's axis is left out. */
  readonly path: string;
}

/** All voxels of a volume within the radius of a path. */
export interface BallEdit extends EditCommon {
  readonly tool: 'ball';
  readonly radius: number;
  readonly metric: EditMetric;
  /** "x,y,z x,y,z …" */
  readonly path: string;
}

/** The voxels of a slice that a closed outline goes round, and those on it. */
export interface LassoEdit extends EditCommon, InSlice {
  readonly tool: 'lasso';
  /** As of a brush; the last voxel is joined to the first. */
  readonly path: string;
}

/** The connected voxels that have the seed's label. */
export interface FillEdit extends EditCommon {
  readonly tool: 'fill';
  /** Stays in the seed's slice across this axis; null for no such bound. */
  readonly axis: EditAxis | null;
  readonly seed: readonly [x: number, y: number, z: number];
  /** Whether voxels that share only an edge or a corner are connected, not only a face. */
  readonly diagonal: boolean;
}

/** Voxels found by interpolation between slices, kept as they were found. */
export interface InterpolateEdit extends EditCommon {
  readonly tool: 'interpolate';
  readonly axis: EditAxis;
  /** The slices between which was interpolated, rising. */
  readonly slices: readonly number[];
  /**
   * "gap,length gap,length …": runs of voxels in index order, x fastest; a gap is what lies between
   * the end of the run before, or the volume's first voxel, and the run.
   */
  readonly runs: string;
}

export type LabelEdit = BrushEdit | BallEdit | LassoEdit | FillEdit | InterpolateEdit;

/** A working list of one step; more belong in a second step. */
export const MAX_EDITS = 4096;
/** Characters of all paths and runs of a step together. */
export const MAX_EDIT_TEXT = 2 ** 21;
export const MAX_RADIUS = 128;
const MAX_LABELS = 256;

const positiveZero = v.transform((value: number) => value + 0);
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(2 ** 31), positiveZero);
const axis = v.picklist([0, 1, 2]);
const labels = v.pipe(v.array(whole), v.maxLength(MAX_LABELS));
const radius = v.pipe(
  v.number(),
  v.minValue(0.5),
  v.maxValue(MAX_RADIUS),
  v.check((value) => Number.isInteger(2 * value), 'a radius is a whole number of half voxels'),
);
const metric = v.optional(v.picklist(['voxel', 'physical']), 'voxel');

const NUMBER = '(?:0|[1-9]\\d{0,5})';
const path2 = v.pipe(
  v.string(),
  v.regex(new RegExp(`^${NUMBER},${NUMBER}(?: ${NUMBER},${NUMBER})*$`)),
);
const path3 = v.pipe(
  v.string(),
  v.regex(new RegExp(`^${NUMBER}(?:,${NUMBER}){2}(?: ${NUMBER}(?:,${NUMBER}){2})*$`)),
);
const runs = v.pipe(
  v.string(),
  v.regex(/^(?:(?:0|[1-9]\d{0,11}),[1-9]\d{0,11}(?: [1-9]\d{0,11},[1-9]\d{0,11})*)?$/),
);

const common = {
  label: whole,
  only: v.optional(v.nullable(v.pipe(labels, v.minLength(1))), null),
  keep: v.optional(labels, []),
};

const EDIT = v.variant('tool', [
  v.strictObject({
    tool: v.literal('brush'),
    axis,
    slice: whole,
    radius,
    metric,
    path: path2,
    ...common,
  }),
  v.strictObject({ tool: v.literal('ball'), radius, metric, path: path3, ...common }),
  v.strictObject({ tool: v.literal('lasso'), axis, slice: whole, path: path2, ...common }),
  v.strictObject({
    tool: v.literal('fill'),
    axis: v.nullable(axis),
    seed: v.strictTuple([whole, whole, whole]),
    diagonal: v.optional(v.boolean(), false),
    ...common,
  }),
  v.strictObject({
    tool: v.literal('interpolate'),
    axis,
    slices: v.pipe(
      v.array(whole),
      v.minLength(2),
      v.maxLength(MAX_EDITS),
      v.check(
        (list) => list.every((slice, i) => i === 0 || slice > (list[i - 1] as number)),
        'slices must rise',
      ),
    ),
    runs,
    ...common,
  }),
]);

function textLength(edit: unknown): number {
  if (typeof edit !== 'object' || edit === null) return 0;
  const { path, runs: found } = edit as { readonly path?: unknown; readonly runs?: unknown };
  const length = (part: unknown): number => (typeof part === 'string' ? part.length : 0);
  return length(path) + length(found);
}

/** Characters of the paths and runs of these edits. */
export function editText(edits: readonly unknown[]): number {
  return edits.reduce<number>((sum, edit) => sum + textLength(edit), 0);
}

/** Looked at before the single edits, so that a huge list costs nothing. */
function isOfSize(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length <= MAX_EDITS && editText(value) <= MAX_EDIT_TEXT;
}

/** A list of edits as a parameter. */
export const EDITS = v.pipe(v.custom<unknown[]>(isOfSize, 'the list is too long'), v.array(EDIT));

/** The numbers of a path or of runs, in their order. */
export function readNumbers(text: string): readonly number[] {
  return text === '' ? [] : text.split(/[ ,]/).map(Number);
}

/** The slice that an edit paints in; null for edits in space. */
function sliceOf(edit: LabelEdit): InSlice | null {
  switch (edit.tool) {
    case 'brush':
    case 'lasso':
      return edit;
    case 'fill':
      return edit.axis === null ? null : { axis: edit.axis, slice: edit.seed[edit.axis] as number };
    case 'ball':
    case 'interpolate':
      return null;
  }
}

/** The slice across an axis that an edit paints with a label in; null where it does not. */
export function paintsSlice(edit: LabelEdit, label: number, axis: EditAxis): number | null {
  const place = sliceOf(edit);
  return edit.label === label && place?.axis === axis ? place.slice : null;
}

/** Slices painted with one label along one axis, with others between them. */
export interface PaintedSlices {
  readonly axis: EditAxis;
  /** Rising, at least two. */
  readonly slices: readonly number[];
}

/**
 * The slices that the edits painted with a label, across the axis that was painted along last; null
 * where no two of them have a slice between them.
 */
export function paintedSlices(edits: readonly LabelEdit[], label: number): PaintedSlices | null {
  const axes = edits
    .toReversed()
    .flatMap((edit) => (edit.label === label ? (sliceOf(edit)?.axis ?? []) : []));
  for (const axis of new Set(axes)) {
    const painted = edits.flatMap((edit) => paintsSlice(edit, label, axis) ?? []);
    const slices = [...new Set(painted)].toSorted((a, b) => a - b);
    const hasGap = slices.some((slice, i) => slice - (slices[i - 1] ?? slice) > 1);
    if (hasGap) return { axis, slices };
  }
  return null;
}

/** Names of the slices across each axis. */
const SLICE_NAMES = ['yz', 'xz', 'xy'] as const;

const TOOL_NAMES: Readonly<Record<LabelEdit['tool'], readonly [one: string, many: string]>> = {
  brush: ['brush stroke', 'brush strokes'],
  ball: ['3-D brush stroke', '3-D brush strokes'],
  lasso: ['lasso', 'lassos'],
  fill: ['fill', 'fills'],
  interpolate: ['interpolation', 'interpolations'],
};

/** What an edit did, as the undo list says it: "Brush stroke in xy slice 32". */
export function editTitle(edit: LabelEdit): string {
  const [one] = TOOL_NAMES[edit.tool];
  const name = one.charAt(0).toUpperCase() + one.slice(1);
  switch (edit.tool) {
    case 'brush':
    case 'lasso':
      return `${name} in ${SLICE_NAMES[edit.axis]} slice ${edit.slice}`;
    case 'ball':
      return name;
    case 'fill':
      return edit.axis === null
        ? `${name} in 3-D`
        : `${name} in ${SLICE_NAMES[edit.axis]} slice ${edit.seed[edit.axis]}`;
    case 'interpolate':
      return `${name} between ${SLICE_NAMES[edit.axis]} slices ${edit.slices[0]} and ${edit.slices.at(-1)}`;
  }
}

/** "5 edits (4 brush strokes, 1 fill)" */
export function countEdits(edits: readonly LabelEdit[]): string {
  if (edits.length === 0) return 'no edits';
  const kinds = Object.entries(TOOL_NAMES).flatMap(([tool, [one, many]]) => {
    const count = edits.filter((edit) => edit.tool === tool).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  });
  return `${edits.length} ${edits.length === 1 ? 'edit' : 'edits'} (${kinds.join(', ')})`;
}
