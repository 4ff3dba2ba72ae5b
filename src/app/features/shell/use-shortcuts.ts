/** Listens for the actions' shortcuts on the whole page. */
import { useEffect } from 'react';
import { actionForKey } from '../../actions.ts';
import { useWorkbench, type Workbench } from '../../workbench-context.tsx';

/** Whether plain characters mean something to what has the focus: text, choices, menus. */
function takesCharacters(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target instanceof HTMLTextAreaElement ||
      target instanceof HTMLSelectElement ||
      target.closest('[role="menu"], [role="listbox"]') !== null ||
      (target instanceof HTMLInputElement &&
        !['checkbox', 'radio', 'button', 'color', 'range'].includes(target.type)))
  );
}

/** Asked of the state: a dialog that was closed stays in the document while it fades. */
function dialogIsOpen({ dialogs, workspace }: Workbench): boolean {
  const { asksVoxelSize, source, question } = workspace.store.getState();
  const asks = source !== null && (question !== null || asksVoxelSize);
  return asks || dialogs.getState().open !== null;
}

/** Keeps for the palette what is typed before its field is there, which is fetched when first wanted. */
function typeAhead(event: KeyboardEvent, { dialogs }: Workbench): void {
  const { open, query } = dialogs.getState();
  const isThere = document.activeElement?.closest('[role="dialog"]') != null;
  if (open !== 'palette' || isThere || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  if (event.key.length === 1) dialogs.setState({ query: query + event.key });
}

export function useShortcuts(): void {
  const workbench = useWorkbench();
  useEffect(() => {
    const onEarlyKeyDown = (event: KeyboardEvent): void => typeAhead(event, workbench);
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || dialogIsOpen(workbench)) return;
      const action = actionForKey('page', event);
      if (action === null) return;
      const isCharacter = event.key.length === 1 && !event.ctrlKey && !event.metaKey;
      if (isCharacter && (event.repeat || takesCharacters(event.target))) return;
      if (action.obstacle(workbench) !== null) {
        action.explain?.(workbench);
        // Keys of the browser that would open a file or save the page are never wanted here.
        if (action.shortcut?.startsWith('Ctrl+') === true) event.preventDefault();
        return;
      }
      // What is being typed is finished first, so that the action meets it in the recipe.
      const isUndo = action.id === 'undo' || action.id === 'redo';
      if (isUndo && takesCharacters(event.target)) (event.target as HTMLElement).blur();
      event.preventDefault();
      action.run(workbench);
    };
    document.addEventListener('keydown', onEarlyKeyDown, { capture: true });
    document.addEventListener('keydown', onKeyDown);
    return () => {
      document.removeEventListener('keydown', onEarlyKeyDown, { capture: true });
      document.removeEventListener('keydown', onKeyDown);
    };
  }, [workbench]);
}
