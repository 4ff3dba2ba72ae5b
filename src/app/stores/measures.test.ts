import { beforeEach, describe, expect, it } from 'vitest';
import { undoLabel } from '../../recipe/history.ts';
import { useMeasures } from './measures.ts';

const SIZE = [10, 10, 10] as const;
const measures = useMeasures.getState;

describe('measures', () => {
  beforeEach(() => measures().begin([]));

  it('two points keep a measure and select it; the tool stays in hand', () => {
    measures().toggleTool('distance');
    measures().place('xy', [1, 2, 3], SIZE);
    measures().stretch([4, 4, 3]);
    expect(measures().draft).toEqual({ view: 'xy', from: [1, 2, 3], to: [4, 4, 3] });
    measures().place('xy', [5, 6, 3], SIZE);
    const [kept] = measures().kept;
    expect(kept).toMatchObject({ kind: 'distance', from: [1, 2, 3], to: [5, 6, 3], size: SIZE });
    expect(measures()).toMatchObject({ tool: 'distance', draft: null, selected: kept?.id });
  });

  it('a point in another view begins anew, and without a tool nothing begins', () => {
    measures().place('xy', [0, 0, 0], SIZE);
    expect(measures().draft).toBeNull();
    measures().toggleTool('rectangle');
    measures().place('xy', [0, 0, 0], SIZE);
    measures().place('xz', [1, 1, 1], SIZE);
    expect(measures().draft).toMatchObject({ view: 'xz', from: [1, 1, 1] });
    expect(measures().kept).toEqual([]);
  });

  it('Escape takes back the draft, then the measure made last, then the tool', () => {
    measures().toggleTool('profile');
    for (const x of [0, 3, 3, 6, 6]) measures().place('xy', [x, 0, 0], SIZE);
    expect(measures().escape()).toBe(true);
    expect(measures()).toMatchObject({ draft: null, tool: 'profile' });
    const [first, last] = measures().kept;
    expect(measures().selected).toBe(last?.id);
    measures().escape();
    expect(measures()).toMatchObject({ kept: [first], tool: 'profile' });
    measures().escape();
    expect(measures()).toMatchObject({ kept: [first], tool: null });
    expect(measures().escape()).toBe(false);
  });

  it('without a tool in hand Escape keeps what was measured', () => {
    measures().addWhole();
    expect(measures().escape()).toBe(false);
    expect(measures().kept).toHaveLength(1);
  });

  it('after a removal the measure before it is selected', () => {
    measures().addWhole();
    measures().addWhole();
    const [first, second] = measures().kept;
    measures().remove(second?.id as number);
    expect(measures().selected).toBe(first?.id);
  });

  it('every change of them is undone by name, and done again', () => {
    measures().addWhole();
    measures().toggleTool('distance');
    for (const x of [0, 3]) measures().place('xy', [x, 0, 0], SIZE);
    const kept = measures().kept;
    measures().removeAll();
    expect(undoLabel(measures().history)).toBe('Remove all measures');
    measures().undo();
    expect(measures().kept).toEqual(kept);
    expect(undoLabel(measures().history)).toBe('Add distance');
    measures().undo();
    expect(measures().kept).toHaveLength(1);
    measures().redo();
    expect(measures().kept).toEqual(kept);
  });
});
