/**
 * The built folder on the hosts it may meet: our server with its headers, a plain static host at a
 * sub-path where the service worker must add them, and a browser that refuses service workers.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { initialFiles } from '../scripts/built-chunks.ts';
import { type RunningServer, startServer } from '../scripts/serve.ts';
import { writeVolume } from '../src/io/registry.ts';
import { bodyVolume, straightChannels } from '../src/phantoms/simple.ts';
import { createSpacing } from '../src/volume/length.ts';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { expect, test } from './support/test.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'dist/app');

/** Straight square channels along z: D_eff/D0 = ε = 1/4 along them and 0 across. */
async function channelFile(): Promise<string> {
  const body = straightChannels({ size: 16, period: 8, width: 4, axis: 'z' });
  const blob = await writeVolume(bodyVolume(body, createSpacing([1, 1, 1], 'µm')), 'tiff');
  const path = test.info().outputPath('channels.tif');
  await writeFile(path, Buffer.from(await blob.arrayBuffer()));
  return path;
}

function isolated(page: Page): Promise<boolean> {
  return page.evaluate(() => window.crossOriginIsolated);
}

test('the served page is isolated and has a policy', async ({ page }) => {
  const response = await page.goto('./');
  expect(response?.headers()['content-security-policy']).toContain("default-src 'none'");
  await expect(page.locator('#root')).not.toBeEmpty();
  expect(await isolated(page)).toBe(true);
});

test('a missing pipeline file answers 404, not a page', async ({ request }) => {
  expect((await request.get('pipelines/absent.wasm.zst')).status()).toBe(404);
});

test('until a volume is open the page loads what its size limit counts', async ({ page }) => {
  const fetched = new Set<string>();
  page.context().on('request', (request) => {
    const name = new URL(request.url()).pathname.slice(1);
    if (/\.(js|json)$/.test(name)) fetched.add(name);
  });
  await new WorkbenchPage(page).start();
  expect([...fetched].toSorted()).toEqual(initialFiles(root));
});

test.describe('on a static host without headers, under a sub-path', () => {
  test.use({ serviceWorkers: 'allow' });

  let server: RunningServer;

  test.beforeAll(async () => {
    server = await startServer({
      folder,
      port: 0,
      base: '/some/sub-path/',
      strictPort: true,
      headers: false,
    });
  });
  test.afterAll(() => server.close());
  test.beforeEach(({ faults }) => faults.allowOrigin(new URL(server.url).origin));

  test('the service worker isolates the page with one reload', async ({ page }) => {
    let loads = 0;
    page.on('load', () => loads++);
    await page.goto(server.url);
    await expect.poll(() => isolated(page).catch(() => false)).toBe(true);
    await expect(page.locator('#root')).not.toBeEmpty();
    expect(loads).toBeLessThanOrEqual(2);
    await page.reload();
    expect(await isolated(page)).toBe(true);
    const shared = await page.evaluate(() => new SharedArrayBuffer(8).byteLength);
    expect(shared).toBe(8);
  });

  test.describe('where service workers are blocked', () => {
    test.use({ serviceWorkers: 'block' });

    test('the page computes on one thread and does not reload again and again', async ({
      page,
    }) => {
      let loads = 0;
      page.on('load', () => loads++);
      await page.goto(server.url);
      await expect(page.getByText('single thread')).toBeVisible();
      expect(await isolated(page)).toBe(false);

      const workbench = new WorkbenchPage(page);
      await workbench.drop(await channelFile());
      await workbench.run();
      const [acrossX, acrossY, along] = await workbench.exactNumbers('effectiveDiffusivity');
      expect([acrossX, acrossY]).toEqual([0, 0]);
      expect(along).toBeCloseTo(0.25, 6);
      expect(loads).toBe(1);
    });
  });
});
