/**
 * VTK PolyData in the legacy format, as text: what every program of the VTK family reads, vtk.js
 * among them. Positions keep every digit of their float32. The title says the unit of length.
 */
import { type MeshWriter, placed, plainName, unitLine, WRITTEN_AT_ONCE } from './mesh-format.ts';

/** Of the title line, which VTK cuts off after 256. */
const MOST_NAME = 180;

export const writeVtkPolyData: MeshWriter = function* (mesh) {
  const { positions, normals, triangles } = mesh;
  const [vertices, count] = [positions.length / 3, triangles.length / 3];
  const parts: string[] = [
    '# vtk DataFile Version 3.0\n',
    `Tauscope surface, ${unitLine(mesh)}, phase: ${plainName(mesh.name, MOST_NAME)}\n`,
    'ASCII\nDATASET POLYDATA\n',
    `POINTS ${vertices} float\n`,
  ];
  yield* lines(vertices, (vertex) => triple((axis) => placed(mesh, 3 * vertex + axis)));
  parts.push(`POLYGONS ${count} ${4 * count}\n`);
  yield* lines(count, (i) => `3 ${triangles.subarray(3 * i, 3 * i + 3).join(' ')}`);
  parts.push(`POINT_DATA ${vertices}\nNORMALS Normals float\n`);
  yield* lines(vertices, (vertex) => triple((axis) => normals[3 * vertex + axis] as number));
  return new Blob(parts, { type: 'text/plain' });

  function* lines(length: number, line: (index: number) => string) {
    for (let start = 0; start < length; start += WRITTEN_AT_ONCE) {
      const size = Math.min(WRITTEN_AT_ONCE, length - start);
      parts.push(Array.from({ length: size }, (_, i) => `${line(start + i)}\n`).join(''));
      yield;
    }
  }
};

function triple(value: (axis: number) => number): string {
  return [0, 1, 2].map((axis) => shortFloat(value(axis))).join(' ');
}

/** The fewest digits that read back as the same float32. */
function shortFloat(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}
