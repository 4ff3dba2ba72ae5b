/** Surfaces of phases in the scene of the 3-D view: lit, coloured, cut by the view's planes. */
import '@kitware/vtk.js/Rendering/OpenGL/Actor.js';
import '@kitware/vtk.js/Rendering/OpenGL/PolyDataMapper.js';
import vtkCellArray from '@kitware/vtk.js/Common/Core/CellArray.js';
import vtkDataArray from '@kitware/vtk.js/Common/Core/DataArray.js';
import vtkPolyData from '@kitware/vtk.js/Common/DataModel/PolyData.js';
import vtkActor from '@kitware/vtk.js/Rendering/Core/Actor.js';
import vtkLight from '@kitware/vtk.js/Rendering/Core/Light.js';
import vtkMapper from '@kitware/vtk.js/Rendering/Core/Mapper.js';
import type vtkRenderer from '@kitware/vtk.js/Rendering/Core/Renderer.js';
import type { Phase, Vector3 } from '../../volume/volume.ts';
import { clipMapper } from './clip-mapper.ts';
import type { ClipPlane } from './clipping.ts';
import { parseColour } from './colour-maps.ts';
import { FACE_LIGHT } from './cut-volume.ts';
import { capQuads, type Cuts, cutFaces } from './surface-caps.ts';

/** A mesh in lengths of its own, in a volume whose edges have the lengths `extent`. */
export interface SurfaceIn3d {
  readonly label: number;
  readonly positions: Float32Array;
  readonly normals: Float32Array;
  readonly triangles: Uint32Array;
  readonly extent: Vector3;
}

export interface SurfaceActors {
  setSurfaces(surfaces: readonly SurfaceIn3d[]): void;
  /** Shows the surfaces of these phases but the hidden ones; null shows none. */
  show(
    look: { readonly phases: readonly Phase[]; readonly hidden: readonly number[] } | null,
  ): void;
  /** Cuts all surfaces; closes them where they are cut, if `closed`. */
  cut(cuts: Cuts, closed: boolean): void;
}

/** Seen from the camera: from above on the left, and fainter from the other side. */
const LIGHTS = [
  { position: [-0.5, 0.8, 1.2], intensity: 1 },
  { position: [0.9, -0.5, 0.7], intensity: 0.42 },
] as const;

type Renderer = ReturnType<typeof vtkRenderer.newInstance>;

function polyDataOf({ positions, normals, triangles, extent }: SurfaceIn3d) {
  const longest = Math.max(...extent);
  const polyData = vtkPolyData.newInstance();
  polyData.getPoints().setData(
    positions.map((position) => position / longest),
    3,
  );
  const cells = new Uint32Array((triangles.length / 3) * 4);
  for (let i = 0, to = 0; i < triangles.length; i += 3, to += 4) {
    cells[to] = 3;
    cells.set(triangles.subarray(i, i + 3), to + 1);
  }
  polyData.setPolys(vtkCellArray.newInstance({ values: cells }));
  polyData
    .getPointData()
    .setNormals(
      vtkDataArray.newInstance({ name: 'Normals', numberOfComponents: 3, values: normals }),
    );
  return polyData;
}

interface Shown {
  readonly surface: SurfaceIn3d;
  readonly actor: ReturnType<typeof vtkActor.newInstance>;
  readonly mapper: Mapper;
}

/** Planes whose three negative sides together are the corner that is taken out. */
function cornerPlanes([x, y, z]: Vector3): readonly ClipPlane[] {
  return [
    { origin: [x, 0, 0], normal: [-1, 0, 0] },
    { origin: [0, y, 0], normal: [0, 1, 0] },
    { origin: [0, 0, z], normal: [0, 0, 1] },
  ];
}

/**
 * vtk.js leaves out what is on the negative side of any plane. The last three of these planes are
 * those of the corner: what is left out by them is on the negative side of all three.
 */
const CUT_BY_CORNER = {
  shaderType: 'Fragment',
  originalValue: '//VTK::Clip::Impl',
  replaceFirst: true,
  replaceAll: false,
  replacementValue: `
    bool isTaken = true;
    for (int plane = 0; plane < clipDistancesVSOutput.length(); plane++) {
      bool isOutside = clipDistancesVSOutput[plane] < 0.0;
      if (plane < clipDistancesVSOutput.length() - 3) {
        if (isOutside) discard;
      } else {
        isTaken = isTaken && isOutside;
      }
    }
    if (isTaken) discard;`,
};

type Mapper = ReturnType<typeof vtkMapper.newInstance>;

function cutMapper(mapper: Mapper, { planes, corner }: Cuts): void {
  clipMapper(mapper, corner === null ? planes : [...planes, ...cornerPlanes(corner)]);
  const replacements = corner === null ? [] : [CUT_BY_CORNER];
  mapper.setViewSpecificProperties({ OpenGL: { ShaderReplacements: replacements } });
}

