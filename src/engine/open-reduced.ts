/**
 * Opens a volume cropped, binned or converted. Slices are read some at a time and only the result is
 * held; its voxels are those of the whole volume after the steps that `openingSteps` names.
 */
import { cancelled, UserError } from '../errors/errors.ts';
import type { ByteSource, SlabReader } from '../io/format.ts';
import {
  type OpenedVolume,
  type OpenOptions,
  openSlabs,
  READ_SHARE,
  surveyed,
} from '../io/open.ts';
import { conversionRangePasses } from '../kernels/conversion-range.ts';
import { rescale } from '../kernels/rescale.ts';
import { finish } from '../kernels/steps.ts';
import { binned, binSlices } from '../volume/binning.ts';
import { boxOrigin, boxSize, copyBox, type VoxelBox } from '../volume/box.ts';
import type { VoxelSpacing } from '../volume/length.ts';
import { binFactor, keptBox, type Reduction } from '../volume/reduction.ts';
import { looksSegmented, surveyVolume, type VolumeSurvey } from '../volume/statistics.ts';
import {
  allocateVoxels,
  bytesPerVoxel,
  createVolume,
  type NumericVoxelArray,
  numericSteps,
  type Size3,
  type Volume,
  type VoxelArray,
  type VoxelType,
  voxelCount,
} from '../volume/volume.ts';

export interface ReducedVolume extends OpenedVolume {
  /** What was done, with a range that was left automatic as it was found. */
  readonly reduction: Reduction;
}

/** Voxels that are read at a time: 32 MiB of them. */
const SLAB_BYTES = 32 * 2 ** 20;

/** Of progress and cancellation what a pass needs. */
interface Passes {
  readonly total: number;
  done: number;
  readonly signal: AbortSignal | undefined;
  readonly progress: ((fraction: number) => void) | undefined;
}

/** Throws what opening throws, and `parameter/invalid` for a reduction that does not fit. */
export async function openReduced(
  sources: readonly ByteSource[],
  reduction: Reduction,
  options: OpenOptions & { readonly spacing?: VoxelSpacing | null } = {},
): Promise<ReducedVolume> {
  const { reader, metadata, files } = await openSlabs(sources, options);
  const { size } = metadata;
  const spacing = options.spacing ?? metadata.spacing;
  const box = keptBox(reduction, size);
  const cropped = { size: boxSize(box), spacing, origin: boxOrigin({ ...reader, spacing }, box) };
  const { factors, ...geometry } = binned(cropped, binFactor(reduction));
  const isConverted = reduction.convert !== 'keep';
  const asksKind = options.kind === undefined && reader.kind !== 'labels';
  const passes: Passes = {
    total: 1 + Number(asksKind) + (isConverted ? 2 : 0),
    done: 0,
    signal: options.signal,
    progress: options.progress,
  };
  const kind = options.kind ?? (asksKind ? await findKind(reader, box, passes) : 'labels');
  if (isConverted && kind === 'labels') {
    throw new UserError(
      'volume/not-grey',
      `${reader.name} holds labels, whose numbers are names: they are not converted. Leave out the conversion, or open it as grey values.`,
    );
  }
  const blocks = (visit: (data: VoxelArray, at: number) => void): Promise<void> =>
    eachSlab(reader, box, factors[2], passes, (data, slab, first) => {
      const at = geometry.size[0] * geometry.size[1] * Math.floor(first / factors[2]);
      visit(binFactor(reduction) === 1 ? data : smaller(kind, data, slab, factors), at);
    });
  const count = voxelCount(geometry.size);
  let settled = reduction;
  let data: VoxelArray;
  if (isConverted) {
    const [from, to] = await findRange(blocks, reduction, reader);
    settled = { ...reduction, convertFrom: from, convertTo: to };
    const out = reduction.convert === 'uint8' ? new Uint8Array(count) : new Uint16Array(count);
    await blocks((values, at) => rescale(values, from, to, out, at));
    data = out;
  } else {
    const out = allocateVoxels(metadata.type, count);
    await blocks((values, at) => out.set(values as never, at));
    data = out;
  }
  const { name, phases } = reader;
  const volume = createVolume({ kind, name, phases, ...geometry, data });
  const warnings = [...metadata.warnings, ...reader.warnings];
  const read = {
    volume,
    metadata: {
      ...metadata,
      size: volume.size,
      type: volume.type,
      spacing: volume.spacing,
      warnings,
    },
  };
  return { ...(await surveyed(read, files, { ...options, kind })), reduction: settled };
}

