import { describe, expect, it } from 'vitest';
import { createPreferences, hiddenPanels, parsePreferences } from './preferences.ts';

describe('preferences', () => {
  it('fall back where the kept text is damaged or of another shape', () => {
    const defaults = { theme: 'auto', hidden: null, panels: {} };
    for (const text of [
      null,
      '',
      '{',
      'null',
      '[1]',
      '{"theme":"pink","hidden":"left","panels":3}',
    ]) {
      expect(parsePreferences(text)).toEqual(defaults);
    }
  });

  it('keep only panels that there are and sizes that are percentages', () => {
    const text = JSON.stringify({
      theme: 'dark',
      hidden: ['left', 'roof'],
      panels: { a: { x: 30, y: 70 }, b: { x: -1 } },
    });
    expect(parsePreferences(text)).toEqual({
      theme: 'dark',
      hidden: ['left'],
      panels: { a: { x: 30, y: 70 } },
    });
  });

  it('are written through, and a refusing storage is survived', () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    createPreferences(storage).setState({ theme: 'light' });
    expect(createPreferences(storage).getState().theme).toBe('light');
    const refuse = () => {
      throw new Error('denied');
    };
    const store = createPreferences({ getItem: refuse, setItem: refuse });
    store.setState({ theme: 'dark' });
    expect(store.getState().theme).toBe('dark');
  });

  it('fold the results away in a low window, until somebody chooses', () => {
    expect(hiddenPanels({ hidden: null }, 768)).toEqual(['bottom']);
    expect(hiddenPanels({ hidden: null }, 1080)).toEqual([]);
    expect(hiddenPanels({ hidden: [] }, 768)).toEqual([]);
    expect(hiddenPanels({ hidden: ['left'] }, 1080)).toEqual(['left']);
  });
});
