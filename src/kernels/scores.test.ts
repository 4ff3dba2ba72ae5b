import { describe, expect, it } from 'vitest';
import { accuracy, classScores, confusionMatrix, meanDice } from './scores.ts';

describe('scores', () => {
  const truth = [0, 0, 0, 0, 1, 1, 2, 2];
  const predicted = [0, 0, 0, 1, 1, 1, 2, 0];
  const confusion = confusionMatrix(predicted, truth, 4);

  it('count each pair of labels, truth by rows', () => {
    expect(confusion).toEqual([
      [3, 1, 0, 0],
      [0, 2, 0, 0],
      [1, 0, 1, 0],
      [0, 0, 0, 0],
    ]);
  });

  it('follow from the counts', () => {
    const [first, second, third, absent] = classScores(confusion);
    expect(first).toEqual({ dice: 6 / 8, iou: 3 / 5, fractionError: 0 });
    expect(second).toEqual({ dice: 4 / 5, iou: 2 / 3, fractionError: 1 / 8 });
    expect(third).toEqual({ dice: 2 / 3, iou: 1 / 2, fractionError: -1 / 8 });
    expect(absent).toEqual({ dice: null, iou: null, fractionError: 0 });
    expect(meanDice(confusion)).toBeCloseTo((0.75 + 0.8 + 2 / 3) / 3, 12);
    expect(accuracy(confusion)).toBe(6 / 8);
  });

  it('are 1 for equal volumes', () => {
    const same = confusionMatrix(truth, truth, 3);
    expect(meanDice(same)).toBe(1);
    expect(accuracy(same)).toBe(1);
  });

  it('refuse labels out of range and arrays of different length', () => {
    expect(() => confusionMatrix([3], [0], 3)).toThrow(RangeError);
    expect(() => confusionMatrix([0], [0, 1], 3)).toThrow(RangeError);
  });
});
