/** The installed program: it opens and computes without a network, and new versions wait. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { buildServiceWorker } from '../scripts/build-classic-scripts.ts';
import { type RunningServer, startServer } from '../scripts/serve.ts';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { expect, test } from './support/test.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

test.use({ serviceWorkers: 'allow' });

let folder = '';
let server: RunningServer;

/** A static host that sends no headers, with a copy of the built page that a test may change. */
test.beforeEach(async ({ faults }) => {
  folder = await mkdtemp(join(tmpdir(), 'tauscope-offline-'));
  await cp(join(root, 'dist/app'), folder, { recursive: true });
  server = await startServer({
    folder,
    port: 0,
    base: '/lab/tauscope/',
    strictPort: true,
    headers: false,
  });
  faults.allowOrigin(new URL(server.url).origin);
});
test.afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function visit(page: Page): Promise<void> {
  await page.goto(server.url);
  // The service worker adds the headers with one reload.
  await expect
    .poll(() => page.evaluate(() => window.crossOriginIsolated).catch(() => false))
    .toBe(true);
  await expect(page.getByRole('button', { name: /sample electrode/ })).toBeEnabled();
}

async function waitUntilKept(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Help', exact: true }).click();
  await page.getByRole('menuitem', { name: /About/ }).click();
  await expect(page.getByText('it opens without a network.')).toBeVisible({ timeout: 30_000 });
  await page.keyboard.press('Escape');
}

test('after the first visit the sample is opened and measured without a network', async ({
  page,
  context,
}) => {
  const workbench = new WorkbenchPage(page);
  await visit(page);
  await waitUntilKept(page);

  await context.setOffline(true);
  await server.close();
  await page.reload();
  expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(true);
  await workbench.openSample();
  // The longest step of the preset: its code comes from the same place as that of the others.
  await workbench.step('Non-local means').getByRole('switch').press('Space');
  await workbench.run();
  const fractions = await workbench.exactNumbers('volumeFraction');
  expect(fractions).toHaveLength(3);
  expect(fractions.reduce((sum, fraction) => sum + fraction, 0)).toBeCloseTo(1, 12);
  await context.setOffline(false);
});

test('the browser may install the program', async ({ page }) => {
  await visit(page);
  const session = await page.context().newCDPSession(page);
  const { errors, url } = await session.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  expect(url).toBe(`${server.url}tauscope.webmanifest`);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // Private windows, which tests run in, install nothing.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
});

test('a new version waits until a person reloads the page with it', async ({ page }) => {
  await visit(page);
  await waitUntilKept(page);
  const html = join(folder, 'index.html');
  await writeFile(
    html,
    (await readFile(html, 'utf8')).replace(/<title>[^<]*/, '<title>Tauscope, the next'),
  );
  await buildServiceWorker(root, folder);

  await page.reload();
  await expect(page).toHaveTitle(/^Tauscope: CT stack/);
  const notice = page.getByRole('status').filter({ hasText: 'A new version is ready.' });
  await expect(notice).toBeVisible();
  const under = await notice.boundingBox();
  const main = await page.getByRole('main').boundingBox();
  expect((main?.y ?? 0) + (main?.height ?? 0)).toBeLessThanOrEqual((under?.y ?? 0) + 1);
  await notice.getByRole('button', { name: 'Reload' }).click();
  await expect(page).toHaveTitle('Tauscope, the next');
  await expect(notice).toHaveCount(0);
});
