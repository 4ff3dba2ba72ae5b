/**
 * The faces that cutting through closed surfaces leaves: what lies inside of a surface on a plane
 * across an axis, as thin strips whose ends are exactly where the surface is. Pure arithmetic.
 */
import type { Vector3 } from '../../volume/volume.ts';
import type { ClipPlane } from './clipping.ts';

type Axis = 0 | 1 | 2;

interface Box {
  readonly low: Vector3;
  readonly high: Vector3;
}

/** A closed mesh; `scale` takes its lengths to those of the planes. */
export interface ClosedMesh {
  readonly positions: Float32Array;
  readonly triangles: Uint32Array;
  readonly scale: number;
}

/** A part of a plane across `axis`, between two corners in all three axes. */
export interface CutFace extends Box {
  readonly axis: Axis;
  readonly at: number;
  /** The corner that is taken out, where it meets the face; null where it does not. */
  readonly hole: Box | null;
}

/** How a view is cut. World coordinates. */
export interface Cuts {
  readonly planes: readonly ClipPlane[];
  /** The corner of the part that is taken out, towards larger x and smaller y and z; null for none. */
  readonly corner: Vector3 | null;
  readonly extent: Vector3;
}

/** Strips along a length of 1. */
const STRIPS = 400;
/** How far strips reach over each other, as a share of their height. */
const LAP = 0.2;
/** Faces lie this much within what is left, so that nothing they close lies before them. */
const INWARDS = 2e-4;

/** What is taken out beside a corner point. */
function takenOut([x, y, z]: Vector3, extent: Vector3): Box {
  return { low: [x, 0, 0], high: [extent[0], y, z] };
}

/** The faces that cuts open: of the box's sides, then of the corner. */
export function cutFaces({ planes, corner, extent }: Cuts): readonly CutFace[] {
  const low: [number, number, number] = [0, 0, 0];
  const high: [number, number, number] = [...extent];
  const sides = planes.flatMap(({ origin, normal }) => {
    const axis = normal.findIndex((share) => share !== 0) as Axis;
    const [end, isLow] = [origin[axis], (normal[axis] as number) > 0];
    if (isLow) low[axis] = Math.max(low[axis], end);
    else high[axis] = Math.min(high[axis], end);
    return [{ axis, at: end + (isLow ? INWARDS : -INWARDS) }];
  });
  const taken = corner === null ? null : takenOut(corner, extent);
  const box = { low, high };
  const faces = sides.map(({ axis, at }): CutFace => {
    const meets = taken !== null && at > taken.low[axis] && at < taken.high[axis];
    return { axis, at, ...box, hole: meets ? taken : null };
  });
  if (corner === null || taken === null) return faces;
  const inner = ([0, 1, 2] as const).flatMap((axis): CutFace[] => {
    const at = corner[axis];
    if (at <= low[axis] || at >= high[axis]) return [];
    const within = {
      low: low.map((from, of) => Math.max(from, taken.low[of] as number)),
      high: high.map((to, of) => Math.min(to, taken.high[of] as number)),
    } as unknown as Pick<CutFace, 'low' | 'high'>;
    // The part at smaller x stays, and those at larger y and z.
    return [{ axis, at: axis === 0 ? at - INWARDS : at + INWARDS, ...within, hole: null }];
  });
  return [...faces, ...inner];
}

/**
 * Corners of quads, four by four as x, y, z, that fill the inside of the mesh on the face. Cost: one
 * look at each triangle, and the strips.
 */
