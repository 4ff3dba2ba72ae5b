import { expect, test } from 'vitest';
import { estimateCathodeBytes, generateCathode } from './cathode.ts';

// In a file of its own: arrays that other tests left behind would be collected meanwhile.
test('the arrays of a run stay below its estimate', async () => {
  const size = 96;
  const before = process.memoryUsage().arrayBuffers;
  let peak = 0;
  await generateCathode(
    { size, seed: 1, cracks: true },
    {
      progress: () => {
        peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
      },
    },
  );
  expect(peak).toBeGreaterThan(12 * size ** 3);
  expect(peak).toBeLessThanOrEqual(estimateCathodeBytes(size));
});
