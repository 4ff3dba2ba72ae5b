/**
 * How long a large stack takes from the drop to its first slice, in the built page on this machine's
 * Chromium: a raw uint16 TIFF stack of 256 MiB, written into `.cache` by seed.
 *
 * `npm run build && npx tsx bench/first-view.ts [--megabytes 256] [--repeats 3]` prints seconds, and
 * the ratio to what Node takes to read the same file and digest it (SHA-256).
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type BrowserContext, chromium } from '@playwright/test';
import { chromiumOptions } from '../scripts/chromium.ts';
import { startServer } from '../scripts/serve.ts';
import { writeStreamed } from '../src/io/registry.ts';
import { createSpacing } from '../src/volume/length.ts';
import { inMemory } from '../src/volume/streamed.ts';
import { createVolume } from '../src/volume/volume.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const MEBIBYTE = 2 ** 20;

/** Noise on spheres: no value is rare, as in a scan. */
async function writeStack(path: string, megabytes: number): Promise<void> {
  const depth = Math.round((megabytes * MEBIBYTE) / 2 / 512 ** 2);
  const data = new Uint16Array(512 * 512 * depth);
  let state = 1;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    const [x, y, z] = [i & 63, (i >> 9) & 63, (i >> 18) & 63];
    const inside = (x - 32) ** 2 + (y - 32) ** 2 + (z - 32) ** 2 < 700;
    data[i] = (inside ? 30_000 : 12_000) + ((state >>> 16) & 8191);
  }
  const size = [512, 512, depth] as const;
  const spacing = createSpacing([0.2, 0.2, 0.2], 'µm');
  const volume = createVolume({ kind: 'grey', name: 'stack', size, data, spacing });
  const file = await open(path, 'w');
  await writeStreamed(inMemory(volume), 'tiff', {
    write: async (bytes) => void (await file.write(bytes)),
  });
  await file.close();
}

async function digestSeconds(path: string): Promise<number> {
  const startedAt = performance.now();
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  hash.digest();
  return (performance.now() - startedAt) / 1000;
}

/**
 * Notes when files are dropped and when a slice has grey values in its middle; the views' background
 * is nearly black. As text: what compiles this file adds names that the page does not know.
 */
const WATCH = `
  addEventListener('drop', () => { window.droppedAt = performance.now(); }, { capture: true });
  requestAnimationFrame(function look() {
    const canvas = document.querySelector('[data-view="xy"] canvas');
    const context = canvas !== null && canvas.width > 8 ? canvas.getContext('2d') : null;
    const middle = context?.getImageData(canvas.width >> 1, canvas.height >> 1, 1, 1).data;
    if (middle !== undefined && middle[0] > 20) window.shownAt = performance.now();
    else requestAnimationFrame(look);
  });
`;

/** Seconds from the drop to the first slice, and until the page is at rest. */
async function view(
  context: BrowserContext,
  url: string,
  path: string,
): Promise<{ readonly first: number; readonly rest: number }> {
  const page = await context.newPage();
  await page.goto(url);
  await page
    .getByRole('button', { name: /sample electrode/ })
    .and(page.locator(':enabled'))
    .waitFor();
  await page.evaluate(WATCH);
  const session = await context.newCDPSession(page);
  const event = { x: 400, y: 300, data: { items: [], files: [path], dragOperationsMask: 1 } };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, ...event });
  }
  await page.waitForFunction(() => 'shownAt' in window, undefined, { timeout: 120_000 });
  const first = await page.evaluate(() => {
    const marks = window as unknown as { droppedAt: number; shownAt: number };
    return (marks.shownAt - marks.droppedAt) / 1000;
  });
  const rest = await page.evaluate(async () => {
    const { __tauscope, droppedAt } = window as unknown as {
      __tauscope: { idle(): Promise<void> };
      droppedAt: number;
    };
    await __tauscope.idle();
    return (performance.now() - droppedAt) / 1000;
  });
  await page.close();
  return { first, rest };
}

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '256' },
    repeats: { type: 'string', default: '3' },
  },
});
const path = resolve(root, `.cache/first-view-${values.megabytes}.tif`);
mkdirSync(resolve(root, '.cache'), { recursive: true });
if (!existsSync(path)) await writeStack(path, Number(values.megabytes));

const folder = resolve(root, 'dist/app');
const server = await startServer({ folder, port: 0, base: '/', strictPort: true, headers: true });
const browser = await chromium.launch(chromiumOptions());
const context = await browser.newContext({ serviceWorkers: 'block' });
await digestSeconds(path);
for (let i = 0; i < Number(values.repeats); i++) {
  const digest = await digestSeconds(path);
  const { first, rest } = await view(context, server.url, path);
  console.log(
    `${values.megabytes} MiB: first slice after ${first.toFixed(2)} s, at rest after ${rest.toFixed(2)} s; reading and digesting in Node ${digest.toFixed(2)} s (ratio ${(first / digest).toFixed(2)})`,
  );
}
await browser.close();
await server.close();
