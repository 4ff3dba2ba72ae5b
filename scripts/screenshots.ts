/**
 * Makes the pictures of the documentation from the built page: the start screen, and the sample
 * after a run of its preset, light and dark, at the sizes of a laptop, a desktop and a 4K screen.
 *
 * `npm run build && npx tsx scripts/screenshots.ts [--folder docs/screenshots]`
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium, type Page } from '@playwright/test';
import { chromiumOptions } from './chromium.ts';
import { indexedPng } from './indexed-png.ts';
import { startServer } from './serve.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const MAX_BYTES = 250 * 1024;
/** Longer than a picture at rest takes in software. */
const REST_OF_3D_MS = 6000;

const LAPTOP = { width: 1366, height: 768 } as const;
const DESKTOP = { width: 1920, height: 1080 } as const;
const SCHEMES = ['light', 'dark'] as const;
/** Until the 3-D view has drawn its fine picture once nothing moves any more. */
const REST_MS = 4_000;

const { values } = parseArgs({
  options: { folder: { type: 'string', default: 'docs/screenshots' } },
});
const folder = resolve(root, values.folder);
mkdirSync(folder, { recursive: true });

async function shoot(page: Page, name: string): Promise<void> {
  const { rgba, width, height } = await pixelsOf(
    await page.screenshot({ animations: 'disabled', caret: 'hide' }),
  );
  const png = indexedPng(rgba, width, height);
  writeFileSync(join(folder, `${name}.png`), png);
  console.log(`${name}.png ${(png.length / 1024).toFixed(0)} KiB`);
  if (png.length > MAX_BYTES) {
    throw new Error(`${name}.png is larger than ${MAX_BYTES / 1024} KiB.`);
  }
}

/** Decoded by a page of its own, which has no policy against it. */
async function pixelsOf(png: Buffer) {
  const decoded = await decoder.evaluate(
    async (address) => {
      const bitmap = await createImageBitmap(await (await fetch(address)).blob());
      const { width, height } = bitmap;
      const context = new OffscreenCanvas(width, height).getContext('2d');
      context?.drawImage(bitmap, 0, 0);
      const data = context?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray(0);
      const parts: string[] = [];
      for (let at = 0; at < data.length; at += 32_768) {
        parts.push(String.fromCharCode(...data.subarray(at, at + 32_768)));
      }
      return { text: btoa(parts.join('')), width, height };
    },
    `data:image/png;base64,${png.toString('base64')}`,
  );
  return { ...decoded, rgba: Buffer.from(decoded.text, 'base64') };
}

async function idle(page: Page): Promise<void> {
  await page.evaluate(() =>
    (window as Window & { __tauscope?: { idle(): Promise<void> } }).__tauscope?.idle(),
  );
}

async function choose(page: Page, action: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('textbox', { name: 'Search actions' }).fill(action);
  await page.keyboard.press('Enter');
}

const server = await startServer({
  folder: resolve(root, 'dist/app'),
  port: 0,
  base: '/',
  strictPort: true,
  headers: true,
});
const browser = await chromium.launch(chromiumOptions());
const decoder = await browser.newPage();
const page = await browser.newPage({
  serviceWorkers: 'block',
  reducedMotion: 'reduce',
  viewport: LAPTOP,
});
page.setDefaultTimeout(120_000);
await page.goto(server.url);
const sample = page.getByRole('button', { name: /sample electrode/ });
await sample.and(page.locator(':enabled')).waitFor();
await shoot(page, 'start');
await sample.click();
await page.getByRole('region', { name: 'Recipe' }).waitFor();
await idle(page);
await page.keyboard.press('Control+Enter');
await idle(page);
// The 3-D view follows in its own time: its finest picture of the last step.
await page.waitForTimeout(REST_OF_3D_MS);
for (const size of [LAPTOP, DESKTOP]) {
  await page.setViewportSize(size);
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(REST_MS);
    await shoot(page, `results-${size.width}x${size.height}-${colorScheme}`);
  }
}
for (const tab of ['Plots', 'Methods'] as const) {
  await page.getByRole('region', { name: 'Results' }).getByRole('tab', { name: tab }).click();
  await page.waitForTimeout(REST_MS);
  await shoot(page, tab.toLowerCase());
}
await choose(page, 'Figure of the views');
await page.getByRole('dialog', { name: 'Save a figure' }).waitFor();
await page.waitForTimeout(REST_MS);
await shoot(page, 'figure');
await page.keyboard.press('Escape');
await choose(page, 'Correct labels');
await page.getByRole('group', { name: 'Correct labels' }).waitFor();
await page.waitForTimeout(REST_MS);
await shoot(page, 'correct-labels');
await browser.close();
await server.close();
