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
  clip(planes: readonly ClipPlane[]): void;
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
  readonly mapper: ReturnType<typeof vtkMapper.newInstance>;
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
  let planes: readonly ClipPlane[] = [];

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
    clipMapper(mapper, planes);
    const actor = vtkActor.newInstance();
    actor.setMapper(mapper);
    actor.getProperty().setInterpolationToPhong();
    actor.getProperty().set({ ambient: 0.26, diffuse: 0.86, specular: 0.14, specularPower: 28 });
    actor.setVisibility(false);
    renderer.addActor(actor);
    shown.set(surface.label, { surface, actor, mapper });
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
    },
    clip(next) {
      planes = next;
      for (const { mapper } of shown.values()) clipMapper(mapper, planes);
    },
  };
}
