/** What a step would do, seen on the slices shown before it is run; and how long a run will take. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { writeVolume } from '../src/io/registry.ts';
import { addStep } from '../src/recipe/edit.ts';
import { emptyRecipe, recipeText } from '../src/recipe/recipe.ts';
import { createSpacing } from '../src/volume/length.ts';
import { createVolume } from '../src/volume/volume.ts';
import { ViewsPage } from './pages/views-page.ts';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { violations } from './support/axe.ts';
import { expect, test } from './support/test.ts';

const EDGE = 48;
const VIEWS = ['XY', 'YZ', 'XZ'] as const;
let folder = '';

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tauscope-preview-'));
  // Blocks of two grey levels with noise, the same in every run.
  let seed = 1;
  const data = Uint8Array.from({ length: EDGE ** 3 }, (_, i) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const [x, y, z] = [i % EDGE, Math.floor(i / EDGE) % EDGE, Math.floor(i / EDGE ** 2)];
    const isBright = (Math.floor(x / 9) + Math.floor(y / 9) + Math.floor(z / 9)) % 2 === 0;
    return (isBright ? 170 : 60) + (seed >>> 26);
  });
  const spacing = createSpacing([1, 1, 1], 'µm');
  const size = [EDGE, EDGE, EDGE] as const;
  const volume = createVolume({ kind: 'grey', name: 'blocks', size, data, spacing });
  const blob = await writeVolume(volume, 'nrrd');
  await writeFile(join(folder, 'blocks.nrrd'), Buffer.from(await blob.arrayBuffer()));
  const median = addStep(emptyRecipe('median'), { operation: 'denoise-median', version: 1 });
  const sharp = addStep(median, { operation: 'sharpen-unsharp-mask', version: 1 });
  await writeFile(join(folder, 'filters.json'), recipeText(sharp));
  const flood = addStep(median, { operation: 'segment-watershed', version: 1 });
  await writeFile(join(folder, 'flood.json'), recipeText(flood));
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

async function openWith(page: Page, recipe: string) {
  const workbench = new WorkbenchPage(page);
  const views = new ViewsPage(page);
  await page.addInitScript(() => localStorage.setItem('tauscope.show-volume', 'no'));
  await workbench.start();
  await workbench.drop(join(folder, 'blocks.nrrd'));
  await workbench.drop(join(folder, recipe));
  const badges = views.views.getByTestId('preview-badge');
  const still = views.views.locator('[data-testid=preview-badge][aria-busy=false]');
  return { workbench, views, badges, still };
}

test('the preview of unrun steps has the pixels of the run, and goes with it', async ({ page }) => {
  const { workbench, views, badges, still } = await openWith(page, 'filters.json');
  const digests = () => Promise.all(VIEWS.map((name) => views.digest(views.slice(name))));
  await workbench.selectStep('Unsharp mask');
  const before = await digests();
  await expect(badges).toHaveCount(0);
  await page.keyboard.press('v');
  await expect(workbench.parameters.getByRole('switch', { name: 'Preview' })).toBeChecked();
  await expect(still).toHaveCount(3);
  await expect(badges.first()).toHaveText('Preview, not run');
  await expect(workbench.parameters.getByRole('status')).toContainText('bit by bit');
  const radiusOne = await digests();
  for (const [i, digest] of radiusOne.entries()) expect(digest).not.toBe(before[i]);

  // An earlier step that has not been run is previewed with it.
  await workbench.selectStep('Median filter');
  await workbench.parameters.getByLabel('Radius', { exact: true }).fill('2');
  await workbench.selectStep('Unsharp mask');
  await expect.poll(async () => (await digests())[0]).not.toBe(radiusOne[0]);
  await expect(still).toHaveCount(3);
  const radiusTwo = await digests();
  await expect(workbench.results.getByText('Run the recipe to measure')).toBeVisible();
  await workbench.run();
  await expect(badges).toHaveCount(0);
  await expect.poll(digests).toEqual(radiusTwo);
});

test('turning it off leads back to what has been run', async ({ page }) => {
  const { workbench, views, badges, still } = await openWith(page, 'filters.json');
  const xy = views.slice('XY');
  await workbench.selectStep('Median filter');
  const before = await views.digest(xy);
  const preview = workbench.parameters.getByRole('switch', { name: 'Preview' });
  await preview.click();
  await expect(still).toHaveCount(3);
  await expect.poll(() => views.digest(xy)).not.toBe(before);
  // What lies under it is compared as ever.
  await xy.focus();
  await page.keyboard.down('b');
  await expect.poll(() => views.digest(xy)).toBe(before);
  await page.keyboard.up('b');
  await views.slider('XY').fill('3');
  await expect(still).toHaveCount(3);
  await views.slider('XY').fill(String(EDGE / 2));
  await preview.click();
  await expect(badges).toHaveCount(0);
  await expect.poll(() => views.digest(xy)).toBe(before);
});

test('a newer change ends the preview of an older one', async ({ page }) => {
  const { workbench, views, still } = await openWith(page, 'filters.json');
  const xy = views.slice('XY');
  await workbench.selectStep('Unsharp mask');
  await page.keyboard.press('v');
  await expect(still).toHaveCount(3);
  const sigma = workbench.parameters.getByLabel('Sigma', { exact: true });
  await sigma.fill('3');
  await expect(still).toHaveCount(3);
  const three = await views.digest(xy);
  for (const value of ['16', '15', '14', '3']) {
    await sigma.fill(value);
    await page.waitForTimeout(value === '3' ? 0 : 170);
  }
  await expect.poll(() => views.digest(xy)).toBe(three);
  await expect(still).toHaveCount(3);
});

test('how long a run takes is a guess until one was measured', async ({ page }) => {
  const { workbench } = await openWith(page, 'filters.json');
  await workbench.selectStep('Unsharp mask');
  const unmeasured = /1 s \(not measured yet on this computer\)/;
  await expect(workbench.parameters).toContainText(unmeasured);
  await expect(workbench.recipe).toContainText(unmeasured);
  await page.evaluate(() => {
    const secondsPerWork = { 'denoise-median': 1e-5, 'sharpen-unsharp-mask': 1e-6 };
    localStorage.setItem('tauscope-speeds', JSON.stringify({ threads: 2, secondsPerWork }));
  });
  await workbench.reload();
  // 6 visits of 48³ voxels at 10 µs each.
  await expect(workbench.step('Median filter')).toContainText('about 7 s');
  await workbench.selectStep('Median filter');
  await expect(workbench.parameters).toContainText(/To run it: about 7 s, /);
  await expect(workbench.recipe).toContainText(/2 of 2 steps to compute · .* · about \d+ s$/m);
  await workbench.run();
  const kept = await page.evaluate(() => localStorage.getItem('tauscope-speeds'));
  const { secondsPerWork } = JSON.parse(kept ?? '{}') as {
    secondsPerWork: Record<string, number>;
  };
  expect(secondsPerWork['denoise-median']).toBeGreaterThan(0);
});

test('what a few slices cannot tell is said', async ({ page }) => {
  const { workbench, views, still } = await openWith(page, 'flood.json');
  await workbench.selectStep('Marker watershed');
  await page.keyboard.press('v');
  await expect(still).toHaveCount(3);
  await expect(views.slice('XY')).toContainText(
    /Seen from \d+ slices only; the whole volume may differ/,
  );
  await expect(views.views.getByRole('group', { name: 'Phases' })).toContainText('phase');
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
  }
});
