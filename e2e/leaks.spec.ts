/** Opening and closing again and again leaves nothing behind. */
import { writeFile } from 'node:fs/promises';
import { writeVolume } from '../src/io/registry.ts';
import { createSpacing } from '../src/volume/length.ts';
import { createVolume } from '../src/volume/volume.ts';
import { ViewsPage } from './pages/views-page.ts';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { MemoryProbe } from './support/memory.ts';
import { expect, test } from './support/test.ts';

const EDGE = 128;
const CYCLES = 20;
test.use({ viewport: { width: 900, height: 600 } });

const MEBIBYTE = 2 ** 20;

/** A ramp with a hole: every value occurs, and the 3-D view has something to show. */
async function rampFile(): Promise<string> {
  const data = Uint8Array.from({ length: EDGE ** 3 }, (_, i) => (i % EDGE) + (i >> 14));
  const spacing = createSpacing([1, 1, 1], 'µm');
  const size = [EDGE, EDGE, EDGE] as const;
  const ramp = createVolume({ kind: 'grey', name: 'ramp', size, data, spacing });
  const path = test.info().outputPath('ramp.nrrd');
  await writeFile(path, Buffer.from(await (await writeVolume(ramp, 'nrrd')).arrayBuffer()));
  return path;
}

test('twenty volumes of 128³ are opened and closed: memory, nodes, listeners and contexts stay', async ({
  page,
}) => {
  const lost: string[] = [];
  page.on('console', (message) => {
    if (/WebGL contexts|context lost/i.test(message.text())) lost.push(message.text());
  });
  const workbench = new WorkbenchPage(page);
  const views = new ViewsPage(page);
  const path = await rampFile();
  const probe = await MemoryProbe.attach(page);
  await workbench.start();
  const cycle = async (): Promise<void> => {
    await workbench.drop(path);
    await expect.poll(() => views.coverage(views.slice('XY'))).toBeGreaterThan(0.1);
    await workbench.do('Close ramp');
    await expect(page.getByRole('heading', { name: 'Drop a CT stack here' })).toBeVisible();
    await workbench.idle();
  };
  /** React keeps the last tree it took down until it draws something else. */
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) {
      await workbench.do('About Tauscope');
      await expect(page.getByRole('dialog')).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
    }
  };
  // The first rounds load code, compile shaders and fill pools.
  for (let i = 0; i < 4; i++) await cycle();
  await settle();
  const before = await probe.read();
  for (let i = 0; i < CYCLES; i++) await cycle();
  await settle();
  const after = await probe.read();

  test.info().annotations.push({ type: 'held', description: JSON.stringify({ before, after }) });
  // Twenty volumes that stayed would be 40 MiB, and their pages 50,000 nodes.
  expect(after.heapBytes - before.heapBytes).toBeLessThan(4 * MEBIBYTE);
  expect(after.bufferBytes - before.bufferBytes).toBeLessThan(6 * MEBIBYTE);
  expect(after.nodes - before.nodes).toBeLessThan(5 * CYCLES);
  expect(after.listeners - before.listeners).toBeLessThan(CYCLES);
  expect(after.workers).toBe(before.workers);
  expect(lost).toEqual([]);
});
