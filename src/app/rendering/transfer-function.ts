/**
 * Opacity of grey values in 3-D: points joined by straight lines, level beyond the first and the
 * last. An opacity is what a layer of `LAYER` takes of the light that comes through it. Pure
 * functions.
 */
import { type ValueScale, valueAt } from '../../volume/value-scale.ts';

export interface OpacityPoint {
  /** Grey value. */
  readonly value: number;
  /** 0 lets all light through, 1 none. */
  readonly opacity: number;
}

/** Rising by value; at least one. */
export type OpacityCurve = readonly OpacityPoint[];

/** Thickness that opacities are meant for, as a share of the volume's longest edge. */
export const LAYER = 0.05;

interface Span {
  readonly low: number;
  readonly high: number;
}

export const CURVE_PRESETS = [
  { id: 'solid', title: 'Solid' },
  { id: 'ramp', title: 'Ramp' },
  { id: 'peaks', title: 'Peaks' },
] as const;

export type CurvePreset = (typeof CURVE_PRESETS)[number]['id'];

/** Where a solid's surface begins and is complete, as shares of the window. */
const SURFACE = [0.46, 0.54] as const;

/** Solid above the middle of the window. */
export function solidCurve({ low, high }: Span): OpacityCurve {
  const width = high - low;
  return [
    { value: low + SURFACE[0] * width, opacity: 0 },
    { value: low + SURFACE[1] * width, opacity: 1 },
  ];
}

/** Clear at the window's low end, thicker up to its high end. */
function rampCurve({ low, high }: Span): OpacityCurve {
  return [
    { value: low + 0.15 * (high - low), opacity: 0 },
    { value: high, opacity: 0.7 },
  ];
}

/** A tent about each peak of the histogram, the thicker the brighter; the ramp where there is none. */
function peaksCurve(window: Span, peaks: readonly number[]): OpacityCurve {
  const inside = peaks.filter((peak) => peak > window.low && peak < window.high);
  if (inside.length === 0) return rampCurve(window);
  const half = inside.reduce(
    (least, peak, i) => Math.min(least, (peak - (inside[i - 1] ?? -Infinity)) / 2.2),
    0.08 * (window.high - window.low),
  );
  return inside.flatMap((peak, i) => [
    { value: peak - half, opacity: 0 },
    { value: peak, opacity: 0.08 + (0.72 * (i + 1)) / inside.length },
    { value: peak + half, opacity: 0 },
  ]);
}

export function presetCurve(
  preset: CurvePreset,
  window: Span,
  peaks: readonly number[],
): OpacityCurve {
  if (preset === 'ramp') return rampCurve(window);
  return preset === 'peaks' ? peaksCurve(window, peaks) : solidCurve(window);
}

export function opacityAt(curve: OpacityCurve, value: number): number {
  const next = curve.findIndex((point) => point.value >= value);
  const [after, before] = [curve[next], curve[next - 1]];
  if (after === undefined) return curve.at(-1)?.opacity ?? 0;
  if (before === undefined) return after.opacity;
  const share = (value - before.value) / (after.value - before.value);
  return before.opacity + share * (after.opacity - before.opacity);
}

/** Whether there is nothing between clear and solid but the steps from one to the other. */
export function isSolid(curve: OpacityCurve): boolean {
  return curve.every(({ opacity }) => opacity === 0 || opacity === 1);
}

/** The curve with a point moved, kept between its neighbours. */
export function movePoint(curve: OpacityCurve, index: number, to: OpacityPoint): OpacityCurve {
  const before = curve[index - 1]?.value ?? -Infinity;
  const after = curve[index + 1]?.value ?? Infinity;
  return curve.with(index, {
    value: Math.max(before, Math.min(after, to.value)),
    opacity: Math.max(0, Math.min(1, to.opacity)),
  });
}

