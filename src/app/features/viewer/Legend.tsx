/** Phases with their colours: a click hides or shows one. */
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import { useViewer } from '../../stores/viewer.ts';
import styles from './viewer.module.css';

interface LegendProps {
  readonly overlay: VolumeInfo;
  /** Whether labels lie over a grey image, so that their opacity matters. */
  readonly adjustable: boolean;
}

export function Legend({ overlay, adjustable }: LegendProps) {
  const hidden = useViewer((state) => state.hiddenLabels);
  const opacity = useViewer((state) => state.overlayOpacity);
  const style = useViewer((state) => state.overlayStyle);
  const { toggleLabel, setOverlayOpacity, setOverlayStyle } = useViewer.getState();
  return (
    <div className={styles['legend']} role="group" aria-label="Phases">
      {overlay.phases.map((phase) => (
        <button
          key={phase.label}
          type="button"
          className={styles['phase']}
          aria-pressed={!hidden.includes(phase.label)}
          title={`${phase.name} (label ${phase.label}): click to hide or show`}
          onClick={() => toggleLabel(phase.label)}
        >
          <span className={styles['swatch']} style={{ background: phase.colour }} />
          {phase.name}
        </button>
      ))}
      {adjustable && (
        <span className={styles['opacity']}>
          <select
            className={styles['select']}
            aria-label="How phases are drawn"
            value={style}
            onChange={(event) =>
              setOverlayStyle(event.currentTarget.value === 'outline' ? 'outline' : 'fill')
            }
          >
            <option value="fill">Fill</option>
            <option value="outline">Outline</option>
          </select>
          <label className={styles['opacity']}>
            Opacity
            <input
              type="range"
              min={0}
              max={1}
              step={0.05}
              value={opacity}
              onChange={(event) => setOverlayOpacity(Number(event.currentTarget.value))}
            />
          </label>
        </span>
      )}
    </div>
  );
}
