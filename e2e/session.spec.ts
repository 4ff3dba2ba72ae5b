/** What survives a reload, and what does not start: a recipe with a wrong field. */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeVolume } from '../src/io/registry.ts';
import { createVolume } from '../src/volume/volume.ts';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { expect, test } from './support/test.ts';

let folder = '';

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tauscope-e2e-'));
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

async function openSlope(workbench: WorkbenchPage): Promise<string> {
  const data = Uint16Array.from({ length: 4096 }, (_, i) => i);
  const spacing = { values: [1, 1, 1], unit: 'µm' } as const;
  const slope = createVolume({ kind: 'grey', name: 'slope', size: [16, 16, 16], data, spacing });
  const path = join(folder, 'slope.tif');
  await writeFile(path, Buffer.from(await (await writeVolume(slope, 'tiff')).arrayBuffer()));
  await workbench.drop(path);
  await workbench.idle();
  return path;
}

test('a reloaded page has the recipe, the view and the file again', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await openSlope(workbench);
  await workbench.selectStep('Unsharp mask');
  const amount = workbench.parameters.getByRole('textbox', { name: 'Amount' });
  await amount.fill('2.5');
  await page.getByRole('button', { name: 'Colour map: Grey' }).click();
  await page.getByRole('menuitem', { name: 'Viridis' }).click();

  await page.getByRole('slider', { name: 'z of the XY slice' }).fill('3');
  await workbench.reload();
  await expect(amount).toHaveValue('2.5');
  await expect(page.getByRole('button', { name: 'Colour map: Viridis' })).toBeVisible();
  await expect(page.getByRole('slider', { name: 'z of the XY slice' })).toHaveValue('3');
});

test('a reloaded page names the file to drop where it is gone', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  const path = await openSlope(workbench);
  await rename(path, `${path}.moved`);
  await page.reload();
  await expect(page.getByRole('status').filter({ hasText: 'is kept' })).toHaveText(
    /^Your recipe of \d+ steps is kept\. Drop slope\.tif again to go on with it\.$/,
  );
  await expect(workbench.messages).toContainText('It was moved or may not be read any more');
  await rename(`${path}.moved`, path);
  await workbench.drop(path);
  await expect(workbench.recipe).toBeVisible();
});

test('Ctrl+Enter starts no recipe with a wrong field, and says which', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await openSlope(workbench);
  await workbench.selectStep('Unsharp mask');
  const amount = workbench.parameters.getByRole('textbox', { name: 'Amount' });

  await amount.fill('two');
  await page.keyboard.press('Control+Enter');
  await expect(amount).toHaveValue('two');
  await expect(workbench.parameters.getByText('This is not a number.')).toBeVisible();
  await expect(workbench.recipe.getByRole('button', { name: 'Cancel' })).toHaveCount(0);

  await amount.fill('-1');
  await page.keyboard.press('Control+Enter');
  await expect(workbench.messages.getByRole('alert')).toContainText('Amount (amount) is -1');
  await expect(workbench.recipe.getByRole('button', { name: 'Cancel' })).toHaveCount(0);
});
