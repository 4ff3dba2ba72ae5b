/** Fewer triangles for the same surface, by meshoptimizer (edge collapses by quadric error). */
import { Bug } from '../errors/errors.ts';

/** Triangles that are simplified at once: some 50 ms, between which a cancellation is seen. */
const PART_TRIANGLES = 24_000;
/** How far the surface may move in each round, in units of `edge`; repeated with the last. */
const TOLERANCES = [0.1, 0.2, 0.4, 0.8, 1.6] as const;
const MOST_ROUNDS = 14;

export interface DecimateOptions {
  /** Most triangles wanted; a few more may remain where parts meet. */
  readonly triangles: number;
  /** Length that tolerances count: the smallest edge of a voxel. */
  readonly edge: number;
  readonly breathe: () => Promise<void>;
  /** 0 to 1, rising. */
  readonly progress: (fraction: number) => void;
}

/**
 * A subset of the vertices joined by fewer triangles. Works on runs of triangles that follow each
 * other, whose common edges stay in one round and lie inside of a run in the next, so that no call
 * is long and the result is the same everywhere. Rounds allow more and more deviation until there are
 * few enough.
 */
export async function decimate(
  positions: Float32Array,
  triangles: Uint32Array<ArrayBuffer>,
  { triangles: wanted, edge, breathe, progress }: DecimateOptions,
): Promise<Uint32Array<ArrayBuffer>> {
  const { MeshoptSimplifier: simplifier } = await import('meshoptimizer/simplifier');
  await simplifier.ready;
  let left = triangles;
  const excess = triangles.length / 3 / wanted;
  for (let round = 0; round < MOST_ROUNDS && left.length > 3 * wanted; round++) {
    const share = (3 * wanted) / left.length;
    const tolerance = (TOLERANCES[round] ?? 1.6 * 2 ** (round - 4)) * edge;
    const parts: Uint32Array[] = [];
    const shift = round % 2 === 0 ? PART_TRIANGLES : PART_TRIANGLES / 2;
    for (
      let start = 0, end = 3 * shift;
      start < left.length;
      start = end, end += 3 * PART_TRIANGLES
    ) {
      parts.push(simplifyPart(left.subarray(start, end), share, tolerance));
      await breathe();
    }
    left = joined(parts);
    const now = left.length / 3 / wanted;
    progress(excess <= 1 ? 1 : Math.max(0, Math.min(1, (excess - now) / (excess - 1))));
  }
  progress(1);
  return left;

  function simplifyPart(part: Uint32Array, share: number, tolerance: number): Uint32Array {
    const target = 3 * Math.floor((part.length / 3) * share);
    let [low, high] = [Number.POSITIVE_INFINITY, 0];
    for (const vertex of part) {
      if (vertex < low) low = vertex;
      if (vertex > high) high = vertex;
    }
    if (high - low < 0) throw new Bug('A part of a surface without vertices.');
    const local = part.map((vertex) => vertex - low);
    const [kept] = simplifier.simplify(
      local,
      positions.subarray(3 * low, 3 * (high + 1)),
      3,
      target,
      tolerance,
      ['LockBorder', 'Sparse', 'ErrorAbsolute'],
    );
    return kept.map((vertex) => vertex + low);
  }
}

function joined(parts: readonly Uint32Array[]): Uint32Array<ArrayBuffer> {
  const out = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
