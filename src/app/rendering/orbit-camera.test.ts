import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Vector3 } from '../../volume/volume.ts';
import {
  cameraAxes,
  cameraPose,
  facing,
  HOME_CAMERA,
  lookingAt,
  panned,
  turned,
  VIEW_DIRECTIONS,
  zoomed,
} from './orbit-camera.ts';

const dot = (a: Vector3, b: Vector3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

describe('cameraAxes', () => {
  it('are right-handed unit vectors at right angles', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -180, max: 180 }),
        fc.integer({ min: -89, max: 89 }),
        (azimuth, elevation) => {
          const { right, down, forward } = cameraAxes({ ...HOME_CAMERA, azimuth, elevation });
          for (const axis of [right, down, forward]) expect(dot(axis, axis)).toBeCloseTo(1, 12);
          for (const [a, b] of [
            [right, down],
            [down, forward],
            [forward, right],
          ] as const) {
            expect(dot(a, b)).toBeCloseTo(0, 12);
          }
          const [x, y, z] = right;
          const cross: Vector3 = [
            y * down[2] - z * down[1],
            z * down[0] - x * down[2],
            x * down[1] - y * down[0],
          ];
          expect(dot(cross, forward)).toBeCloseTo(1, 12);
        },
      ),
    );
  });

  it('look at each slice as its view does', () => {
    expect(cameraAxes(facing(HOME_CAMERA, VIEW_DIRECTIONS.xy))).toEqual({
      right: [1, 0, 0],
      down: [0, 1, -0],
      forward: [-0, 0, 1],
    });
    const { right, down } = cameraAxes(facing(HOME_CAMERA, VIEW_DIRECTIONS.yz));
    expect(right[2]).toBeCloseTo(1);
    expect(down[1]).toBeCloseTo(1);
  });
});

describe('turned', () => {
  it('comes home after a full turn and stops short of the poles', () => {
    expect(turned(HOME_CAMERA, 360, 0).azimuth).toBeCloseTo(HOME_CAMERA.azimuth);
    expect(turned(HOME_CAMERA, 0, 500).elevation).toBe(89);
    expect(turned(HOME_CAMERA, 0, -500).elevation).toBe(-89);
  });
});

describe('cameraPose', () => {
  it('looks at the middle and halves its distance at twice the zoom', () => {
    const far = cameraPose(HOME_CAMERA, [1, 0.5, 0.2], 1.5);
    const near = cameraPose(zoomed(HOME_CAMERA, 2), [1, 0.5, 0.2], 1.5);
    expect(far.focalPoint).toEqual([0.5, 0.25, 0.1]);
    const distance = ({ position, focalPoint }: typeof far): number =>
      Math.hypot(...position.map((x, axis) => x - (focalPoint[axis] as number)));
    expect(distance(far) / distance(near)).toBeCloseTo(2);
  });

  it('moves with the pan by shares of the view', () => {
    const still = cameraPose(facing(HOME_CAMERA, VIEW_DIRECTIONS.xy), [1, 1, 1], 2);
    const moved = cameraPose(panned(facing(HOME_CAMERA, VIEW_DIRECTIONS.xy), 0.5, 0), [1, 1, 1], 2);
    const distance = still.focalPoint[2] - still.position[2];
    const height = 2 * distance * Math.tan((still.viewAngle * Math.PI) / 360);
    expect(still.focalPoint[0] - moved.focalPoint[0]).toBeCloseTo(height / 2);
  });
});

describe('a parallel camera', () => {
  it('sees the same height as the perspective one where that turns', () => {
    const near = cameraPose(zoomed(HOME_CAMERA, 3), [1, 1, 1], 1.5);
    const parallel = cameraPose({ ...zoomed(HOME_CAMERA, 3), parallel: true }, [1, 1, 1], 1.5);
    expect(parallel.height).toBeCloseTo(near.height);
  });
});

describe('lookingAt', () => {
  it('turns about the middle of the box, as much larger as the box is smaller', () => {
    const box = { low: [0.5, 0, 0.25], high: [1, 0.5, 0.75] } as const;
    const camera = lookingAt(panned(zoomed(HOME_CAMERA, 5), 0.2, 0.2), box, [1, 1, 1]);
    expect(camera).toEqual({ ...HOME_CAMERA, zoom: 2, centre: [0.75, 0.25, 0.5] });
    expect(cameraPose(camera, [1, 0.5, 1], 1).focalPoint).toEqual([0.75, 0.125, 0.5]);
  });
});
