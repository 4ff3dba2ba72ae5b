import { describe, expect, it } from 'vitest';
import type { Vector3 } from '../../volume/volume.ts';
import { capQuads, type ClosedMesh, cutFaces } from './surface-caps.ts';

const EXTENT: Vector3 = [1, 1, 1];
const AXES = [0, 1, 2] as const;

/** A box as twelve triangles. */
function block(low: Vector3, high: Vector3): ClosedMesh {
  const positions = Float32Array.from({ length: 24 }, (_, i) => {
    const axis = i % 3;
    return (((Math.floor(i / 3) >> axis) & 1 ? high : low)[axis] as number) * 10;
  });
  const sides = AXES.flatMap((axis) => {
    const [u, v] = [1 << ((axis + 1) % 3), 1 << ((axis + 2) % 3)];
    return [0, 1 << axis].flatMap((at) => [at, at + u, at + v, at + u, at + u + v, at + v]);
  });
  return { positions, triangles: Uint32Array.from(sides), scale: 0.1 };
}

/** Of quads that do not overlap but for their laps. */
function area(quads: Float32Array, axis: 0 | 1 | 2): number {
  const [u, v] = [axis === 0 ? 1 : 0, axis === 2 ? 1 : 2];
  let sum = 0;
  for (let i = 0; i < quads.length; i += 12) {
    const across = (quads[i + 3 + u] as number) - (quads[i + u] as number);
    const up = (quads[i + 6 + v] as number) - (quads[i + v] as number);
    sum += (across * up) / 1.4;
  }
  return sum;
}

describe('capQuads', () => {
  it.each(AXES)('fills the section of a body across axis %i', (axis) => {
    const mesh = block([0.2, 0.3, 0.25], [0.6, 0.8, 0.75]);
    const edges = [0.4, 0.5, 0.5];
    const section = edges.reduce(
      (product, edge, of) => (of === axis ? product : product * edge),
      1,
    );
    const face = { axis, at: 0.5, low: [0, 0, 0], high: EXTENT, hole: null } as const;
    expect(area(capQuads(mesh, face), axis)).toBeCloseTo(section, 2);
    expect(capQuads(mesh, { ...face, at: 0.1 })).toHaveLength(0);
  });

  it('leaves out what is outside of the face and the corner that is taken out', () => {
    const mesh = block([0, 0, 0], EXTENT);
    const face = {
      axis: 2,
      at: 0.25,
      low: [0.1, 0, 0],
      high: [0.9, 1, 1],
      hole: { low: [0.5, 0, 0], high: [1, 0.5, 0.5] },
    } as const;
    expect(area(capQuads(mesh, face), 2)).toBeCloseTo(0.8 - 0.4 * 0.5, 2);
  });

  it('ends strips exactly where a slanted surface is', () => {
    const mesh = block([0, 0, 0], EXTENT);
    const sheared = Float32Array.from(mesh.positions, (value, i) =>
      i % 3 === 0 ? value + 0.5 * (mesh.positions[i + 1] as number) : value,
    );
    const face = { axis: 2, at: 0.5, low: [0, 0, 0], high: [2, 1, 1], hole: null } as const;
    const quads = capQuads({ ...mesh, positions: sheared }, face);
    for (let i = 0; i < quads.length; i += 12) {
      const middle = ((quads[i + 1] as number) + (quads[i + 7] as number)) / 2;
      expect(quads[i]).toBeCloseTo(0.5 * middle, 5);
      expect(quads[i + 3]).toBeCloseTo(1 + 0.5 * middle, 5);
    }
  });
});

describe('cutFaces', () => {
  const planes = [{ origin: [0.25, 0, 0], normal: [1, 0, 0] }] as const;

  it('are the sides of the box, just within what is left', () => {
    const [face] = cutFaces({ planes, corner: null, extent: EXTENT });
    expect(face).toMatchObject({ axis: 0, low: [0.25, 0, 0], high: [1, 1, 1], hole: null });
    expect(face?.at).toBeGreaterThan(0.25);
  });

  it('are three more at a corner, as far as the box goes', () => {
    const faces = cutFaces({ planes, corner: [0.5, 0.5, 0.5], extent: EXTENT });
    expect(faces.map(({ axis }) => axis)).toEqual([0, 0, 1, 2]);
    expect(faces[0]?.hole).toBeNull();
    expect(faces[1]).toMatchObject({ low: [0.5, 0, 0], high: [1, 0.5, 0.5] });
    // A corner beyond the box opens nothing there.
    expect(cutFaces({ planes, corner: [0.1, 0.5, 0.5], extent: EXTENT })[0]?.hole).toMatchObject({
      low: [0.1, 0, 0],
    });
    expect(cutFaces({ planes, corner: [0.1, 0.5, 0.5], extent: EXTENT })).toHaveLength(3);
  });
});
