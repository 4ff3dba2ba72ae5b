/** Showing the input for as long as B is held, anywhere on the page. */
import { useEffect } from 'react';
import { useViewer } from '../../stores/viewer.ts';

/** What keys do in a view, beside the shortcuts of actions, as the shortcuts sheet says it. */
export const VIEWER_KEYS = [
  ['B (hold)', 'Show the input instead of the result'],
  [
    'Ctrl + drag',
    'Window: across its width, up and down its middle; as dragging with the right button',
  ],
  ['Enter', 'With a measuring tool: set a point at the crosshair'],
  ['Esc', 'With a measuring tool: take back the point, the measure, then the tool'],
  [
    'Enter, Space',
    'Correcting labels: paint at the crosshair; a corner of a lasso, twice to close it',
  ],
  ['0 to 9', 'Correcting labels: the label to paint'],
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
      if (event.key.toLowerCase() !== 'b') return;
      event.preventDefault();
      useViewer.getState().setComparing(true);
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
