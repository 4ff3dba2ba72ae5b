import { describe, expect, it } from 'vitest';
import { pushState, redo, undo, undoLabel } from '../../recipe/history.ts';
import {
  type ChangeHistory,
  changeToRedo,
  changeToUndo,
  noChanges,
  withoutChanges,
} from './change-history.ts';

function made(...changes: readonly number[]): ChangeHistory<number> {
  return changes.reduce(
    (history, change) => pushState(history, change, String(change)),
    noChanges<number>(),
  );
}

describe('a history of changes', () => {
  it('tells which change undo takes back and which redo does again', () => {
    const history = made(1, 2);
    expect([changeToUndo(history), changeToRedo(history)]).toEqual([2, null]);
    const back = undo(history);
    expect([changeToUndo(back), changeToRedo(back)]).toEqual([1, 2]);
    expect(changeToUndo(undo(back))).toBeNull();
  });

  it('forgets what is gone and keeps its place among the rest', () => {
    const odd = (change: number) => change % 2 === 1;
    const left = withoutChanges(undo(made(1, 2, 3, 4)), odd);
    expect([undoLabel(left), changeToRedo(left)]).toEqual(['2', 4]);
    expect(changeToUndo(redo(left))).toBe(4);
    expect(withoutChanges(made(1, 3), odd).entries).toHaveLength(1);
  });
});
