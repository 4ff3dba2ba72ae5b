/** Keys of the views that work anywhere on the page. */
import { useEffect } from 'react';
import { MEASURE_TOOLS, useMeasures } from '../../stores/measures.ts';
import { useViewer } from '../../stores/viewer.ts';

/** What the keys do, as the shortcuts sheet says it. */
export const VIEWER_KEYS = [
  ['B (hold)', 'Show the input instead of the result'],
  ['F', 'Fit all views'],
  ['M', 'Show one view alone, or all'],
  ['X', 'Show or hide the crosshair'],
  ['L', 'Show or hide the labels over the image'],
  ['C', 'Show or hide the colour bar'],
  [
    'Ctrl + drag',
    'Window: across its width, up and down its middle; as dragging with the right button',
  ],
  ['D, P, R, E', 'Measure a distance, a line profile, a rectangle, an ellipse; again to stop'],
  ['Enter', 'With a measuring tool: set a point at the crosshair'],
  ['Esc', 'With a measuring tool: take back the point, the measure, then the tool'],
  ['Delete', 'Remove the selected measure'],
  ['Arrows', 'Move the crosshair (in a slice) or turn the volume (in 3-D); with Shift by ten'],
  ['Page Up, Page Down', 'Previous or next slice; with Shift ten'],
  ['Home, End', 'First or last slice'],
  ['+ − 0', 'Zoom in, out, or fit the view'],
] as const;

function takesKeys(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target instanceof HTMLTextAreaElement ||
      target instanceof HTMLSelectElement ||
      target.closest('[role="menu"], [role="listbox"]') !== null ||
      (target instanceof HTMLInputElement &&
        !['checkbox', 'radio', 'button', 'range'].includes(target.type)))
  );
}

export function useViewerKeys(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (takesKeys(event.target)) return;
      if (document.querySelector('[role="dialog"][aria-modal="true"]') !== null) return;
      const viewer = useViewer.getState();
      const actions: Readonly<Record<string, () => void>> = {
        b: () => viewer.setComparing(true),
        f: viewer.fitAll,
        m: () => viewer.toggleMaximised(viewer.active),
        x: viewer.toggleCrosshair,
        l: viewer.toggleOverlay,
        c: viewer.toggleColourBar,
        ...Object.fromEntries(
          MEASURE_TOOLS.map(({ id, key }) => [
            key.toLowerCase(),
            () => useMeasures.getState().toggleTool(id),
          ]),
        ),
      };
      if (event.key === 'Escape' && useMeasures.getState().escape()) event.preventDefault();
      const action = actions[event.key.toLowerCase()];
      if (action === undefined) return;
      event.preventDefault();
      if (!event.repeat) action();
    };
    const stopComparing = (): void => useViewer.getState().setComparing(false);
    const onKeyUp = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() === 'b') stopComparing();
    };
    document.addEventListener('keydown', onKeyDown);
    document.addEventListener('keyup', onKeyUp);
    // A key that is let go in another window sends no event here.
    globalThis.addEventListener('blur', stopComparing);
    return () => {
      document.removeEventListener('keydown', onKeyDown);
      document.removeEventListener('keyup', onKeyUp);
      globalThis.removeEventListener('blur', stopComparing);
    };
  }, []);
}
