/** Several volumes open at once: one recipe, one table, one plot, and two of them compared. */
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

const EDGE = 16;
let folder = '';
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tauscope-volumes-'));
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

/** Labels whose first `pores` planes of constant x are 1, the others 2. */
async function save(name: string, pores: number, edge = EDGE): Promise<string> {
  const data = Uint8Array.from({ length: edge ** 3 }, (_, i) => (i % edge < pores ? 1 : 2));
  const volume = createVolume({
    kind: 'labels',
    name,
    size: [edge, edge, edge],
    data,
    spacing: createSpacing([0.5, 0.5, 0.5], 'µm'),
  });
  const path = join(folder, `${name}.nrrd`);
  await writeFile(path, Buffer.from(await (await writeVolume(volume, 'nrrd')).arrayBuffer()));
  return path;
}

async function saveRecipe(): Promise<string> {
  const recipe = addStep(emptyRecipe('fractions'), {
    operation: 'measure-volume-fraction',
    version: 1,
    params: {},
  });
  const path = join(folder, 'fractions.json');
  await writeFile(path, recipeText(recipe));
  return path;
}

/** A page with soc0 (4 of 16 planes are pores) and soc50 (8 of 16), and a recipe that counts them. */
async function openTwo(page: Page): Promise<WorkbenchPage> {
  const workbench = new WorkbenchPage(page);
  await page.addInitScript(() => localStorage.setItem('tauscope.show-volume', 'no'));
  await workbench.start();
  await workbench.drop(await save('soc0', 4), await save('soc50', 8));
  await workbench.drop(await saveRecipe());
  await expect(rows(page)).toHaveCount(2);
  return workbench;
}

function rows(page: Page) {
  return page.getByRole('list', { name: 'Open volumes' }).getByRole('listitem');
}

function row(page: Page, name: string) {
  return rows(page).filter({ hasText: name }).locator('[data-row]');
}

test('two dropped files share a recipe; a table and a plot show both', async ({ page }) => {
  const workbench = await openTwo(page);
  await row(page, 'soc0').focus();
  await page.keyboard.press('Control+Shift+Enter');
  await workbench.idle();
  await expect(rows(page).getByRole('img', { name: 'Its results are up to date.' })).toHaveCount(2);

  await workbench.do('Take the states from the names');
  await page.getByRole('tab', { name: 'Across volumes' }).click();
  const quantities = page.getByRole('list', { name: 'Quantities' });
  await quantities.getByRole('button', { name: /^Volume fraction/ }).click();
  const table = page.getByRole('table', { name: 'Across volumes' });
  const exact = () =>
    table
      .locator('tbody td[data-numeric]')
      .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute('title'))));
  expect(await exact()).toEqual([0, 0.25, 0.75, 50, 0.5, 0.5]);
  await page.getByText('Change in %', { exact: true }).click();
  await expect.poll(exact).toEqual([0, 0, 0, 50, 100, -100 / 3]);
  await quantities.getByRole('button', { name: /^Volume Volume fractions/ }).click();
  await page.getByText('Value', { exact: true }).click();
  // 4 and 8 planes of 16² voxels of 1/8 µm³.
  await expect.poll(exact).toEqual([0, 128, 384, 50, 256, 256]);
  const plot = page.getByRole('application', { name: /^Volume across volumes/ });
  await plot.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(plot).toContainText(/1, 50: 256 µm³|50: 256 µm³/);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as SVG' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('across-volume.svg');
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
  }
});

test('a swipe compares two volumes; one of another size is refused with a reason', async ({
  page,
}) => {
  const workbench = await openTwo(page);
  const views = new ViewsPage(page);
  await row(page, 'soc0').click();
  const xy = views.slice('XY');
  const digestOf = async (name: string): Promise<number> => {
    await row(page, name).click();
    await expect(row(page, name)).toHaveAttribute('aria-current', 'true');
    await page.waitForTimeout(300);
    return views.digest(xy);
  };
  const first = await digestOf('soc0');
  const second = await digestOf('soc50');
  expect(second).not.toBe(first);
  await views.tools.getByRole('button', { name: 'Compare' }).click();
  await page.getByRole('menuitem', { name: 'soc0' }).click();
  const divider = xy.getByRole('slider', { name: 'Divider: soc0 at the left' });
  await divider.focus();
  for (let step = 0; step < 10; step++) await page.keyboard.press('ArrowRight');
  await expect.poll(() => views.digest(xy)).toBe(first);
  for (let step = 0; step < 20; step++) await page.keyboard.press('ArrowLeft');
  await expect.poll(() => views.digest(xy)).toBe(second);

  await workbench.drop(await save('crop', 4, 12));
  await page.getByRole('button', { name: 'Add beside it' }).click();
  await expect(row(page, 'crop')).toHaveAttribute('aria-current', 'true');
  await views.tools.getByRole('button', { name: 'Compare' }).click();
  const refused = page.getByRole('menuitem', { name: /^soc50/ });
  await expect(refused).toBeDisabled();
  await expect(refused).toContainText('16 × 16 × 16, is not that of what is shown, 12 × 12 × 12.');
});

test('a further file asks for its place; keys show, name, close and bring back volumes', async ({
  page,
}) => {
  const workbench = await openTwo(page);
  await workbench.drop(await save('soc100', 12));
  const dialog = page.getByRole('dialog', { name: 'Open soc100' });
  await expect(dialog).toContainText('the size of soc50 and its voxel size');
  expect(await violations(page)).toEqual([]);
  await expect(dialog.getByRole('button', { name: 'Add beside it' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(rows(page)).toHaveCount(3);

  await page.keyboard.press('Alt+PageUp');
  await expect(row(page, 'soc50')).toHaveAttribute('aria-current', 'true');
  await row(page, 'soc50').focus();
  await page.keyboard.press('ArrowUp');
  await expect(row(page, 'soc0')).toBeFocused();
  await expect(workbench.header).toContainText('soc0');
  await page.keyboard.press('F2');
  await page.getByRole('textbox', { name: 'Name' }).fill('pristine');
  await page.getByRole('textbox', { name: /^State/ }).fill('0');
  await page.keyboard.press('Enter');
  await expect(row(page, 'pristine')).toContainText('0');
  await row(page, 'pristine').focus();
  await page.keyboard.press('Delete');
  await expect(rows(page)).toHaveCount(2);
  await workbench.do('Bring back pristine');
  await expect(row(page, 'pristine')).toHaveAttribute('aria-current', 'true');
});
