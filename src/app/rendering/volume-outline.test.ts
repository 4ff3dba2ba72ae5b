import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { facing, HOME_CAMERA, type OrbitCamera, VIEW_DIRECTIONS } from './orbit-camera.ts';
import { type OutlineScene, project, relativeExtent, volumeOutline } from './volume-outline.ts';

function scene(parts: Partial<OutlineScene>): OutlineScene {
  return {
    camera: HOME_CAMERA,
    extent: [1, 1, 1],
    at: [0.5, 0.5, 0.5],
    planes: false,
    cut: false,
    width: 400,
    height: 300,
    ...parts,
  };
}

const anyCamera: fc.Arbitrary<OrbitCamera> = fc.record({
  azimuth: fc.integer({ min: -180, max: 180 }),
  elevation: fc.integer({ min: -89, max: 89 }),
  zoom: fc.constant(1),
  panX: fc.constant(0),
  panY: fc.constant(0),
  centre: fc.constant(HOME_CAMERA.centre),
  parallel: fc.boolean(),
});

describe('project', () => {
  it('shows the XY face as the XY slice: x to the right, y down', () => {
    const front = scene({ camera: facing(HOME_CAMERA, VIEW_DIRECTIONS.xy) });
    const [left, top] = project(front, [0, 0, 0]);
    const [right, bottom] = project(front, [1, 1, 0]);
    expect(right).toBeGreaterThan(left);
    expect(bottom).toBeGreaterThan(top);
    expect((left + right) / 2).toBeCloseTo(200);
    expect((top + bottom) / 2).toBeCloseTo(150);
    expect(project(front, [1, 0, 0])[1]).toBeCloseTo(top);
  });

  const edge = fc.integer({ min: 1, max: 20 }).map((twentieths) => twentieths / 20);
  const shape = fc.tuple(edge, edge);
  const anyWidth = fc.integer({ min: 60, max: 900 });

  /** By how many pixels the volume's corners leave a view of 300 pixels height. */
  function excess(camera: OrbitCamera, [y, z]: [number, number], width: number): number {
    const view = scene({ camera, extent: [1, y, z], width, height: 300 });
    let most = 0;
    for (let corner = 0; corner < 8; corner++) {
      const at = project(view, [corner & 1, (corner >> 1) & 1, corner >> 2]);
      most = Math.max(most, -at[0], at[0] - width, -at[1], at[1] - 300);
    }
    return most;
  }

  it('keeps the whole volume in sight as first seen and straight on', () => {
    fc.assert(
      fc.property(shape, anyWidth, (sizes, width) => {
        for (const camera of [
          HOME_CAMERA,
          ...Object.values(VIEW_DIRECTIONS).map((each) => facing(HOME_CAMERA, each)),
        ]) {
          expect(excess(camera, sizes, width)).toBe(0);
        }
      }),
    );
  });

  it('keeps most of it in sight from any side', () => {
    fc.assert(
      fc.property(anyCamera, shape, anyWidth, (camera, sizes, width) => {
        expect(excess(camera, sizes, width)).toBeLessThan(0.25 * Math.max(width, 300));
      }),
    );
  });
});

describe('volumeOutline', () => {
  it('draws nine of the twelve edges from a corner and four from a face', () => {
    expect(volumeOutline(scene({})).length).toBe(9);
    expect(volumeOutline(scene({ camera: facing(HOME_CAMERA, VIEW_DIRECTIONS.xy) })).length).toBe(
      4,
    );
  });

  it('draws each plane on the faces in sight only', () => {
    const kinds = volumeOutline(scene({ planes: true })).map(({ kind }) => kind);
    // From a corner three faces are seen; each plane crosses two of them.
    for (const plane of ['xy', 'xz', 'yz']) expect(kinds.filter((k) => k === plane).length).toBe(2);
  });

  it('shortens the three edges of the corner that is cut out and draws the inner three', () => {
    const whole = volumeOutline(scene({}));
    const cut = volumeOutline(scene({ cut: true }));
    const length = (segments: typeof whole): number =>
      segments.reduce((sum, { from, to }) => sum + Math.hypot(to[0] - from[0], to[1] - from[1]), 0);
    const edges = cut.filter(({ kind }) => kind === 'edge');
    expect(edges.length).toBe(9);
    expect(length(edges)).toBeLessThan(length(whole));
    expect(cut.filter(({ kind }) => kind === 'notch').length).toBe(3);
  });

  it('draws no inner edges from behind', () => {
    const behind = scene({ cut: true, camera: { ...HOME_CAMERA, azimuth: -150 } });
    expect(volumeOutline(behind).some(({ kind }) => kind === 'notch')).toBe(false);
  });
});

it('scales the longest edge to 1', () => {
  expect(relativeExtent([100, 50, 20], [1, 1, 2.5])).toEqual([1, 0.5, 0.5]);
});