/** Quads in colours of their own, as a mesh without light. */
function createCaps(renderer: Renderer) {
  const mapper = vtkMapper.newInstance();
  mapper.setColorModeToDirectScalars();
  const actor = vtkActor.newInstance();
  actor.setMapper(mapper);
  actor.getProperty().set({ ambient: 1, diffuse: 0, specular: 0 });
  actor.setVisibility(false);
  renderer.addActor(actor);
  return {
    draw(parts: readonly { readonly corners: Float32Array; readonly colour: Vector3 }[]): void {
      const numbers = parts.reduce((sum, { corners }) => sum + corners.length, 0);
      actor.setVisibility(numbers > 0);
      if (numbers === 0) return;
      const points = new Float32Array(numbers);
      const colours = new Uint8Array(numbers);
      let at = 0;
      for (const { corners, colour } of parts) {
        points.set(corners, at);
        for (let i = 0; i < corners.length; i += 3) colours.set(colour, at + i);
        at += corners.length;
      }
      const quads = numbers / 12;
      const cells = new Uint32Array(5 * quads);
      for (let quad = 0; quad < quads; quad++) {
        cells.set([4, 4 * quad, 4 * quad + 1, 4 * quad + 2, 4 * quad + 3], 5 * quad);
      }
      const polyData = vtkPolyData.newInstance();
      polyData.getPoints().setData(points, 3);
      polyData.setPolys(vtkCellArray.newInstance({ values: cells }));
      polyData
        .getPointData()
        .setScalars(
          vtkDataArray.newInstance({ name: 'Colours', numberOfComponents: 3, values: colours }),
        );
      mapper.setInputData(polyData);
    },
  };
}

export function createSurfaceActors(renderer: Renderer): SurfaceActors {
  renderer.setAutomaticLightCreation(false);
  for (const { position, intensity } of LIGHTS) {
    const light = vtkLight.newInstance({ intensity });
    light.setLightTypeToCameraLight();
    light.setPositionFrom([...position]);
    light.setFocalPoint(0, 0, 0);
    renderer.addLight(light);
  }
  const shown = new Map<number, Shown>();
  const caps = createCaps(renderer);
  let cuts: Cuts = { planes: [], corner: null, extent: [1, 1, 1] };
  let closed = true;

  function remove(label: number): void {
    const old = shown.get(label);
    if (old === undefined) return;
    renderer.removeActor(old.actor);
    old.actor.delete();
    old.mapper.delete();
    shown.delete(label);
  }

  function add(surface: SurfaceIn3d): void {
    const mapper = vtkMapper.newInstance({ scalarVisibility: false });
    mapper.setInputData(polyDataOf(surface));
    cutMapper(mapper, cuts);
    const actor = vtkActor.newInstance();
    actor.setMapper(mapper);
    actor.getProperty().setInterpolationToPhong();
    actor.getProperty().set({ ambient: 0.26, diffuse: 0.86, specular: 0.14, specularPower: 28 });
    actor.setVisibility(false);
    renderer.addActor(actor);
    shown.set(surface.label, { surface, actor, mapper });
  }

  /** Faces of all surfaces that are seen, each axis a little darker or brighter than the next. */
  function drawCaps(): void {
    const visible = [...shown.values()].filter(({ actor }) => actor.getVisibility());
    const faces = closed ? cutFaces(cuts) : [];
    caps.draw(
      visible.flatMap(({ surface: { positions, triangles, extent }, actor }) => {
        const mesh = { positions, triangles, scale: 1 / Math.max(...extent) };
        const colour = actor.getProperty().getColor();
        return faces.map((face) => ({
          corners: capQuads(mesh, face),
          colour: colour.map((share) =>
            Math.round(255 * share * FACE_LIGHT[face.axis]),
          ) as unknown as Vector3,
        }));
      }),
    );
  }

  return {
    setSurfaces(surfaces) {
      for (const [label, { surface }] of shown) {
        const next = surfaces.find((each) => each.label === label);
        if (next?.positions !== surface.positions) remove(label);
      }
      for (const surface of surfaces) if (!shown.has(surface.label)) add(surface);
    },
    show(look) {
      for (const [label, { actor }] of shown) {
        const phase = look?.phases.find((each) => each.label === label);
        const isVisible = phase !== undefined && look?.hidden.includes(label) === false;
        actor.setVisibility(isVisible);
        if (phase === undefined) continue;
        const [red, green, blue] = parseColour(phase.colour);
        actor.getProperty().setColor(red / 255, green / 255, blue / 255);
      }
      drawCaps();
    },
    cut(next, isClosed) {
      cuts = next;
      closed = isClosed;
      for (const { mapper } of shown.values()) cutMapper(mapper, cuts);
    },
  };
}
