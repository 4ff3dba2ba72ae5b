/**
 * What may be done to a volume while it is opened, so that less of it has to fit in memory. One
 * declaration: the dialog, the options of the command line and the recorded steps derive from it.
 */
import {
  type ParameterFields,
  type ParameterValues,
  type RawParameters,
} from '../declaration/parameters.ts';
import { UserError } from '../errors/errors.ts';
import { binned } from './binning.ts';
import { boxSize, type VoxelBox, wholeBox } from './box.ts';
import type { Size3, VolumeShape } from './volume.ts';

export const REDUCTION_FIELDS = {
  crop: {
    kind: 'box',
    title: 'Crop',
    help: 'Voxels to keep, counted from 0, each end not included; only their slices are read.',
  },
  bin: {
    kind: 'choice',
    title: 'Bin',
    help: 'Joins cubes of voxels into one: the mean of grey values, the commonest label. The voxel size grows with it.',
    options: [
      { value: '1', title: 'no' },
      { value: '2', title: 'by 2 (an eighth of the memory)' },
      { value: '4', title: 'by 4 (a sixty-fourth)' },
    ],
    default: '1',
  },
  convert: {
    kind: 'choice',
    title: 'Convert',
    help: 'Maps the range of grey values onto fewer bits. The range is stated with the volume.',
    options: [
      { value: 'keep', title: 'no' },
      { value: 'uint16', title: 'to 16 bits' },
      { value: 'uint8', title: 'to 8 bits' },
    ],
    default: 'keep',
  },
  convertFrom: {
    kind: 'auto-number',
    title: 'From',
    help: 'The grey value that becomes 0.',
    unit: 'grey',
    min: -1e30,
    max: 1e30,
    step: 1,
    auto: 'the smallest grey value, or the percentile that Tail names',
  },
  convertTo: {
    kind: 'auto-number',
    title: 'To',
    help: 'The grey value that becomes the largest number.',
    unit: 'grey',
    min: -1e30,
    max: 1e30,
    step: 1,
    auto: 'the largest grey value, or the percentile that Tail names',
  },
  convertTail: {
    kind: 'number',
    title: 'Tail',
    help: 'Share of the voxels that is clipped at either end where an end is automatic: 0.1 keeps a few hot voxels from setting the range.',
    unit: '%',
    min: 0,
    max: 10,
    step: 0.1,
    default: 0,
  },
} as const satisfies ParameterFields;

export type Reduction = ParameterValues<typeof REDUCTION_FIELDS>;

export function binFactor({ bin }: Pick<Reduction, 'bin'>): number {
  return Number(bin);
}

export function isReducing({ crop, bin, convert }: Reduction): boolean {
  return crop !== null || bin !== '1' || convert !== 'keep';
}

/** A step of a recipe that does the same to the whole volume. */
export interface OpeningStep {
  readonly operation: string;
  readonly params: RawParameters;
}

/** In the order in which they are applied. */
export function openingSteps(reduction: Reduction): readonly OpeningStep[] {
  const { crop, convert, convertFrom: from, convertTo: to, convertTail: tail } = reduction;
  return [
    ...(crop === null ? [] : [{ operation: 'crop-box', params: { box: crop } }]),
    ...(reduction.bin === '1'
      ? []
      : [{ operation: 'resample-bin', params: { factor: binFactor(reduction) } }]),
    ...(convert === 'keep'
      ? []
      : [{ operation: 'convert-type', params: { type: convert, from, to, tail } }]),
  ];
}

/** The box that is kept. Throws `parameter/invalid` where it leaves the volume. */
export function keptBox({ crop }: Pick<Reduction, 'crop'>, size: Size3): VoxelBox {
  if (crop === null) return wholeBox(size);
  const axis = size.findIndex((edge, i) => (crop[2 * i + 1] as number) > edge);
  if (axis < 0) return crop;
  throw new UserError(
    'parameter/invalid',
    `The crop ends at ${crop[2 * axis + 1]} along ${'xyz'[axis]}, but the volume has ${size[axis]} voxels there: use an end of at most ${size[axis]}.`,
    { parameter: 'crop', axis },
  );
}

/** What is left. Throws `parameter/invalid` for a crop or a block that does not fit. */
export function reducedShape(
  shape: Pick<VolumeShape, 'size' | 'type' | 'spacing'>,
  reduction: Reduction,
): Pick<VolumeShape, 'size' | 'type' | 'spacing'> {
  const { convert } = reduction;
  const cropped = { ...shape, size: boxSize(keptBox(reduction, shape.size)) };
  const { size, spacing } = binned({ ...cropped, origin: [0, 0, 0] }, binFactor(reduction));
  return {
    size,
    spacing,
    type: convert === 'uint8' || convert === 'uint16' ? convert : shape.type,
  };
}
