import { describe, expect, it } from 'vitest';
import { nearest } from './suggestion.ts';

const COMMANDS = ['run', 'analyze', 'apply', 'info', 'phantom'];

describe('nearest', () => {
  it.each([
    ['anlyze', 'analyze'],
    ['analyse', 'analyze'],
    ['ru', 'run'],
    ['RUN', 'run'],
    ['phantmo', 'phantom'],
    ['ifno', 'info'],
  ])('takes %s for %s', (word, meant) => {
    expect(nearest(word, COMMANDS)).toBe(meant);
  });

  it.each(['help-me', 'xyz', 'segment', ''])('finds nothing like "%s"', (word) => {
    expect(nearest(word, COMMANDS)).toBeNull();
  });

  it('prefers the word that is nearer', () => {
    expect(nearest('phas', ['phases', 'phase'])).toBe('phase');
  });
});
