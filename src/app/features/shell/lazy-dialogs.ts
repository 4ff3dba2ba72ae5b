/** Dialogs that are fetched when they are first wanted. */
import { lazy } from 'react';

export const AboutDialog = lazy(async () => ({
  default: (await import('./AboutDialog.tsx')).AboutDialog,
}));

export const Palette = lazy(async () => ({ default: (await import('./Palette.tsx')).Palette }));

export const ShortcutsSheet = lazy(async () => ({
  default: (await import('./ShortcutsSheet.tsx')).ShortcutsSheet,
}));
