import { expect, test } from 'vitest';
import { voxelBytes } from '../volume/volume.ts';
import { generateCathode } from './cathode.ts';

test('gives the voxels that Node gives', async () => {
  const { grey } = await generateCathode({ size: 32, seed: 1 });
  const bytes = voxelBytes(grey.data).slice();
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const hex = Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
  expect(hex).toBe('3bb2e6b5548ea84a54b1068e285294757c76d88f1533abf521ba9f7f0469b50b');
});
