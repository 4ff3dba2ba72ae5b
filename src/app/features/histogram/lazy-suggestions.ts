/** Fetched when suggestions are first asked for. */
import { lazy } from 'react';

export const Suggestions = lazy(async () => ({
  default: (await import('./Suggestions.tsx')).Suggestions,
}));
