/** The voxels that a step's grey intervals hold, shown before the step runs. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { useMemo } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import type { GreyInterval } from '../../../declaration/parameters.ts';
import { phaseColour } from '../../../volume/labels.ts';
import type { EngineClient } from '../../engine-client.ts';
import { intervalShares } from '../../rendering/interval-shares.ts';
import { type IntervalPreview, previewOf, selectedIntervals } from '../../stores/interval-step.ts';
import { useViewer } from '../../stores/viewer.ts';
import { useAction } from '../../use-action.ts';
import { useHistogram } from '../../use-histogram.ts';
import { useWorkspaceState } from '../../workbench-context.tsx';
import { OverlayLook } from './Legend.tsx';
import styles from './viewer.module.css';

export interface ShownPreview {
  /** null where there is nothing to preview on the shown image. */
  readonly offered: IntervalPreview | null;
  /** Its intervals; null while the preview is switched off. */
  readonly drawn: readonly GreyInterval[] | null;
}

export function useIntervalPreview(image: VolumeInfo | null): ShownPreview {
  const step = useWorkspaceState(selectedIntervals);
  const isShown = useViewer((state) => state.previewShown);
  const offered = useMemo(() => {
    const preview = previewOf(step);
    return preview !== null && preview.input.handle === image?.handle ? preview : null;
  }, [step, image]);
  return { offered, drawn: isShown ? (offered?.intervals ?? null) : null };
}

/** What the colours of the preview mean, with the share of all voxels that each interval holds. */
export function PreviewLegend(props: {
  readonly client: EngineClient;
  readonly preview: IntervalPreview;
}) {
  const { title, input, intervals } = props.preview;
  const toggle = useAction('interval-preview');
  const slab = useViewer((state) => state.slab);
  const known = useHistogram(props.client, input);
  const shares = useMemo(() => {
    if (known === null || known.handle !== input.handle) return null;
    return intervalShares(
      known.histogram,
      intervals,
      input.size[0] * input.size[1] * input.size[2],
    );
  }, [known, input, intervals]);
  const percent = (share: number | undefined): string =>
    shares === null || share === undefined
      ? ''
      : `${shares.isExact ? '' : '≈\u2009'}${(100 * share).toFixed(2)} %`;
  return (
    <div className={styles['legend']} role="group" aria-label="Preview">
      <Tooltip label={toggle.label}>
        <ActionIcon
          className={styles['tool'] ?? ''}
          size={24}
          aria-label={toggle.label}
          aria-pressed={toggle.isOn ?? false}
          onClick={toggle.run}
        >
          {toggle.isOn === true ? (
            <IconEye size={16} stroke={1.6} aria-hidden />
          ) : (
            <IconEyeOff size={16} stroke={1.6} aria-hidden />
          )}
        </ActionIcon>
      </Tooltip>
      <span
        className={styles['previewTitle']}
        title={`Voxels that the intervals of ${title} hold; the step has not run with them.`}
      >
        Preview{slab === null ? '' : ' of the slab'}
      </span>
      {/* Focusable, so that the keyboard can scroll what has no control in it. */}
      <div
        className={styles['phases']}
        data-off={toggle.isOn === false || undefined}
        tabIndex={0}
        role="group"
        aria-label={`Shares of the volume in the intervals of ${title}`}
      >
        <ul className={styles['previewPhases']}>
          {intervals.map((interval, i) => (
            // Names may be doubled; the place in the list is the phase.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={i} className={styles['previewPhase']}>
              <span className={styles['swatch']} style={{ background: phaseColour(i) }} />
              <span className={styles['phaseName']}>{interval.name}</span>
              <span className={styles['share']} data-testid="share">
                {percent(shares?.inside[i])}
              </span>
            </li>
          ))}
          <li className={styles['previewPhase']}>
            <span className={styles['phaseName']}>unassigned</span>
            <span className={styles['share']} data-testid="share">
              {percent(shares?.outside)}
            </span>
          </li>
        </ul>
      </div>
      {toggle.isOn === true && (
        <span className={styles['overlayControls']}>
          <OverlayLook />
        </span>
      )}
    </div>
  );
}
