import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Column, ResultTable } from '../declaration/results.ts';
import { describeFigure, plotFigure, pointText } from './plot-figure.ts';
import { layoutPlot, nearestPoint, pointAt, PRINT_WIDTHS, printLook } from './plot-layout.ts';
import { plotSvg } from './plot-svg.ts';

function column(id: string, title = id, symbol = ''): Column {
  return { id, title, symbol, unit: '', help: '' };
}

/** 0.1 sin-like steps without a function that engines define differently. */
function wave(k: number): number {
  return 0.35 + 0.02 * ((k * 7) % 11) - 0.001 * k;
}

const slices: ResultTable = {
  id: 'slices',
  title: 'Fractions',
  columns: [
    column('phase'),
    column('direction', 'Direction'),
    column('position', 'Position'),
    column('fraction', 'Volume fraction', 'ε'),
  ],
  rows: ['pore', 'a < b & "c"'].flatMap((phase, p) =>
    ['x', 'y', 'z'].flatMap((direction, axis) =>
      Array.from({ length: 8 + 4 * axis }, (_, k) => ({
        phase,
        direction,
        position: 0.4 * (k + 0.5),
        unit: 'µm',
        fraction: k === 5 && p === 1 ? null : p === 0 ? wave(k) : 1 - wave(k),
      })),
    ),
  ),
  notes: [],
  plots: [
    {
      id: 'fractions',
      title: 'Fractions along the axes',
      kind: 'line',
      x: { column: 'position', unit: 'unit' },
      y: { column: 'fraction' },
      series: 'phase',
      panels: 'direction',
    },
  ],
};

const distribution: ResultTable = {
  id: 'distribution',
  title: 'Size distribution',
  columns: [column('from'), column('to'), column('share', 'Share')],
  rows: [0.1, 0.4, 0.3, 0.15, 0.05].map((share, i) => ({ from: 2 * i, to: 2 * i + 2, share })),
  notes: [],
  plots: [
    {
      id: 'steps',
      title: 'Sizes',
      kind: 'steps',
      x: { column: 'from', until: 'to', title: 'Diameter D' },
      y: { column: 'share' },
    },
    {
      id: 'bars',
      title: 'Sizes',
      kind: 'bars',
      x: { column: 'from', until: 'to' },
      y: { column: 'share' },
    },
  ],
};

const words: ResultTable = {
  id: 'percolation',
  title: 'Percolation',
  columns: [
    column('phase'),
    column('direction', 'Direction'),
    column('p', 'Percolating fraction', 'p'),
  ],
  rows: ['pore', 'active'].flatMap((phase, i) =>
    ['x', 'y', 'z'].map((direction, axis) => ({ phase, direction, p: 0.9 - 0.1 * axis - 0.4 * i })),
  ),
  notes: [],
  plots: [
    {
      id: 'p',
      title: 'Percolating fraction',
      kind: 'bars',
      x: { column: 'direction' },
      y: { column: 'p' },
      series: 'phase',
    },
  ],
};

const sizes: ResultTable = {
  id: 'sizes',
  title: 'Sizes',
  columns: [column('component', 'Component'), column('volume', 'Volume', 'V')],
  rows: [4000, 800, 90, 12, 3, 1, 0].map((volume, i) => ({
    component: i + 1,
    volume,
    unit: 'µm³',
  })),
  notes: [],
  plots: [
    {
      id: 'sizes',
      title: 'Sizes',
      kind: 'points',
      x: { column: 'component' },
      y: { column: 'volume', unit: 'unit', scale: 'log' },
    },
  ],
};

const CASES = { slices, distribution, words, sizes } as const;

function figure(table: ResultTable, index = 0) {
  const plot = table.plots?.[index];
  const made =
    plot === undefined ? null : plotFigure(table, plot, new Map([['active', '#e69f00']]));
  if (made === null) throw new Error('nothing to draw');
  return made;
}

