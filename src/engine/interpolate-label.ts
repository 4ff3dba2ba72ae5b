/**
 * Interpolates a label between slices that were painted, by morphological contour interpolation
 * (Albu, Beugeling, Laurendeau 2008, DOI 10.1109/TBME.2008.921158; Zukić, Vicory, McCormick et al. 2016, ITK
 * module MorphologicalContourInterpolation), which itk-wasm runs. Only what is found is recorded.
 */
import { type EditAxis, type LabelEdit, paintsSlice } from '../declaration/edits.ts';
import { UserError } from '../errors/errors.ts';
import type { Host } from '../host/host.ts';
import { isItkImage, MAX_ITK_BYTES, runItkPipeline } from '../io/formats/itk/pipeline.ts';
import { finishBreathing, type Steps } from '../kernels/steps.ts';
import { applyEdit, wholeGrid } from '../volume/label-edits.ts';
import { volumeToItkImage } from '../volume/itk-image.ts';
import { createVolume, type Vector3, type Volume } from '../volume/volume.ts';
import { createBreathe } from './breathe.ts';

export interface InterpolationRequest {
  /** What was drawn on the volume. */
  readonly edits: readonly LabelEdit[];
  readonly label: number;
  /** Across which the painted slices lie. */
  readonly axis: EditAxis;
}

/** As an `InterpolateEdit` holds it. */
export interface Interpolation {
  readonly slices: readonly number[];
  readonly runs: string;
}

export interface InterpolationJob {
  readonly host: Pick<Host, 'turn'>;
  readonly signal: AbortSignal;
  /** 0 to 1, rising. */
  readonly progress: (fraction: number) => void;
}

const PAINTED = 1;
const FOUND = 2;
const VOXELS_AT_ONCE = 1 << 18;

/** Marks of all voxels, and how slices lie in them. */
interface Marks {
  readonly marks: Uint8Array;
  /** Of the slice axis, then of the two axes of the slices in their order. */
  readonly strides: Vector3;
  readonly columns: number;
  readonly rows: number;
}

/** Columns u0 to u1 and rows v0 to v1 of a slice, the ends left out. */
interface Rectangle {
  readonly u0: number;
  readonly u1: number;
  readonly v0: number;
  readonly v1: number;
}

interface PaintedSlice extends Rectangle {
  readonly slice: number;
}

/**
 * The voxels between painted slices that the shapes painted in them turn into each other through.
 * A painted slice is what strokes, outlines and fills in slices across the axis painted with the
 * label and nothing painted over since; what the volume has of the label elsewhere does not count.
 * Each two neighbouring slices are interpolated on their own, one worker each. Throws `usage` where no
 * slice lies between two painted ones. Memory: a copy of the labels, one byte a voxel, and the gap.
 */
export async function interpolateLabel(
  volume: Volume,
  request: InterpolationRequest,
  job: InterpolationJob,
): Promise<Interpolation> {
  const { axis, label } = request;
  const { signal, progress } = job;
  const breathe = createBreathe(job.host, signal);
  const marks = new Uint8Array(volume.data.length);
  await markPainted(volume, request, marks, breathe);
  const { strides } = wholeGrid(marks, volume.size, null);
  const [u, v] = ([0, 1, 2] as const).filter((each) => each !== axis) as [EditAxis, EditAxis];
  const all: Marks = {
    marks,
    strides: [strides[axis], strides[u], strides[v]],
    columns: volume.size[u],
    rows: volume.size[v],
  };
  const drawn = request.edits.flatMap((edit) => paintsSlice(edit, label, axis) ?? []);
  const painted = [...new Set(drawn)]
    .toSorted((a, b) => a - b)
    .flatMap((slice) => boundsOf(all, slice) ?? []);
  const gaps = painted.flatMap((to, i) => {
    const from = painted[i - 1];
    return from !== undefined && to.slice - from.slice > 1 ? [{ from, to }] : [];
  });
  if (gaps.length === 0) {
    throw new UserError(
      'usage',
      'No slice lies between two slices that were painted with this label and still have it: paint it in two slices with others between them.',
    );
  }
  progress(0.1);
  for (const [i, { from, to }] of gaps.entries()) {
    await interpolateGap(all, from, to, signal);
    progress(0.1 + (0.8 * (i + 1)) / gaps.length);
  }
  const runs = await finishBreathing(runsOf(marks), breathe);
  progress(1);
  return { slices: painted.map(({ slice }) => slice), runs };
}

