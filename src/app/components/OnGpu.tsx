/** The mark of everything that rests on a GPU. */
import styles from './on-gpu.module.css';

/** @param why in a tooltip: which step, which adapter */
export function OnGpu({ why }: { readonly why?: string }) {
  return (
    <span className={styles['tag']} title={why}>
      computed on GPU
    </span>
  );
}
