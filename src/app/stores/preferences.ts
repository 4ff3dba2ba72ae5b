/** What the workbench remembers of its user on this machine: theme, panels and their sizes. */
import { createStore, type StoreApi } from 'zustand/vanilla';

export type Theme = 'auto' | 'dark' | 'light';

/** Percentages by panel id, as react-resizable-panels gives them. */
export type PanelSizes = Readonly<Record<string, number>>;

/** The panels about the views that can be hidden. */
export const SIDE_PANELS = ['left', 'bottom', 'right'] as const;
export type SidePanel = (typeof SIDE_PANELS)[number];

export interface Preferences {
  readonly theme: Theme;
  /** null until a person chose: then it goes by the height of the window. */
  readonly hidden: readonly SidePanel[] | null;
  readonly panels: Readonly<Record<string, PanelSizes>>;
}

const STORAGE_KEY = 'tauscope-preferences';
const DEFAULTS: Preferences = { theme: 'auto', hidden: null, panels: {} };

/** Pixels of a window above which slices are large enough beside an open table of results. */
export const ROOM_FOR_RESULTS = 860;

function isSizes(value: unknown): value is PanelSizes {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((size) => typeof size === 'number' && size >= 0 && size <= 100)
  );
}

/** Reads what another version or a person may have written; anything odd falls back. */
export function parsePreferences(text: string | null): Preferences {
  if (text === null) return DEFAULTS;
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return DEFAULTS;
  }
  if (typeof document !== 'object' || document === null) return DEFAULTS;
  const { theme, hidden, panels } = document as Record<string, unknown>;
  const sizes =
    typeof panels === 'object' && panels !== null
      ? Object.fromEntries(Object.entries(panels).filter(([, value]) => isSizes(value)))
      : {};
  return {
    theme: theme === 'dark' || theme === 'light' ? theme : 'auto',
    hidden: Array.isArray(hidden) ? SIDE_PANELS.filter((panel) => hidden.includes(panel)) : null,
    panels: sizes,
  };
}

/** The panels that are hidden in a window of this height. */
export function hiddenPanels(
  { hidden }: Pick<Preferences, 'hidden'>,
  windowHeight: number = globalThis.innerHeight,
): readonly SidePanel[] {
  return hidden ?? (windowHeight < ROOM_FOR_RESULTS ? ['bottom'] : []);
}

export function togglePanel(preferences: StoreApi<Preferences>, panel: SidePanel): void {
  const hidden = hiddenPanels(preferences.getState());
  preferences.setState({
    hidden: hidden.includes(panel) ? hidden.filter((each) => each !== panel) : [...hidden, panel],
  });
}

/** A store that writes through to `storage`; a storage that refuses is ignored. */
export function createPreferences(
  storage: Pick<Storage, 'getItem' | 'setItem'> | null,
): StoreApi<Preferences> {
  let kept: string | null = null;
  try {
    kept = storage?.getItem(STORAGE_KEY) ?? null;
  } catch {
    // Blocked storage: nothing is remembered, everything works.
  }
  const store = createStore<Preferences>(() => parsePreferences(kept));
  store.subscribe((state) => {
    try {
      storage?.setItem(STORAGE_KEY, JSON.stringify(state));
    } catch {
      // As above.
    }
  });
  return store;
}
