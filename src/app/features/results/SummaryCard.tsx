/** Porosity, the shares of the phases and the pore's tortuosity factors at a glance. */
import { UnstyledButton } from '@mantine/core';
import { measuredNumber, percent } from './cells.ts';
import styles from './results.module.css';
import type { Summary } from './summary.ts';

export function SummaryCard(props: {
  readonly summary: Summary;
  readonly colours: ReadonlyMap<number, string>;
  readonly onMarkPore: () => void;
}) {
  const { summary, colours, onMarkPore } = props;
  const { porosity, fractions, poreTortuosity } = summary;
  return (
    <section className={styles['summary']} aria-label="Summary">
      {porosity === null ? (
        <p className={styles['noPorosity']}>
          No porosity: no phase is marked as pore.{' '}
          <UnstyledButton className={styles['link']} onClick={onMarkPore}>
            Mark the pore phase
          </UnstyledButton>
        </p>
      ) : (
        <div>
          <p className={styles['cardTitle']}>Porosity φ</p>
          <p className={styles['big']} data-result="porosity">
            {percent(porosity)}
          </p>
        </div>
      )}
      {fractions.length === 0 ? null : (
        <div>
          <div className={styles['shares']} aria-hidden>
            {fractions.map((phase) => (
              <span
                key={phase.label}
                style={{ flexGrow: phase.fraction, background: colours.get(phase.label) }}
              />
            ))}
          </div>
          <ul className={styles['legend']}>
            {fractions.map((phase) => (
              <li key={phase.label}>
                <span
                  className={styles['swatch']}
                  style={{ background: colours.get(phase.label) }}
                  aria-hidden
                />
                <span className={styles['legendName']} title={phase.name}>
                  {phase.name}
                </span>
                <span>{percent(phase.fraction)}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {poreTortuosity === null ? null : (
        <div>
          <p className={styles['cardTitle']}>Tortuosity factor τ of {poreTortuosity.phase}</p>
          <dl className={styles['factors']}>
            {poreTortuosity.factors.map(({ direction, value }) => (
              <div key={direction}>
                <dt>{direction}</dt>
                <dd data-none={value === null || undefined}>
                  {value === null ? 'no path' : measuredNumber(value)}
                </dd>
              </div>
            ))}
          </dl>
        </div>
      )}
    </section>
  );
}
