import { describe, expect, it } from 'vitest';
import type { Histogram } from '../../../../workers/engine-api.ts';
import { FIGURE_MM, histogramFigure } from './figure.ts';

const HISTOGRAM: Histogram = {
  start: -0.5,
  binWidth: 1,
  counts: Uint32Array.from({ length: 200 }, (_, level) => Math.abs(100 - level) * 10),
  exact: true,
  peaks: [30, 170],
  window: [5, 190],
};

const PARTS = {
  histogram: HISTOGRAM,
  compared: null,
  scale: 'linear' as const,
  intervals: [],
  names: null,
  title: 'a & b',
};

/** Numbers of all coordinates in paths. */
function coordinates(svg: string): number[] {
  const paths = [...svg.matchAll(/<path d="(M[^"]*)"/g)].map(([, d]) => d ?? '');
  return paths.flatMap((d) => d.match(/-?[\d.]+/g) ?? []).map(Number);
}

describe('histogramFigure', () => {
  it('needs nothing from outside', () => {
    const svg = histogramFigure(PARTS);
    expect(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg" width="90mm"')).toBe(true);
    expect(svg).not.toMatch(/var\(|class=|url\(|href|<style|NaN/);
    expect(svg).toContain('font-family="Helvetica');
    expect(svg).toContain('Histogram of a &amp; b');
  });

  it('stays on its page on both scales, with empty bins and with a comparison', () => {
    for (const scale of ['linear', 'log'] as const) {
      const svg = histogramFigure({ ...PARTS, scale, compared: HISTOGRAM });
      expect(svg).not.toContain('NaN');
      for (const value of coordinates(svg)) {
        expect(value).toBeGreaterThanOrEqual(-20);
        expect(value).toBeLessThanOrEqual(10 * FIGURE_MM.width);
      }
    }
  });

  it('marks each peak and names each interval', () => {
    const intervals = [
      { name: 'pore', from: null, to: 40 },
      { name: 'active <1>', from: 150, to: null },
    ];
    const svg = histogramFigure({ ...PARTS, intervals, names: intervals });
    expect(svg.match(/h14l-7 12z/g)?.length).toBe(2);
    expect(svg).toContain('>pore 30</text>');
    expect(svg).toContain('>active &lt;1&gt; 170</text>');
    expect(histogramFigure(PARTS)).toContain('>peak 2 170</text>');
    expect(svg).toContain('>pore</text>');
    expect(svg).toContain('>active &lt;1&gt;</text>');
  });

  it('draws the input at the size of what is shown', () => {
    const double = { ...HISTOGRAM, counts: HISTOGRAM.counts.map((count) => 2 * count) };
    const same = histogramFigure({ ...PARTS, compared: HISTOGRAM });
    expect(histogramFigure({ ...PARTS, compared: double })).toBe(same);
  });

  it('draws a constant volume', () => {
    const constant = { ...HISTOGRAM, start: 6.5, counts: Uint32Array.of(1000), peaks: [] };
    expect(histogramFigure({ ...PARTS, histogram: constant })).not.toContain('NaN');
  });
});