/** Blocks of neighbouring slices in memory of their own. */
function smaller(kind: Volume['kind'], data: VoxelArray, size: Size3, factors: Size3): VoxelArray {
  const count = size.reduce((all, edge, i) => all * Math.floor(edge / (factors[i] as number)), 1);
  const out = new (data.constructor as new (length: number) => VoxelArray)(count);
  binSlices(kind, data, size, factors, out, 0);
  return out;
}

/**
 * One pass over the slices of the box, a multiple of `multiple` at a time; those left over at the far
 * end, too few for a block, are not read.
 */
async function eachSlab(
  reader: SlabReader,
  box: VoxelBox,
  multiple: number,
  passes: Passes,
  visit: (data: VoxelArray, size: Size3, first: number) => void,
): Promise<void> {
  const { size, type } = reader.metadata;
  const [nx, ny] = size;
  const [x0, x1, y0, y1, z0, z1] = box;
  const fitting = Math.floor(SLAB_BYTES / (nx * ny * bytesPerVoxel(type)));
  const step = Math.max(multiple, fitting - (fitting % multiple));
  const end = z1 - ((z1 - z0) % multiple);
  for (let z = z0; z < end; z += step) {
    if (passes.signal?.aborted) throw cancelled();
    const last = Math.min(z + step, end);
    const slab: Size3 = [x1 - x0, y1 - y0, last - z];
    const whole = await reader.readSlices(z, last);
    visit(
      await within(whole, type, [nx, ny, last - z], [x0, x1, y0, y1, 0, last - z]),
      slab,
      z - z0,
    );
    passes.progress?.((READ_SHARE * (passes.done + (last - z0) / (end - z0))) / passes.total);
  }
  passes.done += 1;
}

async function within(
  data: VoxelArray,
  type: VoxelType,
  size: Size3,
  box: VoxelBox,
): Promise<VoxelArray> {
  const [nx, ny] = boxSize(box);
  if (nx === size[0] && ny === size[1]) return data;
  return copyBox({ data, type, size }, box, () => Promise.resolve());
}

/** What the voxels of the box are, by the rule that opening has for all voxels. */
async function findKind(
  reader: SlabReader,
  box: VoxelBox,
  passes: Passes,
): Promise<Volume['kind']> {
  const surveys: Pick<VolumeSurvey, 'distinct' | 'minimum'>[] = [];
  const pending: Promise<void>[] = [];
  await eachSlab(reader, box, 1, passes, (data, size) => {
    // Once one part has too many values, the others cannot change that.
    if (surveys.some(({ distinct }) => distinct === null)) return;
    pending.push(surveyVolume({ data, size }).then((survey) => void surveys.push(survey)));
  });
  await Promise.all(pending);
  const isGrey = reader.metadata.tags['tauscope kind'] === 'grey';
  return !isGrey && looksSegmented(surveys, voxelCount(boxSize(box))) ? 'labels' : 'grey';
}

type EachBlock = (visit: (data: VoxelArray, at: number) => void) => Promise<void>;

/** The ends of a conversion: those stated, else extremes or percentiles as `convert-type` finds them. */
async function findRange(
  blocks: EachBlock,
  { convertFrom, convertTo, convertTail }: Reduction,
  { name, metadata: { type } }: SlabReader,
): Promise<readonly [from: number, to: number]> {
  const ends = { from: convertFrom, to: convertTo, tail: convertTail / 100 };
  const passes = conversionRangePasses(numbersOf(allocateVoxels(type, 0)), ends);
  let pass = passes.next();
  while (pass.done !== true) {
    const { addSteps } = pass.value;
    await blocks((data) => finish(addSteps(numbersOf(data))));
    pass = passes.next();
  }
  const [from, to] = pass.value;
  if (from <= to) return [from, to];
  const isEmpty = Number.isNaN(from + to);
  throw new UserError(
    isEmpty ? 'volume/not-finite' : 'parameter/invalid',
    isEmpty
      ? `${name} has no grey value that is a finite number: there is no range to convert.`
      : `The conversion goes from ${from} to ${to}: its end must not be below its start.`,
  );
}

function numbersOf(data: VoxelArray): NumericVoxelArray {
  return finish(numericSteps(data));
}
