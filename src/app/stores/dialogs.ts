/** Which dialog is open; at most one. */
import { createStore, type StoreApi } from 'zustand/vanilla';

export type DialogName = 'figure' | 'shortcuts' | 'about' | 'phantom' | 'palette' | 'volume';

export interface Dialogs {
  readonly open: DialogName | null;
  /** What the palette starts to look for. */
  readonly query: string;
}

export function createDialogs(): StoreApi<Dialogs> {
  return createStore<Dialogs>(() => ({ open: null, query: '' }));
}
