/** The dialog and what it draws with are fetched when they are first wanted. */
import { lazy } from 'react';

export const FigureDialog = lazy(async () => ({
  default: (await import('./FigureDialog.tsx')).FigureDialog,
}));
