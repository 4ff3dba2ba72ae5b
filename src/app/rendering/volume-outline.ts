/**
 * The lines of the 3-D view: edges of the volume, of the corner that is cut out, and where the three
 * slice planes meet the volume's faces. Only what a solid block would show is drawn. Pure functions.
 */
import type { Vector3 } from '../../volume/volume.ts';
import { cameraAxes, type OrbitCamera, cameraPose } from './orbit-camera.ts';

export interface OutlineSegment {
  readonly kind: 'edge' | 'notch' | 'yz' | 'xz' | 'xy';
  /** Screen pixels from the upper left corner of the view. */
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
}

/** How points of the volume come to lie on the view. */
export interface Projected {
  readonly camera: OrbitCamera;
  /** Edge lengths of the volume, the longest 1. */
  readonly extent: Vector3;
  readonly width: number;
  readonly height: number;
}

export interface OutlineScene extends Projected {
  /** Where the planes are, as shares 0 to 1. */
  readonly at: Vector3;
  readonly planes: boolean;
  readonly cut: boolean;
}

type Axis = 0 | 1 | 2;
const AXES = [0, 1, 2] as const;
const PLANE_KINDS = ['yz', 'xz', 'xy'] as const;
/** The corner that is cut out: x at its end, y and z at their beginning. */
const CORNER: Vector3 = [1, 0, 0];

function dot(a: Vector3, b: Vector3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function withEntry(vector: Vector3, axis: Axis, value: number): Vector3 {
  return vector.with(axis, value) as unknown as Vector3;
}

/** Edge lengths scaled so that the longest is 1. */
export function relativeExtent(size: readonly number[], spacing: readonly number[]): Vector3 {
  const lengths = size.map((n, axis) => n * (spacing[axis] as number));
  const longest = Math.max(...lengths);
  return lengths.map((length) => length / longest) as unknown as Vector3;
}

/** Screen position of a point in shares of the volume's edges. */
export function project(scene: Projected, share: Vector3): readonly [x: number, y: number] {
  const { camera, extent, width, height } = scene;
  const pose = cameraPose(camera, extent, width / height);
  const { right, down, forward } = cameraAxes(camera);
  const ray = AXES.map(
    (axis) => share[axis] * extent[axis] - pose.position[axis],
  ) as unknown as Vector3;
  const seen = camera.parallel
    ? pose.height
    : 2 * Math.tan((pose.viewAngle * Math.PI) / 360) * Math.max(1e-6, dot(ray, forward));
  const scale = height / seen;
  return [width / 2 + scale * dot(ray, right), height / 2 + scale * dot(ray, down)];
}

/** Whence faces are seen: so far away for parallel cameras that all rays are. */
function eyeOf(camera: OrbitCamera, extent: Vector3, aspect: number): Vector3 {
  const { position } = cameraPose(camera, extent, aspect);
  if (!camera.parallel) return position;
  const { forward } = cameraAxes(camera);
  return position.map((at, axis) => at - 1e6 * (forward[axis] as number)) as unknown as Vector3;
}

export function volumeOutline(scene: OutlineScene): readonly OutlineSegment[] {
  const { camera, extent, at, width, height } = scene;
  const eye = eyeOf(camera, extent, width / height);
  const isCut = scene.cut && AXES.every((axis) => Math.abs(CORNER[axis] - at[axis]) > 1e-6);
  const segments: OutlineSegment[] = [];
  const add = (kind: OutlineSegment['kind'], from: Vector3, to: Vector3): void => {
    segments.push({ kind, from: project(scene, from), to: project(scene, to) });
  };
  /** Whether the eye is outside of the volume's face at the low (0) or high (1) end of an axis. */
  const sees = (axis: Axis, end: number): boolean =>
    end === 0 ? eye[axis] < 0 : eye[axis] > extent[axis];

  for (const axis of AXES) {
    const [second, third] = AXES.filter((each) => each !== axis) as [Axis, Axis];
    for (const u of [0, 1]) {
      for (const v of [0, 1]) {
        if (!sees(second, u) && !sees(third, v)) continue;
        const place = (w: number): Vector3 =>
          withEntry(withEntry(withEntry([0, 0, 0], axis, w), second, u), third, v);
        const isOfCorner = isCut && u === CORNER[second] && v === CORNER[third];
        const from = isOfCorner && CORNER[axis] === 0 ? at[axis] : 0;
        const to = isOfCorner && CORNER[axis] === 1 ? at[axis] : 1;
        add('edge', place(from), place(to));
      }
    }
    if (scene.planes) {
      for (const [across, along] of [
        [second, third],
        [third, second],
      ] as const) {
        for (const end of [0, 1]) {
          if (!sees(across, end)) continue;
          const place = (w: number): Vector3 =>
            withEntry(withEntry(withEntry([0, 0, 0], axis, at[axis]), across, end), along, w);
          add(PLANE_KINDS[axis], place(0), place(1));
        }
      }
    }
  }
  // The three edges that meet inside are in sight where all three faces are.
  const looksIn = AXES.every((axis) =>
    CORNER[axis] === 1 ? eye[axis] > at[axis] * extent[axis] : eye[axis] < at[axis] * extent[axis],
  );
  if (isCut && looksIn) {
    for (const axis of AXES) add('notch', at, withEntry(at, axis, CORNER[axis]));
  }
  return segments;
}
