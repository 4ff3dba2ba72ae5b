/** Which dialog is open; at most one. */
import { createStore, type StoreApi } from 'zustand/vanilla';

export type DialogName = 'shortcuts' | 'about' | 'phantom';

export interface Dialogs {
  readonly open: DialogName | null;
}

export function createDialogs(): StoreApi<Dialogs> {
  return createStore<Dialogs>(() => ({ open: null }));
}
