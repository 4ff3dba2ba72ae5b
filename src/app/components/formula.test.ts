import { describe, expect, it } from 'vitest';
import { formulaParts } from './formula.ts';

function marked(text: string): string {
  return formulaParts(text)
    .map(({ text: part, low }) => (low ? `<${part}>` : part))
    .join('');
}

describe('formulaParts', () => {
  it('sets what follows an underscore low', () => {
    expect(marked('τ = ε D0 / D_eff')).toBe('τ = ε D<0> / D<eff>');
    expect(marked('D_eff/D0')).toBe('D<eff>/D<0>');
  });

  it('leaves other digits and names alone', () => {
    expect(marked('pₐ = Σ |C| / N, 1.0, B0, a_')).toBe('pₐ = Σ |C| / N, 1.0, B0, a_');
    expect(formulaParts('')).toEqual([]);
  });
});
