import { describe, expect, it } from 'vitest';
import { safeFileName } from './file-name.ts';

describe('the name of a saved file', () => {
  it.each([
    ['cathode-results.csv', 'cathode-results.csv'],
    ['Probe µ 2 (1).tif', 'Probe µ 2 (1).tif'],
    ['../../etc/passwd', '__.._etc_passwd'],
    [String.raw`..\boot.ini`, '__boot.ini'],
    ['<img src=x onerror=alert(1)>.nrrd', '_img src=x onerror=alert(1)_.nrrd'],
    ['evil\u202egnp.exe', 'evil_gnp.exe'],
    ['a\u0000b\n.csv', 'a_b_.csv'],
    ['.bashrc', '_bashrc'],
    ['nul.csv', '_nul.csv'],
    ['', '_'],
  ])('of %j is %j', (name, safe) => {
    expect(safeFileName(name)).toBe(safe);
  });

  it('is short and keeps its extension', () => {
    expect(safeFileName(`${'x'.repeat(2 ** 24)}.csv`)).toBe(`${'x'.repeat(150)}.csv`);
  });
});
