import { expect, it } from 'vitest';
import type { PlotFigure } from '../../../figures/plot-figure.ts';
import { movedPlace } from './moved-place.ts';

const axis = { title: '', name: '', unit: '', isLog: false };
const series = (count: number, order: number) => ({
  name: '',
  colour: '#000000',
  order,
  points: Array.from({ length: count }, (_, x) => ({ x, until: null, y: x })),
});
const figure: PlotFigure = {
  title: '',
  kind: 'line',
  x: axis,
  y: axis,
  words: null,
  panels: [
    { title: 'a', series: [series(4, 0), series(2, 1)] },
    { title: 'b', series: [series(3, 0)] },
  ],
};

it.each([
  ['ArrowRight', null, { panel: 0, series: 0, point: 0 }],
  ['ArrowRight', { panel: 0, series: 0, point: 3 }, { panel: 0, series: 0, point: 3 }],
  ['ArrowLeft', { panel: 0, series: 0, point: 2 }, { panel: 0, series: 0, point: 1 }],
  ['ArrowDown', { panel: 0, series: 0, point: 3 }, { panel: 0, series: 1, point: 1 }],
  ['PageDown', { panel: 0, series: 1, point: 1 }, { panel: 1, series: 0, point: 1 }],
  ['End', { panel: 1, series: 0, point: 0 }, { panel: 1, series: 0, point: 2 }],
  ['Home', { panel: 1, series: 0, point: 2 }, { panel: 1, series: 0, point: 0 }],
  ['Escape', { panel: 1, series: 0, point: 2 }, null],
  ['Escape', null, undefined],
  ['a', null, undefined],
] as const)('%s from %j leads to %j', (key, from, to) => {
  expect(movedPlace(figure, from, key)).toEqual(to);
});