describe('plotSvg', () => {
  it.each(Object.keys(CASES) as (keyof typeof CASES)[])('draws %s byte for byte', (name) => {
    for (const [width, millimetres] of Object.entries(PRINT_WIDTHS)) {
      const svg = plotSvg(figure(CASES[name]), printLook(millimetres));
      const path = new URL(`golden/${name}-${width}.svg`, import.meta.url);
      if (process.env['TAUSCOPE_UPDATE_GOLDEN'] === '1') writeFileSync(path, svg);
      expect(svg).toBe(readFileSync(path, 'utf8'));
    }
  });

  it('states the unit on the axis and the width in millimetres', () => {
    const svg = plotSvg(figure(slices), printLook(85));
    expect(svg).toContain('>Position (µm)</text>');
    expect(svg).toContain('>Volume fraction ε</text>');
    expect(svg).toMatch(/^<svg [^>]*width="85mm"/);
  });

  it('escapes names and draws no number that is none', () => {
    const svg = plotSvg(figure(slices), printLook(175));
    expect(svg).toContain('a &lt; b &amp; &quot;c&quot;');
    expect(svg).not.toMatch(/NaN|Infinity|<script/);
  });

  it('interrupts a curve where a value is missing', () => {
    const svg = plotSvg(figure(slices), printLook(175));
    const curves = [
      ...svg.matchAll(/<path d="([^"]*)" fill="none" stroke="#[^"]*" stroke-width="4.4"/g),
    ];
    const parts = curves.map(([, path]) => path?.match(/M/g)?.length);
    expect(parts).toContain(2);
  });

  it('has a scale where all values agree', () => {
    const same = { ...distribution, rows: [{ from: 1, to: 1, share: 0 }] };
    expect(plotSvg(figure(same), printLook(85))).not.toMatch(/NaN|Infinity/);
  });

  it('puts bins from their lower to their upper end, on zero', () => {
    const made = figure(distribution, 1);
    const [panel] = layoutPlot(made, printLook(85)).panels;
    const rects = [
      ...plotSvg(made, printLook(85)).matchAll(
        /<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" fill="#0072b2"/g,
      ),
    ];
    expect(rects).toHaveLength(5);
    const [, left = '', top = '', width = '', height = ''] = rects[1] ?? [];
    const room = (panel?.right ?? 0) - (panel?.left ?? 0);
    expect(Number(left)).toBeCloseTo((panel?.left ?? 0) + room / 5, 0);
    expect(Number(width)).toBeCloseTo(room / 5, 0);
    expect(Number(top) + Number(height)).toBeCloseTo(panel?.bottom ?? 0, 0);
  });
});

describe('plotFigure', () => {
  it('is null where no row has a value', () => {
    const plot = slices.plots?.[0];
    if (plot === undefined) throw new Error('no plot');
    expect(plotFigure({ ...slices, rows: [] }, plot)).toBeNull();
    expect(
      plotFigure(
        { ...slices, rows: [{ phase: 'a', direction: 'x', position: 1, fraction: null }] },
        plot,
      ),
    ).toBeNull();
  });

  it('gives a series the colour of its phase', () => {
    expect(figure(words).panels[0]?.series.map(({ name, colour }) => [name, colour])).toEqual([
      ['pore', '#0072b2'],
      ['active', '#e69f00'],
    ]);
  });

  it('tells in words what is drawn', () => {
    expect(describeFigure(figure(words))).toBe(
      'Percolating fraction p against Direction. pore: 3 values, the smallest at z: 0.7, the largest at x: 0.9. active: 3 values, the smallest at z: 0.3, the largest at x: 0.5.',
    );
    expect(pointText(figure(sizes), figure(sizes).panels[0]?.series[0]?.points[1] as never)).toBe(
      '2: 800 µm³',
    );
  });
});

describe('nearestPoint', () => {
  it('finds each point at its own place', () => {
    const layout = layoutPlot(figure(slices), printLook(175));
    for (const place of [
      { panel: 0, series: 0, point: 3 },
      { panel: 1, series: 1, point: 7 },
      { panel: 2, series: 0, point: 15 },
    ]) {
      expect(nearestPoint(layout, ...pointAt(layout, place))).toEqual(place);
    }
    expect(nearestPoint(layout, 2, 2)).toBeNull();
  });
});