export function capQuads(mesh: ClosedMesh, face: CutFace): Float32Array<ArrayBuffer> {
  const across = face.axis === 0 ? 1 : 0;
  const up = face.axis === 2 ? 1 : 2;
  const [bottom, top] = [face.low[up], face.high[up]];
  const strips = Math.max(0, Math.ceil((top - bottom) * STRIPS));
  if (strips === 0) return new Float32Array(0);
  const height = (top - bottom) / strips;
  const crossings = crossingsOf(mesh, face, { across, up, bottom, height, strips });
  const quads: number[] = [];
  const put = (u: number, v: number): void => {
    const point: [number, number, number] = [face.at, face.at, face.at];
    point[across] = u;
    point[up] = v;
    quads.push(...point);
  };
  for (let strip = 0; strip < strips; strip++) {
    const ends = crossings[strip];
    if (ends === undefined) continue;
    ends.sort((a, b) => a - b);
    const from = bottom + strip * height;
    for (let i = 0; i + 1 < ends.length; i += 2) {
      for (const [left, right] of runs(face, [ends[i] as number, ends[i + 1] as number], {
        across,
        up,
        middle: from + height / 2,
      })) {
        // A little over each other, or pixels between them would stay open.
        const [v0, v1] = [from - LAP * height, from + (1 + LAP) * height];
        put(left, v0);
        put(right, v0);
        put(right, v1);
        put(left, v1);
      }
    }
  }
  return Float32Array.from(quads);
}

interface Strips {
  readonly across: Axis;
  readonly up: Axis;
  readonly bottom: number;
  readonly height: number;
  readonly strips: number;
}

/** Where the mesh passes the middle of each strip; always an even number, as the mesh is closed. */
function crossingsOf(
  { positions, triangles, scale }: ClosedMesh,
  { axis, at }: CutFace,
  { across, up, bottom, height, strips }: Strips,
): readonly (number[] | undefined)[] {
  const found: (number[] | undefined)[] = new Array<number[] | undefined>(strips);
  const level = at / scale;
  const us = [0, 0];
  const vs = [0, 0];
  for (let i = 0; i < triangles.length; i += 3) {
    let ends = 0;
    for (let edge = 0; edge < 3; edge++) {
      let a = 3 * (triangles[i + edge] as number);
      let b = 3 * (triangles[i + ((edge + 1) % 3)] as number);
      const isBelow = (positions[a + axis] as number) < level;
      if (isBelow === (positions[b + axis] as number) < level) continue;
      // Either triangle of an edge finds the very same point.
      if (!isBelow) [a, b] = [b, a];
      const [ha, hb] = [positions[a + axis] as number, positions[b + axis] as number];
      const share = (level - ha) / (hb - ha);
      const between = (of: Axis): number => {
        const from = positions[a + of] as number;
        return scale * (from + share * ((positions[b + of] as number) - from));
      };
      us[ends] = between(across);
      vs[ends] = between(up);
      ends += 1;
    }
    if (ends !== 2) continue;
    const [u0 = 0, u1 = 0] = us;
    const [v0 = 0, v1 = 0] = vs;
    const first = Math.max(0, Math.ceil((Math.min(v0, v1) - bottom) / height - 0.5));
    const last = Math.min(strips, Math.ceil((Math.max(v0, v1) - bottom) / height - 0.5));
    for (let strip = first; strip < last; strip++) {
      const v = bottom + (strip + 0.5) * height;
      (found[strip] ??= []).push(u0 + ((v - v0) / (v1 - v0)) * (u1 - u0));
    }
  }
  return found;
}

/** What of a run along a strip lies on the face: none, one, or two beside the hole. */
function runs(
  { low, high, hole }: CutFace,
  [from, to]: readonly [number, number],
  { across, up, middle }: { readonly across: Axis; readonly up: Axis; readonly middle: number },
): readonly (readonly [number, number])[] {
  const left = Math.max(from, low[across]);
  const right = Math.min(to, high[across]);
  if (left >= right) return [];
  const isBesideHole = hole === null || middle <= hole.low[up] || middle >= hole.high[up];
  if (isBesideHole) return [[left, right]];
  return (
    [
      [left, Math.min(right, hole.low[across])],
      [Math.max(left, hole.high[across]), right],
    ] as const
  ).filter(([start, end]) => start < end);
}