/** The curve with another point, and where in it the point is. */
export function addPoint(
  curve: OpacityCurve,
  point: OpacityPoint,
): { readonly curve: OpacityCurve; readonly index: number } {
  const next = curve.findIndex(({ value }) => value > point.value);
  const index = next === -1 ? curve.length : next;
  return { curve: curve.toSpliced(index, 0, point), index };
}

/** The curve without a point; as it is where that is the last one. */
export function removePoint(curve: OpacityCurve, index: number): OpacityCurve {
  return curve.length > 1 ? curve.toSpliced(index, 1) : curve;
}

/** Where a new point is put by keys: in the middle of the widest gap of the curve and its span. */
export function widestGap(curve: OpacityCurve, { low, high }: Span): number {
  const places = [low, ...curve.map(({ value }) => value), high]
    .filter((value) => value >= low && value <= high)
    .toSorted((a, b) => a - b);
  let best = (low + high) / 2;
  let widest = 0;
  for (let i = 1; i < places.length; i++) {
    const [from, to] = [places[i - 1] as number, places[i] as number];
    if (to - from <= widest) continue;
    widest = to - from;
    best = (from + to) / 2;
  }
  return best;
}

/** The alpha of voxels that hold nothing, of the levels of grey values, and of what is painted solid. */
const CLEAR_ALPHA = 0;
export const FIRST_LEVEL = 1;
export const LAST_LEVEL = 254;
export const PAINTED_ALPHA = 255;

type AlphaPoints = readonly (readonly [alpha: number, opacity: number])[];

/** For voxels whose alpha is their opacity (see `withGradient`). */
export const OPACITY_AS_ALPHA: AlphaPoints = [
  [CLEAR_ALPHA, 0],
  [LAST_LEVEL, 1],
  [PAINTED_ALPHA, 1],
];

/** The grey value of an alpha, for copies on `scale` whose values stand for `range`. */
export function levelValue(
  [low, high]: readonly [low: number, high: number],
  scale: ValueScale,
): (alpha: number) => number {
  const levels = LAST_LEVEL - FIRST_LEVEL;
  return (alpha) =>
    valueAt({ low, high }, scale, Math.max(0, Math.min(1, (alpha - FIRST_LEVEL) / levels)));
}

/** Alphas between two points of a curve over a logarithmic scale, where it is no straight line. */
const LOG_STEP = 4;

/** Points from alpha (0 to 255) to opacity, for copies whose values 0 to 255 stand for `range`. */
export function alphaPoints(
  curve: OpacityCurve,
  range: readonly [low: number, high: number],
  scale: ValueScale = 'linear',
): AlphaPoints {
  const [low, high] = range;
  if (scale === 'log') {
    const valueOf = levelValue(range, scale);
    const points: (readonly [number, number])[] = [
      [CLEAR_ALPHA, 0],
      [FIRST_LEVEL - 0.5, 0],
    ];
    for (let alpha = FIRST_LEVEL; alpha < LAST_LEVEL; alpha += LOG_STEP) {
      points.push([alpha, opacityAt(curve, valueOf(alpha))]);
    }
    return [...points, [LAST_LEVEL, opacityAt(curve, high)], [PAINTED_ALPHA, 1]];
  }
  const perValue = high > low ? (LAST_LEVEL - FIRST_LEVEL) / (high - low) : 0;
  const points: (readonly [number, number])[] = [
    [CLEAR_ALPHA, 0],
    [FIRST_LEVEL - 0.5, 0],
    [FIRST_LEVEL, opacityAt(curve, low)],
  ];
  for (const { value, opacity } of curve) {
    if (value <= low || value >= high) continue;
    const alpha = FIRST_LEVEL + (value - low) * perValue;
    // Two points at one value are a step.
    const last = points.at(-1)?.[0] ?? 0;
    points.push([Math.max(alpha, last + 1e-3), opacity]);
  }
  points.push([LAST_LEVEL, opacityAt(curve, high)], [PAINTED_ALPHA, 1]);
  return points;
}
