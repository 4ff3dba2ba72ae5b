/** A volume that is kept on disk: it looks and measures as in memory, and leaves nothing behind. */
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

const SIZE = [150, 130, 90] as const;
const VOXELS = 150 * 130 * 90;
/** Layers along x, brighter in the second half, with a texture that no two slices share. */
const grey = Uint16Array.from(
  { length: VOXELS },
  (_, i) => (i % 150 < 90 ? 1000 : 3000) + ((i * 7919) % 500),
);

let folder = '';
let file = '';
let recipe = '';
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tauscope-large-'));
  const spacing = createSpacing([0.5, 0.5, 0.5], 'µm');
  const volume = createVolume({ kind: 'grey', name: 'layers', size: SIZE, data: grey, spacing });
  file = join(folder, 'layers.nrrd');
  await writeFile(file, Buffer.from(await (await writeVolume(volume, 'nrrd')).arrayBuffer()));
  recipe = join(folder, 'fractions.json');
  const steps = [
    { operation: 'denoise-median', version: 1, params: {} },
    { operation: 'segment-threshold', version: 1, params: {} },
    { operation: 'measure-volume-fraction', version: 1, params: {} },
  ];
  await writeFile(recipe, recipeText(steps.reduce(addStep, emptyRecipe('fractions'))));
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

/** Names of the files that hold bricks. */
function stores(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const bricks = await root.getDirectoryHandle('bricks').catch(() => null);
    let count = 0;
    if (bricks !== null) for await (const _ of bricks.keys()) count += 1;
    return count;
  });
}

async function openOnDisk(page: Page): Promise<WorkbenchPage> {
  const workbench = new WorkbenchPage(page);
  await page.addInitScript(() => localStorage.setItem('tauscope.show-volume', 'no'));
  await workbench.start();
  const chooser = page.waitForEvent('filechooser');
  await workbench.do('Open with choices');
  await (await chooser).setFiles(file);
  const dialog = page.getByRole('dialog', { name: 'How much of layers?' });
  await dialog.getByRole('radio', { name: /^on disk/ }).check();
  await expect(dialog.getByTestId('on-disk')).toContainText('until it is closed');
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(workbench.header).toContainText('150 × 130 × 90');
  await workbench.idle();
  return workbench;
}

test('a volume on disk shows its slices, the value of each voxel, and its phase fractions', async ({
  page,
}) => {
  const workbench = await openOnDisk(page);
  const views = new ViewsPage(page);
  for (const [x, y, z] of [
    [0, 0, 0],
    [89, 64, 63],
    [149, 129, 89],
  ] as const) {
    await views.goTo(x, y, z);
    const value = grey[x + 150 * (y + 130 * z)];
    await expect(views.readout.locator('[data-value=grey]')).toHaveText(String(value));
  }
  for (const name of ['XY', 'XZ'] as const) {
    // Dark on the left, bright on the right, at whatever level the view takes.
    await expect
      .poll(async () => (await views.colourAt(views.slice(name), 0.45, 0.45))[0])
      .toBeLessThan(80);
    await expect
      .poll(async () => (await views.colourAt(views.slice(name), 0.65, 0.45))[0])
      .toBeGreaterThan(130);
  }
  await workbench.drop(recipe);
  await workbench.run();
  const fractions = await workbench.exactNumbers('volumeFraction');
  expect(fractions.toSorted((a, b) => a - b)).toEqual([60 / 150, 90 / 150]);
});

test('its store goes with the volume; one that a closed tab left goes at the next start', async ({
  page,
  context,
}) => {
  await openOnDisk(page);
  await expect.poll(() => stores(page)).toBe(1);
  const other = await context.newPage();
  await openOnDisk(other);
  await expect.poll(() => stores(page)).toBe(2);
  await other.close();
  const third = await context.newPage();
  await new WorkbenchPage(third).start();
  // The open tab's store stays.
  await expect.poll(() => stores(page), { timeout: 15_000 }).toBe(1);
  const views = new ViewsPage(page);
  await views.goTo(3, 4, 5);
  await expect(views.readout.locator('[data-value=grey]')).toHaveText(
    String(grey[3 + 150 * (4 + 130 * 5)]),
  );
  await new WorkbenchPage(page).do('Close layers');
  await expect.poll(() => stores(page)).toBe(0);
});
