/** Dialogs that are fetched when they are first wanted. */
import { lazy } from 'react';

export const PhantomDialog = lazy(async () => ({
  default: (await import('./PhantomDialog.tsx')).PhantomDialog,
}));
