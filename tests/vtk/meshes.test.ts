/** Written meshes, read back by vtk.js and by the words of each format. */
import vtkPLYReader from '@kitware/vtk.js/IO/Geometry/PLYReader.js';
import vtkSTLReader from '@kitware/vtk.js/IO/Geometry/STLReader.js';
import vtkPolyDataReader from '@kitware/vtk.js/IO/Legacy/PolyDataReader.js';
import { describe, expect, it } from 'vitest';
import type { MeshToWrite } from '../../src/io/meshes/mesh-format.ts';
import { MESH_FORMAT_IDS, type MeshFormatId, writeMesh } from '../../src/io/meshes/registry.ts';

/** A tetrahedron away from the origin, with numbers that need all digits of a float32. */
function tetrahedron(parts: Partial<MeshToWrite> = {}): MeshToWrite {
  const third = Math.fround(1 / 3);
  return {
    positions: Float32Array.of(0, 0, 0, third, 0, 0, 0, third, 0, 0, 0, third),
    normals: Float32Array.of(-1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1),
    triangles: Uint32Array.of(0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3),
    unit: 'µm',
    corner: [10, -20, 0.125],
    name: 'active material',
    ...parts,
  };
}

async function bytesOf(
  format: MeshFormatId,
  mesh: MeshToWrite = tetrahedron(),
): Promise<ArrayBuffer> {
  return (await writeMesh(mesh, format, () => Promise.resolve())).arrayBuffer();
}

const expected = Array.from(tetrahedron().positions, (value, i) =>
  Math.fround(value + (tetrahedron().corner[i % 3] as number)),
);

interface PolyData {
  getPoints(): { getData(): Float32Array };
  getPolys(): { getData(): Uint32Array };
  getPointData(): { getNormals(): { getData(): Float32Array } | null };
}

/** Corner by corner, whatever the vertices' numbers. */
function cornersOf(data: PolyData): readonly number[] {
  const points = data.getPoints().getData();
  const polys = data.getPolys().getData();
  const corners: number[] = [];
  for (let i = 0; i < polys.length; i += 4) {
    for (let corner = 1; corner <= 3; corner++) {
      const vertex = polys[i + corner] as number;
      corners.push(...points.subarray(3 * vertex, 3 * vertex + 3));
    }
  }
  return corners;
}

const expectedCorners = Array.from(tetrahedron().triangles, (vertex) =>
  expected.slice(3 * vertex, 3 * vertex + 3),
).flat();

describe('mesh files read by vtk.js', () => {
  it('STL has the triangles', async () => {
    const reader = vtkSTLReader.newInstance();
    reader.parseAsArrayBuffer(await bytesOf('stl'));
    expect(cornersOf(reader.getOutputData() as PolyData)).toEqual(expectedCorners);
  });

  it('PLY has the vertices, normals and triangles', async () => {
    const reader = vtkPLYReader.newInstance();
    reader.parseAsArrayBuffer(await bytesOf('ply'));
    const data = reader.getOutputData() as PolyData;
    expect(Array.from(data.getPoints().getData())).toEqual(expected);
    expect(cornersOf(data)).toEqual(expectedCorners);
    expect(data.getPointData().getNormals()?.getData()).toEqual(tetrahedron().normals);
  });

  it('VTK has the vertices and triangles', async () => {
    const reader = vtkPolyDataReader.newInstance();
    reader.parseAsText(new TextDecoder().decode(await bytesOf('vtk')));
    const data = reader.getOutputData() as PolyData;
    expect(Array.from(data.getPoints().getData())).toEqual(expected);
    expect(cornersOf(data)).toEqual(expectedCorners);
  });
});

describe('mesh files', () => {
  it.each(MESH_FORMAT_IDS)(
    '%s says the unit of length and the phase in its header',
    async (format) => {
      const head = new TextDecoder('latin1').decode((await bytesOf(format)).slice(0, 300));
      expect(head).toContain('unit of length: um');
      expect(head).toContain('phase: active');
      const unknown = tetrahedron({ unit: null, name: 'Röhre\n2' });
      const other = new TextDecoder('latin1').decode(
        (await bytesOf(format, unknown)).slice(0, 300),
      );
      expect(other).toContain('unit of length: voxel');
      expect(other).toContain('R_hre_2');
    },
  );

  it('STL is 84 bytes and 50 for each triangle, and not taken for text', async () => {
    const bytes = await bytesOf('stl');
    expect(bytes.byteLength).toBe(84 + 4 * 50);
    expect(new TextDecoder().decode(bytes.slice(0, 5))).not.toBe('solid');
    const view = new DataView(bytes);
    expect(view.getUint32(80, true)).toBe(4);
    // The last triangle looks away from the corner.
    const normal = [0, 4, 8].map((at) => view.getFloat32(84 + 3 * 50 + at, true));
    for (const part of normal) expect(part).toBeCloseTo(1 / Math.sqrt(3), 5);
  });

  it.each(MESH_FORMAT_IDS)('%s is written for a mesh without triangles', async (format) => {
    const none = tetrahedron({
      positions: new Float32Array(0),
      normals: new Float32Array(0),
      triangles: new Uint32Array(0),
    });
    expect((await bytesOf(format, none)).byteLength).toBeGreaterThan(80);
  });

  it.each(MESH_FORMAT_IDS)('%s is the same however it is cut', async (format) => {
    const count = 70_000;
    const positions = Float32Array.from({ length: 3 * count }, (_, i) => Math.sin(i));
    const mesh = tetrahedron({
      positions,
      normals: positions,
      triangles: Uint32Array.from(
        { length: 3 * (count - 2) },
        (_, i) => Math.floor(i / 3) + (i % 3),
      ),
    });
    let pauses = 0;
    const blob = await writeMesh(mesh, format, async () => void pauses++);
    expect(pauses).toBeGreaterThan(2);
    const bytes = await blob.arrayBuffer();
    if (format === 'vtk') {
      const lines = new TextDecoder().decode(bytes).trimEnd().split('\n');
      expect(lines).toHaveLength(5 + count + 1 + count - 2 + 2 + count);
    } else {
      const reader = format === 'stl' ? vtkSTLReader.newInstance() : vtkPLYReader.newInstance();
      reader.parseAsArrayBuffer(bytes);
      const data = reader.getOutputData() as PolyData;
      expect(cornersOf(data).length).toBe(9 * (count - 2));
    }
  });
});
