import { describe, expect, it } from 'vitest';
import { UserError } from '../errors/errors.ts';
import { defaultParameters } from '../declaration/parameters.ts';
import { REDUCTION_FIELDS } from '../volume/reduction.ts';
import { inputChoices, parseVoxelSize } from './input.ts';

const NOT_REDUCED = defaultParameters(REDUCTION_FIELDS);

describe('parseVoxelSize', () => {
  it.each([
    ['0.4um', [0.4, 0.4, 0.4], 'µm'],
    ['0.4 um', [0.4, 0.4, 0.4], 'µm'],
    ['0.4\u00b5m', [0.4, 0.4, 0.4], 'µm'],
    ['0.4\u03bcm', [0.4, 0.4, 0.4], 'µm'],
    ['400nm', [400, 400, 400], 'nm'],
    [' 400 NM ', [400, 400, 400], 'nm'],
    ['.5mm', [0.5, 0.5, 0.5], 'mm'],
    ['5.mm', [5, 5, 5], 'mm'],
    ['1e-3mm', [0.001, 0.001, 0.001], 'mm'],
    ['2E+1nm', [20, 20, 20], 'nm'],
    ['1m', [1, 1, 1], 'm'],
    ['3 micron', [3, 3, 3], 'µm'],
    ['4 Å', [0.4, 0.4, 0.4], 'nm'],
    ['0.4x0.4x1um', [0.4, 0.4, 1], 'µm'],
    ['0.4 x 0.5 X 1 µm', [0.4, 0.5, 1], 'µm'],
    ['0.4×0.5×1um', [0.4, 0.5, 1], 'µm'],
  ])('reads %j', (text, values, unit) => {
    expect(parseVoxelSize(text)).toEqual({ values, unit });
  });

  it.each([
    '',
    'um',
    '0.4',
    '0.4 voxels',
    '0.4 px',
    '0,4um',
    '-1um',
    '0um',
    '1x0x1um',
    '1x1um',
    '1x1x1x1um',
    '0.4umx1um',
    '1..2um',
    '0x10um',
    'NaNum',
    'Infinityum',
    '1e400um',
    'constructor',
    '1 constructor',
    '1um\n2um',
  ])('refuses %j as wrong usage, in one sentence', (text) => {
    let thrown: unknown;
    try {
      parseVoxelSize(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(UserError);
    expect((thrown as UserError).code).toBe('usage');
    // A message shows no control characters.
    const shown = text.replaceAll(/\p{Cc}/gu, '\ufffd');
    expect((thrown as UserError).message).toContain(`--voxel-size is "${shown}": it must be`);
  });
});

describe('inputChoices', () => {
  it('leaves everything to the file unless told', () => {
    expect(inputChoices({})).toEqual({
      kind: null,
      spacing: null,
      read: {},
      reduction: NOT_REDUCED,
    });
  });

  it('takes the kind and the voxel size that are stated', () => {
    expect(
      inputChoices({
        'as-labels': true,
        'voxel-size': '2nm',
        dataset: 'exchange/data',
        crop: '1,5,0,4,0,4',
        bin: '2',
      }),
    ).toEqual({
      kind: 'labels',
      read: { dataset: 'exchange/data' },
      reduction: { ...NOT_REDUCED, crop: [1, 5, 0, 4, 0, 4], bin: '2' },
      spacing: { values: [2, 2, 2], unit: 'nm' },
    });
    expect(inputChoices({ 'as-grey': true }).kind).toBe('grey');
  });

  it('refuses two kinds at once', () => {
    expect(() => inputChoices({ 'as-labels': true, 'as-grey': true })).toThrow(/exclude/);
  });
});
