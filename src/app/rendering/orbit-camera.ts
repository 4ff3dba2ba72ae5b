/**
 * The camera of the 3-D view: it turns about the volume's middle with y upright, so that the view
 * from the front is the XY slice (x right, y down). Pure functions.
 */
import type { Vector3 } from '../../volume/volume.ts';

export interface OrbitCamera {
  /** Degrees to the right about the vertical axis; 0 looks along z. */
  readonly azimuth: number;
  /** Degrees upwards, -89 to 89. */
  readonly elevation: number;
  /** 1 = the volume fits the view. */
  readonly zoom: number;
  /** Offset of the volume's middle to the right and downwards in shares of the view's height. */
  readonly panX: number;
  readonly panY: number;
  /** What it turns about, as shares of the volume's edges. */
  readonly centre: Vector3;
  /** Whether lines that are parallel in the volume stay so. */
  readonly parallel: boolean;
}

type Direction = Pick<OrbitCamera, 'azimuth' | 'elevation'>;

const STEEPEST = 89;
const MIN_ZOOM = 0.25;
const MAX_ZOOM = 12;

export const HOME_CAMERA: OrbitCamera = {
  azimuth: 32,
  elevation: 26,
  zoom: 1,
  panX: 0,
  panY: 0,
  centre: [0.5, 0.5, 0.5],
  parallel: false,
};

/** From where one slice direction is seen straight on, or three faces at equal angles. */
export const VIEW_DIRECTIONS = {
  xy: { title: 'Straight at XY, along z', azimuth: 0, elevation: 0 },
  yz: { title: 'Straight at YZ, along x', azimuth: 90, elevation: 0 },
  xz: { title: 'Straight at XZ, along y', azimuth: 0, elevation: STEEPEST },
  // The angle whose tangent is 1 / √2: all three axes are foreshortened alike.
  isometric: { title: 'Isometric', azimuth: 45, elevation: 35.264 },
} as const;

/** Turned to a direction; what else was chosen stays. */
export function facing(camera: OrbitCamera, { azimuth, elevation }: Direction): OrbitCamera {
  return { ...camera, azimuth, elevation };
}

/** Looks at a box of the volume (shares of its edges) from the same side. */
export function lookingAt(
  camera: OrbitCamera,
  { low, high }: { readonly low: Vector3; readonly high: Vector3 },
  extent: Vector3,
): OrbitCamera {
  const diagonal = (edges: Vector3): number =>
    Math.hypot(...edges.map((share, axis) => share * (extent[axis] as number)));
  const edges = high.map((end, axis) => end - (low[axis] as number)) as unknown as Vector3;
  const zoom = diagonal([1, 1, 1]) / Math.max(1e-6, diagonal(edges));
  const centre = low.map((from, axis) => (from + (high[axis] as number)) / 2);
  return zoomed(
    { ...camera, zoom: 1, panX: 0, panY: 0, centre: centre as unknown as Vector3 },
    zoom,
  );
}

export function turned(camera: OrbitCamera, right: number, up: number): OrbitCamera {
  const azimuth = ((((camera.azimuth + right + 180) % 360) + 360) % 360) - 180;
  const elevation = Math.max(-STEEPEST, Math.min(STEEPEST, camera.elevation + up));
  return { ...camera, azimuth, elevation };
}

export function zoomed(camera: OrbitCamera, factor: number): OrbitCamera {
  return { ...camera, zoom: Math.max(MIN_ZOOM, Math.min(MAX_ZOOM, camera.zoom * factor)) };
}

export function panned(camera: OrbitCamera, right: number, down: number): OrbitCamera {
  return { ...camera, panX: camera.panX + right, panY: camera.panY + down };
}

export interface CameraAxes {
  /** Unit vectors in volume coordinates. */
  readonly right: Vector3;
  readonly down: Vector3;
  readonly forward: Vector3;
}

export function cameraAxes({ azimuth, elevation }: Direction): CameraAxes {
  const a = (azimuth * Math.PI) / 180;
  const e = (elevation * Math.PI) / 180;
  const [sinA, cosA, sinE, cosE] = [Math.sin(a), Math.cos(a), Math.sin(e), Math.cos(e)];
  return {
    right: [cosA, 0, sinA],
    down: [sinA * sinE, cosE, -cosA * sinE],
    forward: [-sinA * cosE, sinE, cosA * cosE],
  };
}

export interface CameraPose {
  readonly position: Vector3;
  readonly focalPoint: Vector3;
  readonly viewUp: Vector3;
  /** Degrees from the bottom to the top of the view. */
  readonly viewAngle: number;
  /** Height of the view where the camera turns; of all of it where it is parallel. */
  readonly height: number;
}

const VIEW_ANGLE = 20;
const MARGIN = 1.05;
/** How many times farther than it has to a parallel camera stands. */
const FAR = 4;
/** How far a turned volume may leave the view, as a share of the view's longer edge. */
const OVERHANG = 0.25;

/**
 * Distance from which the volume fits the view, as first seen and straight on from each side, and
 * leaves it by `OVERHANG` at most however it is turned.
 */
function fittingDistance(extent: Vector3, aspect: number): number {
  const half = Math.tan((VIEW_ANGLE * Math.PI) / 360);
  let distance = 0;
  for (const direction of [HOME_CAMERA, ...Object.values(VIEW_DIRECTIONS)]) {
    const { right, down, forward } = cameraAxes(direction);
    for (let corner = 0; corner < 8; corner++) {
      const along = (axis: Vector3): number =>
        axis.reduce((sum, share, i) => {
          const end = ((corner >> i) & 1) - 0.5;
          return sum + share * end * (extent[i] as number);
        }, 0);
      const needed = Math.max(Math.abs(along(right)) / aspect, Math.abs(along(down))) / half;
      distance = Math.max(distance, needed - along(forward));
    }
  }
  // Turned any way it stays within its bounding sphere, whose outline is a cone from the eye.
  const radius = Math.hypot(...extent) / 2;
  const room = half * (Math.min(aspect, 1) + 2 * OVERHANG * Math.max(aspect, 1));
  return MARGIN * Math.max(distance, radius * Math.hypot(1, 1 / room));
}

/** Where the camera stands for a volume of `extent` on a view of width / height `aspect`. */
export function cameraPose(camera: OrbitCamera, extent: Vector3, aspect: number): CameraPose {
  const { right, down, forward } = cameraAxes(camera);
  const half = Math.tan((VIEW_ANGLE * Math.PI) / 360);
  const fitting = fittingDistance(extent, aspect);
  const height = (2 * fitting * half) / camera.zoom;
  // A parallel camera sees the same from afar, where it never stands within the volume.
  const distance = camera.parallel ? FAR * fitting : fitting / camera.zoom;
  const at = (axis: 0 | 1 | 2, back: number): number =>
    extent[axis] * camera.centre[axis] -
    camera.panX * height * right[axis] -
    camera.panY * height * down[axis] -
    back * forward[axis];
  return {
    position: [at(0, distance), at(1, distance), at(2, distance)],
    focalPoint: [at(0, 0), at(1, 0), at(2, 0)],
    viewUp: [-down[0], -down[1], -down[2]],
    viewAngle: VIEW_ANGLE,
    height,
  };
}
