/** The surfaces of the phases there are, as files. */
import type { VolumeInfo } from '../../workers/engine-api.ts';
import type { MeshFormatId } from '../io/meshes/registry.ts';
import type { Action } from './action.ts';
import { action, needsNoJob } from './declare-action.ts';

/** The types of meshes that the engine writes, as menus name them. */
const FORMATS: Readonly<Record<MeshFormatId, string>> = { stl: 'STL', ply: 'PLY', vtk: 'VTK' };

/** More phases are components rather than materials: the command line writes those. */
const MOST_PHASES = 12;

/** An action for each phase and format; none without labels. */
export function surfaceActions(labels: VolumeInfo | null): readonly Action[] {
  if (labels === null) return [];
  return labels.phases.slice(0, MOST_PHASES).flatMap((phase) =>
    Object.entries(FORMATS).map(([format, title]) =>
      action({
        id: `export-surface-${phase.label}-${format}`,
        title: `Export surface of ${phase.name} as ${title}`,
        shortTitle: `${phase.name} as ${title}`,
        group: 'Export surface',
        icon: 'export',
        keywords: 'export save download mesh triangles 3-D print',
        obstacle: needsNoJob,
        run: ({ workspace }) =>
          void workspace.exportSurface(labels.handle, phase, format as MeshFormatId),
      }),
    ),
  );
}
