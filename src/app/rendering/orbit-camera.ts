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
}

const STEEPEST = 89;
const MIN_ZOOM = 0.25;
const MAX_ZOOM = 12;

export const HOME_CAMERA: OrbitCamera = {
  azimuth: 32,
  elevation: 26,
  zoom: 1,
  panX: 0,
  panY: 0,
};

/** Cameras that see one slice direction straight on. */
export const FACE_CAMERAS = {
  xy: { ...HOME_CAMERA, azimuth: 0, elevation: 0 },
  yz: { ...HOME_CAMERA, azimuth: 90, elevation: 0 },
  xz: { ...HOME_CAMERA, azimuth: 0, elevation: STEEPEST },
} as const satisfies Record<'xy' | 'yz' | 'xz', OrbitCamera>;

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

export function cameraAxes({ azimuth, elevation }: OrbitCamera): CameraAxes {
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
}

const VIEW_ANGLE = 20;
const MARGIN = 1.05;
/** How far a turned volume may leave the view, as a share of the view's longer edge. */
const OVERHANG = 0.25;

/**
 * Distance from which the volume fits the view, as first seen and straight on from each side, and
 * leaves it by `OVERHANG` at most however it is turned.
 */
function fittingDistance(extent: Vector3, aspect: number): number {
  const half = Math.tan((VIEW_ANGLE * Math.PI) / 360);
  let distance = 0;
  for (const camera of [HOME_CAMERA, ...Object.values(FACE_CAMERAS)]) {
    const { right, down, forward } = cameraAxes(camera);
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
  const distance = fittingDistance(extent, aspect) / camera.zoom;
  const height = 2 * distance * half;
  const at = (axis: 0 | 1 | 2, back: number): number =>
    extent[axis] / 2 -
    camera.panX * height * right[axis] -
    camera.panY * height * down[axis] -
    back * forward[axis];
  return {
    position: [at(0, distance), at(1, distance), at(2, distance)],
    focalPoint: [at(0, 0), at(1, 0), at(2, 0)],
    viewUp: [-down[0], -down[1], -down[2]],
    viewAngle: VIEW_ANGLE,
  };
}
