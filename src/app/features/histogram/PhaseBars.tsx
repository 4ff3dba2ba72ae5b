/** Phase fractions of a label volume as bars, where there are no grey values to count. */
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import styles from './histogram.module.css';

export function PhaseBars({ source }: { readonly source: VolumeInfo | null }) {
  if (source === null || source.labelCounts.length === 0) {
    return <p className={styles['empty']}>Open a volume to see its grey values.</p>;
  }
  const total = source.labelCounts.reduce((sum, { count }) => sum + count, 0);
  const rows = source.labelCounts.map(({ label, count }) => {
    const phase = source.phases.find((each) => each.label === label);
    return {
      label,
      name: phase?.name ?? String(label),
      colour: phase?.colour,
      share: count / total,
    };
  });
  return (
    <ul className={styles['bars']} aria-label="Voxels of each label">
      {rows.map(({ label, name, colour, share }) => (
        <li key={label}>
          <span className={styles['name']} title={name}>
            {name === String(label) ? name : `${label} · ${name}`}
          </span>
          <span className={styles['track']}>
            <span style={{ width: `${100 * share}%`, background: colour ?? 'currentColor' }} />
          </span>
          <span className={styles['share']}>{(100 * share).toFixed(2)} %</span>
        </li>
      ))}
    </ul>
  );
}