/** Marks what the edits painted in slices across the axis and still has the label after all edits. */
async function markPainted(
  { data, size, spacing }: Volume,
  { edits, label, axis }: InterpolationRequest,
  marks: Uint8Array,
  breathe: () => Promise<void>,
): Promise<void> {
  const copy = data.slice();
  for (const edit of edits) {
    const isSlice = paintsSlice(edit, label, axis) !== null;
    const grid = wholeGrid(copy, size, spacing, isSlice ? marks : undefined);
    await finishBreathing(applyEdit(grid, edit), breathe);
  }
  for (let i = 0; i < copy.length; i++) {
    if (marks[i] === PAINTED && Number(copy[i]) !== label) marks[i] = 0;
    if (i % VOXELS_AT_ONCE === 0) await breathe();
  }
}

/** What is painted in a slice; null where nothing is. */
function boundsOf({ marks, strides, columns, rows }: Marks, slice: number): PaintedSlice | null {
  let [u0, u1, v0, v1] = [columns, 0, rows, 0];
  for (let v = 0; v < rows; v++) {
    let at = slice * strides[0] + v * strides[2];
    for (let u = 0; u < columns; u++, at += strides[1]) {
      if (marks[at] !== PAINTED) continue;
      u0 = Math.min(u0, u);
      u1 = Math.max(u1, u + 1);
      v0 = Math.min(v0, v);
      v1 = v + 1;
    }
  }
  return u1 === 0 ? null : { slice, u0, u1, v0, v1 };
}

/** Marks what lies between two painted slices. */
async function interpolateGap(
  all: Marks,
  from: PaintedSlice,
  to: PaintedSlice,
  signal: AbortSignal,
): Promise<void> {
  const { marks, strides } = all;
  const depth = to.slice - from.slice + 1;
  // A free voxel all about, since shapes that touch the border of an image are cut off.
  const box = {
    u0: Math.min(from.u0, to.u0) - 1,
    u1: Math.max(from.u1, to.u1) + 1,
    v0: Math.min(from.v0, to.v0) - 1,
    v1: Math.max(from.v1, to.v1) + 1,
  };
  const [width, height] = [box.u1 - box.u0, box.v1 - box.v0];
  const name = `between slices ${from.slice} and ${to.slice}`;
  if (width * height * depth > MAX_ITK_BYTES) {
    throw new UserError(
      'usage',
      `The painted shapes ${name} span more than 2 GiB; paint a slice between them first.`,
    );
  }
  const data = new Uint8Array(width * height * depth);
  const index = (u: number, v: number, slice: number): number =>
    slice * strides[0] + u * strides[1] + v * strides[2];
  for (const { slice, u0, u1, v0, v1 } of [from, to]) {
    for (let v = v0; v < v1; v++) {
      const row = ((slice - from.slice) * height + v - box.v0) * width - box.u0;
      for (let u = u0; u < u1; u++) {
        data[row + u] = marks[index(u, v, slice)] === PAINTED ? 1 : 0;
      }
    }
  }
  const found = await runInterpolation(data, [width, height, depth], name, signal);
  for (let slice = from.slice + 1; slice < to.slice; slice++) {
    for (let v = Math.max(0, box.v0); v < Math.min(all.rows, box.v1); v++) {
      const row = ((slice - from.slice) * height + v - box.v0) * width - box.u0;
      for (let u = Math.max(0, box.u0); u < Math.min(all.columns, box.u1); u++) {
        if (found[row + u] === 1) marks[index(u, v, slice)] = FOUND;
      }
    }
  }
}

/** Label 1 between the first and the last slice along z. */
async function runInterpolation(
  data: Uint8Array<ArrayBuffer>,
  size: Vector3,
  name: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const refused = (reason: string, cause: unknown): UserError =>
    new UserError(
      'usage',
      `The interpolation ${name} gave up${reason}; paint a slice between them, or shapes that are more alike.`,
      {},
      cause,
    );
  const image = volumeToItkImage(createVolume({ kind: 'labels', name: 'gap', size, data }));
  const [output] = await runItkPipeline({
    pipeline: 'morphological-contour-interpolation',
    call: ({ Image }) => ({
      args: ['0', '0', '--memory-io', '--label', '1', '--axis', '2'],
      outputs: [{ type: Image }],
      inputs: [{ type: Image, data: image as never }],
    }),
    refused,
    signal,
  });
  if (!isItkImage(output) || !(output.data instanceof Uint8Array)) throw refused('', output);
  if (output.data.length !== size[0] * size[1] * size[2]) throw refused('', output);
  return output.data;
}

/** The found voxels as an edit records them. */
function* runsOf(marks: Uint8Array): Steps<string> {
  const runs: string[] = [];
  let end = 0;
  for (let start = marks.indexOf(FOUND); start >= 0; start = marks.indexOf(FOUND, end)) {
    const gap = start - end;
    end = start + 1;
    while (marks[end] === FOUND) end += 1;
    runs.push(`${gap},${end - start}`);
    if (runs.length % 4096 === 0) yield;
  }
  return runs.join(' ');
}
