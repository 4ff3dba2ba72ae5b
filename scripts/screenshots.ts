/**
 * Makes the pictures of the documentation from the built page: the sample after a run of its preset,
 * light and dark, at the sizes of a laptop and of a desktop, and the start screen.
 *
 * `npm run build && npx tsx scripts/screenshots.ts [--folder docs/screenshots]`
 */
import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium, type Page } from '@playwright/test';
import { CHROMIUM_ARGUMENTS, findChromium } from './chromium.ts';
import { startServer } from './serve.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const MAX_BYTES = 250 * 1024;
const SIZES = [
  { width: 1366, height: 768 },
  { width: 1920, height: 1080 },
] as const;
const SCHEMES = ['light', 'dark'] as const;

const { values } = parseArgs({
  options: { folder: { type: 'string', default: 'docs/screenshots' } },
});
const folder = resolve(root, values.folder);
mkdirSync(folder, { recursive: true });

async function shoot(page: Page, name: string): Promise<void> {
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled' });
  const bytes = statSync(path).size;
  console.log(`${name}.png ${(bytes / 1024).toFixed(0)} KiB`);
  if (bytes > MAX_BYTES) throw new Error(`${name}.png is larger than ${MAX_BYTES / 1024} KiB.`);
}

async function idle(page: Page): Promise<void> {
  await page.evaluate(() =>
    (window as Window & { __tauscope?: { idle(): Promise<void> } }).__tauscope?.idle(),
  );
}

const server = await startServer({
  folder: resolve(root, 'dist/app'),
  port: 0,
  base: '/',
  strictPort: true,
  headers: true,
});
const executablePath = findChromium();
const browser = await chromium.launch({
  args: [...CHROMIUM_ARGUMENTS],
  ...(executablePath === null ? {} : { executablePath }),
});
const page = await browser.newPage({ serviceWorkers: 'block', reducedMotion: 'reduce' });
page.setDefaultTimeout(120_000);
await page.setViewportSize(SIZES[0]);
await page.goto(server.url);
const sample = page.getByRole('button', { name: /sample electrode/ });
await sample.and(page.locator(':enabled')).waitFor();
for (const colorScheme of SCHEMES) {
  await page.emulateMedia({ colorScheme });
  await shoot(page, `start-${colorScheme}`);
}
await sample.click();
await page.getByRole('region', { name: 'Recipe' }).waitFor();
await idle(page);
await page.keyboard.press('Control+Enter');
await idle(page);
for (const size of SIZES) {
  await page.setViewportSize(size);
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    // The 3-D view draws a fine picture once nothing has moved for a while.
    await page.waitForTimeout(4_000);
    await shoot(page, `results-${size.width}x${size.height}-${colorScheme}`);
  }
}
await browser.close();
await server.close();
