import { describe, expect, it } from 'vitest';
import type { ParameterField } from '../../../declaration/parameters.ts';
import { changeLabel } from './change-label.ts';

const OPERATION = { title: 'Gaussian smoothing' };
const SIGMA: ParameterField = {
  kind: 'number',
  title: 'Sigma',
  help: '',
  unit: 'voxels',
  min: 0,
  max: 10,
  step: 1,
  default: 1,
};

describe('changeLabel', () => {
  it('gives both values and the unit once', () => {
    expect(changeLabel(OPERATION, SIGMA, 2, 3)).toBe('Sigma of Gaussian smoothing 2 → 3 voxels');
  });

  it('starts from the default where the recipe names no value', () => {
    expect(changeLabel(OPERATION, SIGMA, undefined, 3)).toBe(
      'Sigma of Gaussian smoothing 1 → 3 voxels',
    );
  });

  it('names automatic values, choices and switches as the form does', () => {
    const auto: ParameterField = { ...SIGMA, kind: 'auto-number', auto: 'found' };
    expect(changeLabel(OPERATION, auto, null, 4)).toMatch(/automatic → 4 voxels$/);
    const choice: ParameterField = {
      kind: 'choice',
      title: 'Border',
      help: '',
      options: [
        { value: 'a', title: 'Mirrored' },
        { value: 'b', title: 'Repeated' },
      ],
      default: 'a',
    };
    expect(changeLabel(OPERATION, choice, 'a', 'b')).toMatch(/mirrored → repeated$/);
  });

  it('spares long values', () => {
    const box: ParameterField = { kind: 'box', title: 'Box', help: '' };
    expect(changeLabel(OPERATION, box, null, [0, 1, 0, 1, 0, 1])).toBe(
      'Change Box of Gaussian smoothing',
    );
  });
});
