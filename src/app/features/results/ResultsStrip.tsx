/** The results while their panel is folded away: the numbers that come first, in one line. */
import { ActionButton } from '../../ActionButton.tsx';
import { Icon } from '../../components/Icon.tsx';
import { measuredNumber, percent } from './cells.ts';
import { ExportMenu } from './ExportMenu.tsx';
import styles from './results.module.css';
import { useResults } from './use-results.ts';

export function ResultsStrip() {
  const { summary, phases, others, isStale } = useResults();
  const { porosity, poreTortuosity } = summary;
  const isEmpty = phases === null && others.length === 0;
  return (
    <section className={styles['strip']} aria-label="Key numbers">
      <ActionButton id="panel-bottom">
        <Icon name="panelBottom" size={17} />
      </ActionButton>
      <div className={styles['stripNumbers']} data-stale={isStale || undefined}>
        {isEmpty ? <span>No results yet</span> : null}
        {isStale ? <span role="status">Before the last change:</span> : null}
        {porosity === null ? null : (
          <span>
            Porosity <strong>{percent(porosity)}</strong>
          </span>
        )}
        {poreTortuosity === null ? null : (
          <span title={`Tortuosity factor of ${poreTortuosity.phase}`}>
            τ{' '}
            {poreTortuosity.factors.map(({ direction, value }) => (
              <span key={direction}>
                {direction} <strong>
                  {value === null ? 'no path' : measuredNumber(value)}
                </strong>{' '}
              </span>
            ))}
          </span>
        )}
      </div>
      <ExportMenu />
    </section>
  );
}
