import { expect, it } from 'vitest';
import { assertPublicAddress, isPublicAddress } from './web-address.ts';

it.each([
  'https://zenodo.org/api/records/1/files/scan.tif/content',
  'https://example.org:8443/a?b=c',
  'https://8.8.8.8/a',
  'https://172.32.0.1/a',
])('takes %s', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

it.each([
  ['http://example.org/a', 'does not begin with https'],
  ['javascript:alert(1)', 'does not begin with https'],
  ['data:text/html,a', 'does not begin with https'],
  ['file:///etc/passwd', 'does not begin with https'],
  ['a.tif', 'is no complete web address'],
  ['https://user:secret@example.org/', 'user name or password'],
  ['https://localhost/a', 'private network'],
  ['https://printer/a', 'private network'],
  ['https://nas.local./a', 'private network'],
  ['https://127.0.0.1/a', 'private network'],
  ['https://2130706433/a', 'private network'],
  ['https://0x7f.1/a', 'private network'],
  ['https://10.1.2.3/a', 'private network'],
  ['https://172.16.0.1/a', 'private network'],
  ['https://192.168.1.1/a', 'private network'],
  ['https://169.254.169.254/latest/meta-data', 'private network'],
  ['https://[::1]/a', 'IPv6'],
  ['https://[::ffff:10.0.0.1]/a', 'IPv6'],
  [`https://example.org/${'a'.repeat(2048)}`, 'more than 2048 characters'],
])('refuses %s', (address, reason) => {
  expect(() => assertPublicAddress(address)).toThrow(reason);
});
