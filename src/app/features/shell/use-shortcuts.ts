/** Listens for the actions' shortcuts on the whole page. */
import { useEffect } from 'react';
import { ACTIONS, matchesShortcut } from '../../actions.ts';
import { useWorkbench } from '../../workbench-context.tsx';

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      (target instanceof HTMLInputElement &&
        !['checkbox', 'radio', 'button', 'color', 'range'].includes(target.type)) ||
      target instanceof HTMLTextAreaElement)
  );
}

function dialogIsOpen(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
}

export function useShortcuts(): void {
  const workbench = useWorkbench();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || dialogIsOpen()) return;
      const action = ACTIONS.find(
        ({ shortcut }) => shortcut !== null && matchesShortcut(shortcut, event),
      );
      if (action === undefined || !action.isEnabled(workbench)) return;
      // A text field undoes its own typing, and takes plain characters.
      const isPlain = !event.ctrlKey && !event.metaKey;
      const isTextUndo = action.id === 'undo' || action.id === 'redo';
      if (isTyping(event.target) && ((isPlain && event.key !== 'Escape') || isTextUndo)) {
        if (!isTextUndo) return;
        (event.target as HTMLElement).blur();
      }
      event.preventDefault();
      action.run(workbench);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [workbench]);
}
