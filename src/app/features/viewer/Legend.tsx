/** Phases with their colours and shares: a click hides or shows one. */
import { SegmentedControl, Slider, Tooltip, ActionIcon } from '@mantine/core';
import { IconStack2 } from '@tabler/icons-react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import { useViewer } from '../../stores/viewer.ts';
import styles from './viewer.module.css';

interface LegendProps {
  readonly overlay: VolumeInfo;
  /** The grey image that the labels lie over; null where they stand alone. */
  readonly image: VolumeInfo | null;
}

export function Legend({ overlay, image }: LegendProps) {
  const hidden = useViewer((state) => state.hiddenLabels);
  const { toggleLabel } = useViewer.getState();
  const total = overlay.labelCounts.reduce((sum, { count }) => sum + count, 0);
  const share = (label: number): string => {
    const count = overlay.labelCounts.find((each) => each.label === label)?.count ?? 0;
    return total === 0 ? '' : `${((100 * count) / total).toFixed(1)} %`;
  };
  return (
    <div className={styles['legend']} role="group" aria-label="Phases">
      <span className={styles['phases']}>
        {overlay.phases.map((phase) => (
          <button
            key={phase.label}
            type="button"
            className={styles['phase']}
            aria-pressed={!hidden.includes(phase.label)}
            title={`${phase.name} (label ${phase.label}): hide or show`}
            onClick={() => toggleLabel(phase.label)}
          >
            <span className={styles['swatch']} style={{ background: phase.colour }} />
            <span className={styles['phaseName']}>{phase.name}</span>
            <span className={styles['share']}>{share(phase.label)}</span>
          </button>
        ))}
      </span>
      {image !== null && <OverlayControls />}
    </div>
  );
}

function OverlayControls() {
  const isShown = useViewer((state) => state.overlayShown);
  const { toggleOverlay } = useViewer.getState();
  return (
    <span className={styles['overlayControls']}>
      <Tooltip label="Labels over the image (L)">
        <ActionIcon
          className={styles['tool'] ?? ''}
          size={24}
          aria-label="Labels over the image (L)"
          aria-pressed={isShown}
          onClick={toggleOverlay}
        >
          <IconStack2 size={16} stroke={1.6} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <OverlayLook />
    </span>
  );
}

/** How what lies over the image is drawn. */
export function OverlayLook() {
  const opacity = useViewer((state) => state.overlayOpacity);
  const style = useViewer((state) => state.overlayStyle);
  const { setOverlayOpacity, setOverlayStyle } = useViewer.getState();
  return (
    <>
      <SegmentedControl
        size="xs"
        className={styles['segments'] ?? ''}
        aria-label="How phases are drawn"
        value={style}
        onChange={(value) => setOverlayStyle(value === 'outline' ? 'outline' : 'fill')}
        data={[
          { value: 'fill', label: 'Fill' },
          { value: 'outline', label: 'Outline' },
        ]}
      />
      <Slider
        className={styles['opacity'] ?? ''}
        size={3}
        thumbSize={11}
        min={0}
        max={1}
        step={0.05}
        label={(value) => `${Math.round(100 * value)} %`}
        thumbLabel="Opacity of the labels"
        value={opacity}
        onChange={setOverlayOpacity}
      />
    </>
  );
}
