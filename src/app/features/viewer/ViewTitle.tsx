/** The name of a view; a double click shows the view alone, or all again. */
import { PLANE_COLOURS } from '../../rendering/view-colours.ts';
import { useViewer, type ViewId } from '../../stores/viewer.ts';
import styles from './viewer.module.css';

export function ViewTitle({ view, title }: { readonly view: ViewId; readonly title: string }) {
  return (
    <span
      className={styles['title']}
      style={view === '3d' ? undefined : { color: PLANE_COLOURS[view] }}
      title="Double-click to show this view alone, or all again"
      onDoubleClick={() => useViewer.getState().toggleMaximised(view)}
    >
      {title}
    </span>
  );
}
