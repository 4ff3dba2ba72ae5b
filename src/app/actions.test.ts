import { describe, expect, it } from 'vitest';
import { ACTIONS, matchesShortcut } from './actions.ts';

function press(key: string, ...modifiers: readonly ('ctrl' | 'meta' | 'shift' | 'alt')[]) {
  return {
    key,
    ctrlKey: modifiers.includes('ctrl'),
    metaKey: modifiers.includes('meta'),
    shiftKey: modifiers.includes('shift'),
    altKey: modifiers.includes('alt'),
  };
}

describe('matchesShortcut', () => {
  it('tells undo from redo by Shift, and takes Cmd for Ctrl', () => {
    expect(matchesShortcut('Ctrl+Z', press('z', 'ctrl'))).toBe(true);
    expect(matchesShortcut('Ctrl+Z', press('Z', 'ctrl', 'shift'))).toBe(false);
    expect(matchesShortcut('Ctrl+Shift+Z', press('Z', 'ctrl', 'shift'))).toBe(true);
    expect(matchesShortcut('Ctrl+Z', press('z', 'meta'))).toBe(true);
    expect(matchesShortcut('Ctrl+Z', press('z'))).toBe(false);
  });

  it('takes a question mark with the Shift that types it', () => {
    expect(matchesShortcut('?', press('?', 'shift'))).toBe(true);
    expect(matchesShortcut('?', press('?', 'ctrl', 'shift'))).toBe(false);
  });
});

describe('actions', () => {
  it('have ids and shortcuts of their own', () => {
    const ids = ACTIONS.map(({ id }) => id);
    const shortcuts = ACTIONS.flatMap(({ shortcut }) => shortcut ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(shortcuts).size).toBe(shortcuts.length);
  });
});
