/** Families of operations as menus name them, in the order of a usual recipe. */
import type { OperationDescriptor } from '../../stores/recipe-status.ts';

export type Family = OperationDescriptor['family'];

export const FAMILIES: readonly (readonly [Family, string])[] = [
  ['crop', 'Crop'],
  ['resample', 'Resample'],
  ['convert', 'Convert'],
  ['denoise', 'Denoise'],
  ['sharpen', 'Sharpen'],
  ['smooth', 'Smooth'],
  ['gradient', 'Gradient'],
  ['segment', 'Segment'],
  ['label', 'Labels'],
  ['correct', 'Correct'],
  ['measure', 'Measure'],
];
