import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canRedo,
  createHistory,
  currentState,
  pushState,
  redo,
  redoLabel,
  undo,
  undoLabel,
} from './history.ts';

describe('history', () => {
  it('walks back and forth through named states', () => {
    const history = pushState(pushState(createHistory(0), 1, 'one'), 2, 'two');
    expect(undoLabel(history)).toBe('two');
    const back = undo(history);
    expect([currentState(back), undoLabel(back), redoLabel(back)]).toEqual([1, 'one', 'two']);
    expect(currentState(redo(back))).toBe(2);
  });

  it('drops what was undone when a new state comes', () => {
    const history = pushState(undo(pushState(createHistory('a'), 'b', 'b')), 'c', 'c');
    expect(canRedo(history)).toBe(false);
    expect(currentState(undo(history))).toBe('a');
  });

  it('merges the states of one drag into one step', () => {
    let history = createHistory(0);
    for (const value of [1, 2, 3]) history = pushState(history, value, 'drag', 'slider');
    expect(currentState(history)).toBe(3);
    expect(currentState(undo(history))).toBe(0);
  });

  it('undoes any number of changes exactly', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 40 }), (values) => {
        let history = createHistory(-1);
        for (const value of values) history = pushState(history, value, 'x');
        for (const value of values.toReversed()) {
          expect(currentState(history)).toBe(value);
          history = undo(history);
        }
        expect(currentState(history)).toBe(-1);
      }),
    );
  });

  it('names a merged change from the value before all of it', () => {
    const name = (after: number) => (before: number) => `${before} → ${after}`;
    const typed = pushState(
      pushState(createHistory(2), 3, name(3), 'typing'),
      31,
      name(31),
      'typing',
    );
    expect(undoLabel(typed)).toBe('2 → 31');
  });
});
