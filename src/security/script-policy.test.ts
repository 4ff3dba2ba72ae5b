import { describe, expect, it } from 'vitest';
import { ownScriptAddress } from './script-policy.ts';

const PAGE = 'https://lab.example/tools/tauscope/index.html';

describe('the script policy', () => {
  it('lets files of the own origin through, absolute', () => {
    expect(ownScriptAddress('./assets/engine.js', PAGE)).toBe(
      'https://lab.example/tools/tauscope/assets/engine.js',
    );
    expect(ownScriptAddress('https://lab.example/a.js', PAGE)).toBe('https://lab.example/a.js');
  });

  it.each([
    'https://elsewhere.example/a.js',
    '//elsewhere.example/a.js',
    'http://lab.example/a.js',
    'https://lab.example:8443/a.js',
    'blob:https://lab.example/5a3c',
    'data:text/javascript,alert(1)',
    'javascript:alert(1)',
    'https://lab.example@elsewhere.example/a.js',
  ])('refuses %s', (address) => {
    expect(() => ownScriptAddress(address, PAGE)).toThrow(TypeError);
  });
});
