/** What an action is, and how its shortcut is read, matched and written. */
import type { IconName } from './components/Icon.tsx';
import type { Workbench } from './workbench-context.tsx';

export type ActionGroup =
  | 'File'
  | 'Export'
  | 'Volumes'
  | 'Export surface'
  | 'Edit'
  | 'Recipe'
  | 'Step'
  | 'Add step'
  | 'Preset'
  | 'Views'
  | '3-D'
  | 'Measure'
  | 'Correct labels'
  | 'Window'
  | 'Colour map'
  | 'Slab'
  | 'Compare'
  | 'Theme'
  | 'Layout'
  | 'Help';

export interface Action {
  readonly id: string;
  readonly title: string;
  readonly group: ActionGroup;
  readonly icon: IconName | null;
  /** "Ctrl+Shift+Z", where Cmd counts as Ctrl; null for none. */
  readonly shortcut: string | null;
  /** Where the shortcut works: on the whole page, or while a list (of steps, of volumes) has the focus. */
  readonly scope: 'page' | 'steps' | 'volumes';
  /** More words that the palette finds it by. */
  readonly keywords: string;
  /** The title among the others of its group; null where it is the same. */
  readonly shortTitle: string | null;
  /** A sentence about what it brings; '' where the title says it all. */
  readonly summary: string;
  /** One sentence: why it cannot be done now; null where it can. */
  obstacle(workbench: Workbench): string | null;
  /** What the shortcut does where the action cannot be done: leads to what is in the way. */
  explain?(workbench: Workbench): void;
  /** The title with what it would act on, where that adds something. */
  describe?(workbench: Workbench): string;
  /** For what is switched or chosen: whether it is so now. */
  isOn?(workbench: Workbench): boolean;
  run(workbench: Workbench): void;
}

/** The title with what the action would act on now. */
export function actionTitle(action: Action, workbench: Workbench): string {
  return action.obstacle(workbench) === null
    ? (action.describe?.(workbench) ?? action.title)
    : action.title;
}

/** Names of keys in shortcuts where the event names them otherwise. */
const EVENT_KEYS: Readonly<Record<string, string>> = { Space: ' ' };

export type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** Whether a key press is the shortcut; Cmd counts as Ctrl. */
export function matchesShortcut(shortcut: string, event: KeyPress): boolean {
  const parts = shortcut.split('+');
  const name = parts.at(-1) ?? '';
  const key = EVENT_KEYS[name] ?? name;
  const wants = (modifier: string): boolean => parts.includes(modifier);
  // Shift is part of typing "?"; only letters and named keys tell Ctrl+Z from Ctrl+Shift+Z.
  const isSign = key.length === 1 && !/[a-z ]/i.test(key);
  return (
    event.key.toLowerCase() === key.toLowerCase() &&
    (event.ctrlKey || event.metaKey) === wants('Ctrl') &&
    event.altKey === wants('Alt') &&
    (isSign || event.shiftKey === wants('Shift'))
  );
}

const SHOWN_KEYS: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  Delete: 'Del',
  PageUp: 'Page Up',
  PageDown: 'Page Down',
};

const MAC_KEYS: Readonly<Record<string, string>> = { Ctrl: '⌘', Shift: '⇧', Alt: '⌥' };

/** The shortcut as the keyboard of this machine labels its keys. */
export function shortcutText(
  shortcut: string,
  isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.userAgent ?? ''),
): string {
  const parts = shortcut.split('+').map((part) => SHOWN_KEYS[part] ?? part);
  return isMac ? parts.map((part) => MAC_KEYS[part] ?? part).join('') : parts.join('+');
}
