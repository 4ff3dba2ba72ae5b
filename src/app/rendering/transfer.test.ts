import { describe, expect, it } from 'vitest';
import { greyTransfer, phaseTransfer } from './transfer.ts';

const PHASES = [
  { label: 0, name: 'pore', colour: '#0000ff', pore: true },
  { label: 1, name: 'binder', colour: '#00ff00', pore: false },
  { label: 2, name: 'active', colour: '#ff0000', pore: false },
];

describe('grey transfer', () => {
  it('spans the window in preview values and rises from clear', () => {
    const points = greyTransfer({ low: 25, high: 75 }, [0, 100], 'grey');
    expect(points[0]).toMatchObject({ value: 63.75, opacity: 0, colour: [0, 0, 0] });
    expect(points.at(-1)?.value).toBeCloseTo(191.25);
    expect(points.at(-1)?.colour).toEqual([1, 1, 1]);
    const opacities = points.map((point) => point.opacity);
    expect(opacities).toEqual(opacities.toSorted((a, b) => a - b));
  });

  it('survives a constant volume and an empty window', () => {
    const points = greyTransfer({ low: 5, high: 5 }, [5, 5], 'viridis');
    expect(points.every((point) => Number.isFinite(point.value))).toBe(true);
  });
});

describe('phase transfer', () => {
  const opacityOf = (label: number, hidden: readonly number[] = []) =>
    phaseTransfer(PHASES, hidden).find((point) => Math.round(point.value) === label)?.opacity;

  it('shows solid phases and leaves pores clear', () => {
    expect([opacityOf(0), opacityOf(1), opacityOf(2)]).toEqual([0, 0.75, 0.75]);
  });

  it('hides what the user hid', () => {
    expect([opacityOf(1, [1]), opacityOf(2, [1])]).toEqual([0, 0.75]);
  });

  it('shows pores when nothing else is left', () => {
    expect(opacityOf(0, [1, 2])).toBe(0.75);
  });

  it('keeps neighbouring labels apart', () => {
    const values = phaseTransfer(PHASES, []).map((point) => point.value);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(new Set(values).size).toBe(values.length);
  });
});
