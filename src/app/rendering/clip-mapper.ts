/** Cuts what a mapper of vtk.js draws. */
import vtkPlanes from '@kitware/vtk.js/Common/DataModel/Plane.js';
import type { ClipPlane } from './clipping.ts';

type Plane = ReturnType<typeof vtkPlanes.newInstance>;

interface ClippedMapper {
  removeAllClippingPlanes(): unknown;
  addClippingPlane(plane: Plane): unknown;
}

/** Leaves of the picture what lies on the kept side of all planes. */
export function clipMapper(mapper: ClippedMapper, planes: readonly ClipPlane[]): void {
  mapper.removeAllClippingPlanes();
  for (const { origin, normal } of planes) {
    mapper.addClippingPlane(vtkPlanes.newInstance({ origin: [...origin], normal: [...normal] }));
  }
}
