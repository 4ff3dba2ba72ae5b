/** How well two label volumes agree. */

/** counts[truth][predicted]: voxels of each pair of labels 0 … classes - 1. */
export type Confusion = readonly (readonly number[])[];

/** Compares labels voxel by voxel; both arrays hold labels 0 … classes - 1 in the same layout. */
export function confusionMatrix(
  predicted: ArrayLike<number>,
  truth: ArrayLike<number>,
  classes: number,
): Confusion {
  if (predicted.length !== truth.length) {
    throw new RangeError(`${predicted.length} labels compared with ${truth.length}`);
  }
  const counts = new Float64Array(classes * classes);
  for (let i = 0; i < truth.length; i++) {
    const row = truth[i];
    const column = predicted[i];
    if (!(row >= 0 && row < classes && column >= 0 && column < classes)) {
      throw new RangeError(`labels ${row} and ${column} at ${i}, with ${classes} classes`);
    }
    counts[row * classes + column] += 1;
  }
  return Array.from({ length: classes }, (_, row) =>
    Array.from(counts.subarray(row * classes, (row + 1) * classes)),
  );
}

export interface ClassScore {
  /** 2 |A ∩ B| / (|A| + |B|) (Dice 1945); null where the class occurs in neither volume. */
  readonly dice: number | null;
  /** |A ∩ B| / |A ∪ B| (Jaccard 1912); null where the class occurs in neither volume. */
  readonly iou: number | null;
  /** Share of the class in the prediction minus its share in the truth. */
  readonly fractionError: number;
}

export function classScores(confusion: Confusion): readonly ClassScore[] {
  const total = confusion.flat().reduce((a, b) => a + b, 0);
  return confusion.map((row, label) => {
    const both = row[label];
    const inTruth = row.reduce((a, b) => a + b, 0);
    const inPrediction = confusion.reduce((sum, other) => sum + other[label], 0);
    const either = inTruth + inPrediction - both;
    return {
      dice: either === 0 ? null : (2 * both) / (inTruth + inPrediction),
      iou: either === 0 ? null : both / either,
      fractionError: (inPrediction - inTruth) / total,
    };
  });
}

/** Mean Dice over the classes that occur in either volume. */
export function meanDice(confusion: Confusion): number {
  const scores = classScores(confusion).flatMap(({ dice }) => (dice === null ? [] : [dice]));
  return scores.reduce((a, b) => a + b, 0) / scores.length;
}

/** Share of the voxels with the right label. */
export function accuracy(confusion: Confusion): number {
  const total = confusion.flat().reduce((a, b) => a + b, 0);
  return confusion.reduce((sum, row, label) => sum + row[label], 0) / total;
}
