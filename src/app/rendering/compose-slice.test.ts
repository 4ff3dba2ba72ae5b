import { describe, expect, it } from 'vitest';
import { colourTable } from './colour-maps.ts';
import {
  differenceGrid,
  composeSlice,
  type GreyLook,
  type LabelLook,
  NOT_FINITE_COLOUR,
} from './compose-slice.ts';

const GREY: GreyLook = { low: 0, high: 255, colourMap: 'grey' };
const NO_LABELS: LabelLook = { colours: new Map(), opacity: 0, style: 'fill' };

function reds(rgba: Uint8ClampedArray): number[] {
  return Array.from(rgba).filter((_, i) => i % 4 === 0);
}

describe('composeSlice', () => {
  it('maps the window linearly and clamps outside it', () => {
    const data = Uint16Array.of(0, 100, 150, 200, 65535);
    const rgba = composeSlice(
      { width: 5, height: 1, data },
      { low: 100, high: 200, colourMap: 'grey' },
      null,
      NO_LABELS,
    );
    expect(reds(rgba)).toEqual([0, 0, 128, 255, 255]);
    expect(Array.from(rgba).filter((_, i) => i % 4 === 3)).toEqual([255, 255, 255, 255, 255]);
  });

  it('spreads fields by their logarithms where asked', () => {
    const data = Float32Array.of(0, 0.01, 0.1, 1, 10, Number.NaN);
    const look: GreyLook = { low: 0.01, high: 1, colourMap: 'grey', scale: 'log' };
    const rgba = composeSlice({ width: 6, height: 1, data }, look, null, NO_LABELS);
    expect(reds(rgba)).toEqual([0, 0, 128, 255, 255, NOT_FINITE_COLOUR[0]]);
  });

  it.each([Uint8Array, Int8Array, Uint16Array, Int16Array])(
    'draws a large slice of %o through a table as it draws a small one directly',
    (Type) => {
      const look: GreyLook = { low: -30, high: 90, colourMap: 'viridis' };
      const small = new Type(256);
      small.forEach((_, i) => {
        small[i] = i - 128;
      });
      const large = new Type(256 * 256);
      for (let i = 0; i < large.length; i++) large[i] = small[i % 256] as number;
      const expected = composeSlice({ width: 256, height: 1, data: small }, look, null, NO_LABELS);
      const drawn = composeSlice({ width: 256, height: 256, data: large }, look, null, NO_LABELS);
      expect(drawn.slice(0, expected.length)).toEqual(expected);
      expect(drawn.slice(-expected.length)).toEqual(expected);
    },
  );

  it('shows voxels that are not numbers in a colour of their own', () => {
    const data = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, 255);
    const rgba = composeSlice({ width: 3, height: 1, data }, GREY, null, NO_LABELS);
    expect(Array.from(rgba.slice(0, 3))).toEqual([...NOT_FINITE_COLOUR]);
    expect(Array.from(rgba.slice(4, 7))).toEqual([...NOT_FINITE_COLOUR]);
    expect(Array.from(rgba.slice(8, 11))).toEqual([255, 255, 255]);
  });

  it('blends labels by their opacity and leaves unlisted labels alone', () => {
    const image = { width: 3, height: 1, data: Uint8Array.of(100, 100, 100) };
    const labels = { width: 3, height: 1, data: Uint32Array.of(0, 7, 100_000) };
    const look: LabelLook = {
      colours: new Map([
        [7, [200, 0, 100]],
        [100_000, [0, 0, 0]],
      ]),
      opacity: 0.5,
      style: 'fill',
    };
    const rgba = composeSlice(image, GREY, labels, look);
    expect(Array.from(rgba)).toEqual([100, 100, 100, 255, 150, 50, 100, 255, 50, 50, 50, 255]);
  });

  it('outlines only pixels beside another label', () => {
    const data = new Uint8Array(25);
    for (const i of [6, 7, 8, 11, 12, 13, 16, 17, 18]) data[i] = 1;
    const labels = { width: 5, height: 5, data };
    const look: LabelLook = { colours: new Map([[1, [255, 0, 0]]]), opacity: 1, style: 'outline' };
    const drawn = reds(composeSlice(null, GREY, labels, look));
    const outlined = drawn.flatMap((red, i) => (red === 255 ? [i] : []));
    expect(outlined).toEqual([6, 7, 8, 11, 13, 16, 17, 18]);
  });

  it('draws a constant window without dividing by zero', () => {
    const look: GreyLook = { low: 5, high: 5, colourMap: 'grey' };
    const data = Float32Array.of(4, 5, 6);
    expect(reds(composeSlice({ width: 3, height: 1, data }, look, null, NO_LABELS))).toEqual([
      0, 0, 255,
    ]);
  });
});

describe('colourTable', () => {
  it('begins and ends with the published colours of viridis', () => {
    const table = colourTable('viridis');
    expect(Array.from(table.slice(0, 3))).toEqual([0x44, 0x01, 0x54]);
    expect(Array.from(table.slice(-3))).toEqual([0xfd, 0xe7, 0x25]);
  });
});

describe('differenceGrid', () => {
  it('is exact value by value, and no number where either is none', () => {
    const ours = { width: 2, height: 2, data: Uint16Array.of(5, 65_535, 0, 7) };
    const theirs = { width: 2, height: 2, data: Float32Array.of(7, 0.5, Number.NaN, 7) };
    const difference = differenceGrid(ours, theirs);
    expect([...difference.data]).toEqual([-2, 65_534.5, Number.NaN, 0]);
    expect(difference).toMatchObject({ width: 2, height: 2 });
  });
});

describe('voxels without a value', () => {
  it('show the ground of the views, as those that are no numbers', () => {
    const grid = { width: 3, height: 1, data: Float32Array.of(0, 1, Number.NaN) };
    const look = { low: 0, high: 1, colourMap: 'grey', outside: 0 } as const;
    const rgba = composeSlice(grid, look, null, { colours: new Map(), opacity: 0, style: 'fill' });
    expect(Array.from(rgba)).toEqual([11, 13, 15, 255, 255, 255, 255, 255, 11, 13, 15, 255]);
  });
});
