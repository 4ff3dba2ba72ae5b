/** What the workbench remembers of its user on this machine: theme and panel sizes. */
import { createStore, type StoreApi } from 'zustand/vanilla';

export type Theme = 'auto' | 'dark' | 'light';

/** Percentages by panel id, as react-resizable-panels gives them. */
export type PanelSizes = Readonly<Record<string, number>>;

export interface Preferences {
  readonly theme: Theme;
  readonly panels: Readonly<Record<string, PanelSizes>>;
}

const STORAGE_KEY = 'tauscope-preferences';
const DEFAULTS: Preferences = { theme: 'auto', panels: {} };

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
  const { theme, panels } = document as Record<string, unknown>;
  const sizes =
    typeof panels === 'object' && panels !== null
      ? Object.fromEntries(Object.entries(panels).filter(([, value]) => isSizes(value)))
      : {};
  return { theme: theme === 'dark' || theme === 'light' ? theme : 'auto', panels: sizes };
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
