/** The dialog is fetched when it is first wanted. */
import { lazy } from 'react';

export const VolumeDialog = lazy(async () => ({
  default: (await import('./VolumeDialog.tsx')).VolumeDialog,
}));
