import { describe, expect, it } from 'vitest';
import { COLOUR_MAPS, colourTable } from './colour-maps.ts';

/** CIE lightness L*, 0 to 100, of an sRGB colour. */
function lightness(red: number, green: number, blue: number): number {
  const [r = 0, g = 0, b = 0] = [red, green, blue].map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y;
}

function lightnesses(id: (typeof COLOUR_MAPS)[number]['id']): number[] {
  const table = colourTable(id);
  return Array.from({ length: 256 }, (_, step) =>
    lightness(...(table.slice(3 * step, 3 * step + 3) as unknown as [number, number, number])),
  );
}

/** Rounding of colours to bytes. */
const ROUNDING = 0.3;

describe('colour maps', () => {
  it.each(COLOUR_MAPS.filter(({ id }) => id !== 'blue-red'))(
    '$title goes evenly from dark to light or back, also without colour',
    ({ id }) => {
      const all = lightnesses(id);
      const order = id === 'inverted' ? all.toReversed() : all;
      for (let step = 1; step < 256; step++) {
        expect(order[step]).toBeGreaterThanOrEqual((order[step - 1] as number) - ROUNDING);
      }
      // Every fifth of the scale is a visible difference.
      const travel = (order[255] as number) - (order[0] as number);
      for (let step = 51; step < 256; step += 51) {
        const part = (order[step] as number) - (order[step - 51] as number);
        expect(part).toBeGreaterThan(0.1 * travel);
      }
    },
  );

  it('the diverging map is lightest in its middle and as dark at either end', () => {
    const all = lightnesses('blue-red');
    expect(all.indexOf(Math.max(...all))).toBeGreaterThanOrEqual(126);
    expect(all.indexOf(Math.max(...all))).toBeLessThanOrEqual(129);
    expect(Math.abs((all[0] as number) - (all[255] as number))).toBeLessThan(5);
  });
});
