/** What stands over the surfaces of the 3-D view: their measured areas, and what is still to come. */
import { Button, Progress } from '@mantine/core';
import type { PhaseArea, VolumeInfo } from '../../../../workers/engine-api.ts';
import { formatNumber } from '../../components/format.ts';
import { useViewer } from '../../stores/viewer.ts';
import type { ShownSurfaces } from './use-surfaces.ts';
import styles from './surfaces.module.css';

interface SurfaceNotesProps {
  readonly labels: VolumeInfo;
  readonly shown: ShownSurfaces;
}

export function SurfaceNotes({ labels, shown }: SurfaceNotesProps) {
  const hidden = useViewer((state) => state.hiddenLabels);
  const { setContent3d } = useViewer.getState();
  const { surfaces, areas, work, problem } = shown;
  const together = Math.max(1, ...surfaces.map(({ voxelsTogether }) => voxelsTogether));
  const rows = labels.phases.flatMap((phase) => {
    const area = areas.find(({ label }) => label === phase.label);
    return area === undefined || hidden.includes(phase.label) ? [] : [{ phase, area }];
  });
  return (
    <>
      {rows.length > 0 && (
        <table
          className={styles['areas']}
          aria-label="Surface areas by the Cauchy–Crofton formula, as Surface area measures them"
        >
          <tbody>
            {rows.map(({ phase, area }) => (
              <tr key={phase.label}>
                <th scope="row">
                  <span className={styles['swatch']} style={{ background: phase.colour }} />
                  {phase.name}
                </th>
                <td title={String(area.area)}>{areaText(area)}</td>
                <td title={String(area.specificArea)} className={styles['specific']}>
                  {specificText(area)}
                </td>
              </tr>
            ))}
          </tbody>
          {together > 1 && (
            <caption>Drawn in cubes of {together} voxels; measured on all voxels.</caption>
          )}
        </table>
      )}
      {work !== null && (
        <div className={styles['work']}>
          <span>Surface of {work.phase}…</span>
          <Progress
            value={100 * work.fraction}
            size={3}
            aria-label={`Surface of ${work.phase}`}
            className={styles['bar'] ?? ''}
          />
          <Button size="compact-xs" variant="default" onClick={() => setContent3d('phases')}>
            Cancel
          </Button>
        </div>
      )}
      {problem !== null && (
        <p className={styles['problem']} role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

function areaText({ area, areaUnit }: PhaseArea): string {
  return `${formatNumber(Number(area.toPrecision(4)))} ${areaUnit}`;
}

function specificText({ specificArea, specificUnit }: PhaseArea): string {
  return `${formatNumber(Number(specificArea.toPrecision(4)))} ${specificUnit}`;
}
