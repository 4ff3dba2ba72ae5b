/** What was done last is undone first, whatever it was, and the button says what that is. */
import type { Page } from '@playwright/test';
import { ViewsPage } from './pages/views-page.ts';
import type { WorkbenchPage } from './pages/workbench-page.ts';
import { expect, test } from './support/test.ts';
import { openTwoPhases } from './support/two-phases.ts';

function undoButton({ header }: WorkbenchPage, what: string) {
  return header.getByRole('button', { name: `Undo: ${what} (Ctrl+Z)` });
}

/** Undo leads back from `after` to `before`, and redo to `after`; ends undone. */
async function walk(page: Page, read: () => Promise<unknown>, before: unknown, after: unknown) {
  await expect.poll(read).toEqual(after);
  await page.keyboard.press('Control+z');
  await expect.poll(read).toEqual(before);
  await page.keyboard.press('Control+Shift+z');
  await expect.poll(read).toEqual(after);
  await page.keyboard.press('Control+z');
  await expect.poll(read).toEqual(before);
}

test('voxel size and kind are undone by name, and what was computed is there again', async ({
  page,
}) => {
  const workbench = await openTwoPhases(page);
  const size = workbench.header.getByRole('button', { name: / µm$/ });
  const fractions = await workbench.exactNumbers('volumeFraction');
  await size.click();
  await page.getByLabel('Edge length').fill('2');
  await page.getByRole('button', { name: 'Use this size' }).click();
  await expect(undoButton(workbench, 'Voxel size 2 µm')).toBeVisible();
  await walk(page, () => size.innerText(), '0.5 µm', '2 µm');
  await workbench.idle();
  expect(await workbench.exactNumbers('volumeFraction')).toEqual(fractions);
  await expect(workbench.recipe.getByText('Up to date')).toBeVisible();

  await workbench.do('Read the input as grey values');
  await expect(undoButton(workbench, 'Read the input as grey values')).toBeVisible();
  const input = workbench.recipe.getByRole('button', { name: /^Input/ });
  const kind = async () => /grey|labels/.exec(await input.innerText())?.[0];
  await walk(page, kind, 'labels', 'grey');
});

test('how volumes are looked at is undone with the recipe, in the order it was done', async ({
  page,
}) => {
  const workbench = await openTwoPhases(page);
  const views = new ViewsPage(page);
  const picture = () => views.digest(views.slice('XY'));
  const phases = views.views.getByRole('group', { name: 'Phases' });
  const before = await picture();
  await phases.getByRole('button', { name: /pore/ }).click();
  await expect.poll(picture).not.toBe(before);
  const hidden = await picture();
  await expect(undoButton(workbench, 'Hide pore')).toBeVisible();
  await workbench.selectStep('Percolation');
  await page.keyboard.press('Delete');
  await expect(undoButton(workbench, 'Remove Percolation')).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(workbench.step('Percolation')).toBeVisible();
  await walk(page, picture, before, hidden);
});

test('window, colour map and slab of a grey volume are undone one by one', async ({ page }) => {
  const workbench = await openTwoPhases(page);
  const views = new ViewsPage(page);
  const picture = () => views.digest(views.slice('XY'));
  await workbench.do('Read the input as grey values');
  const white = views.histogram.getByRole('textbox', { name: 'White at' });
  await expect(white).toHaveValue('1');
  // Without the phases' colours all voxels are black or white.
  const pixel = () => views.colourAt(views.slice('XY'), 0.5, 0.5);
  await expect.poll(async () => new Set(await pixel()).size).toBe(1);
  const plain = await picture();
  await white.fill('3');
  await white.press('Tab');
  await expect.poll(picture).not.toBe(plain);
  await expect(undoButton(workbench, 'Window 0 to 3')).toBeVisible();
  const wide = await picture();
  await workbench.do('Colour map: Viridis');
  await expect.poll(picture).not.toBe(wide);
  const coloured = await picture();
  await workbench.do('Slab: mean');
  await expect(undoButton(workbench, 'Slab: mean of 9 slices')).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect.poll(picture).toBe(coloured);
  await expect(undoButton(workbench, 'Colour map: Viridis')).toBeVisible();
  await page.keyboard.press('Control+z');
  await walk(page, picture, plain, wide);
});
