/** Fetched when opacities are first looked at. */
import { lazy } from 'react';

export const OpacityEditor = lazy(async () => ({
  default: (await import('./OpacityEditor.tsx')).OpacityEditor,
}));
