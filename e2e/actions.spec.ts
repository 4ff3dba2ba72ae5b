/** Menus, palette and keys: everything can be found, started, and says why it cannot be. */
import { expect, test } from './support/test.ts';
import { violations } from './support/axe.ts';
import { WorkbenchPage } from './pages/workbench-page.ts';

test('the palette finds an action by any word, says why one cannot be done, and starts it', async ({
  page,
}) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await page.keyboard.press('Control+k');
  const search = page.getByRole('textbox', { name: 'Search actions' });
  await expect(search).toBeFocused();
  await search.fill('spreadsheet');
  const csv = page.locator('[data-action-id="export-csv"]');
  await expect(csv).toContainText('Run the recipe first.');
  await page.keyboard.press('Enter');
  await expect(search, 'what cannot be done leaves the palette open').toBeVisible();
  expect(await violations(page)).toEqual([]);
  await search.fill('sample');
  await page.keyboard.press('Enter');
  await expect(workbench.recipe).toBeVisible();
  await workbench.idle();

  // Nobody waits for the field before typing on.
  await page.keyboard.press('a');
  await page.keyboard.type('gaussian');
  await page.keyboard.press('Enter');
  await expect(workbench.step('Gaussian smoothing')).toHaveAttribute('data-selected', 'true');
  await expect(workbench.parameters.getByRole('heading', { level: 2 })).toHaveText(
    'Gaussian smoothing',
  );
  await expect(workbench.parameters.locator(':focus')).toHaveCount(1);
});

test('menus lead through all actions by keys, with a mark at what is switched on', async ({
  page,
}) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  const menu = (name: string) => workbench.header.getByRole('button', { name, exact: true });
  await menu('File').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: /Open files/ })).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('menuitem', { name: /Set the voxel size/ })).toBeDisabled();
  await page.keyboard.press('Escape');
  await workbench.openSample();
  await menu('View').click();
  const crosshair = page.getByRole('menuitemcheckbox', { name: /^Crosshair/ });
  await expect(crosshair).toBeChecked();
  await crosshair.click();
  await menu('View').click();
  await expect(crosshair).not.toBeChecked();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
});

test('Escape leaves a view that is shown alone before it cancels a run', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await workbench.openSample();
  const views = page.getByRole('region', { name: 'Views' }).getByRole('application');
  await page.keyboard.press('Control+Enter');
  await expect(workbench.step('Non-local means')).toHaveAttribute('data-state', 'running');
  await page.keyboard.press('m');
  await expect(views).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(views).toHaveCount(4);
  await expect(workbench.recipe.getByRole('button', { name: 'Cancel' })).toBeVisible();
  await page.keyboard.press('Escape');
  await workbench.idle();
  await expect(workbench.recipe.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
});

test('a step is moved by dragging its row, and undo says so', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await workbench.openSample();
  const sharpen = workbench.step('Unsharp mask');
  await sharpen.dragTo(workbench.step('Non-local means'), { targetPosition: { x: 60, y: 4 } });
  await expect(workbench.recipe.getByRole('listitem').nth(2)).toContainText('Unsharp mask');
  await workbench.header.getByRole('button', { name: 'Undo: Move Unsharp mask up' }).click();
  await expect(workbench.recipe.getByRole('listitem').nth(3)).toContainText('Unsharp mask');
});

test('the whole path of a researcher goes by keys alone', async ({ page }) => {
  test.slow();
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  const choose = async (query: string): Promise<void> => {
    await expect(page.getByRole('textbox', { name: 'Search actions' })).toBeFocused();
    await page.keyboard.type(query);
    await page.keyboard.press('Enter');
  };
  await page.keyboard.press('Control+k');
  await choose('sample');
  await expect(workbench.recipe).toBeVisible();
  await workbench.idle();

  await page.keyboard.press('a');
  await choose('gaussian');
  await expect(workbench.parameters.getByLabel('Sigma', { exact: true })).toBeFocused();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('1.5');
  await expect(
    workbench.header.getByRole('button', { name: /Sigma of Gaussian smoothing .* → 1\.5/ }),
  ).toBeVisible();

  const row = (title: string) => workbench.step(title).locator('[data-row]');
  await page.keyboard.press('F6');
  await page.keyboard.press('F6');
  await expect(row('Gaussian smoothing')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(row('Non-local means')).toBeFocused();
  await page.keyboard.press('Space');
  await expect(workbench.step('Non-local means')).toHaveAttribute('data-state', 'off');
  for (let i = 0; i < 6; i++) await page.keyboard.press('ArrowDown');
  await expect(row('Tortuosity factor')).toBeFocused();
  await page.keyboard.press('Delete');
  await expect(workbench.step('Tortuosity factor')).toHaveCount(0);
  await expect(row('Percolation')).toBeFocused();

  await page.keyboard.press('Control+Enter');
  await workbench.idle();
  expect(await workbench.exactNumbers('volumeFraction')).toHaveLength(3);
  await page.keyboard.press('Control+k');
  const [download] = await Promise.all([page.waitForEvent('download'), choose('csv')]);
  expect(download.suggestedFilename()).toMatch(/results\.csv$/);
});

test('messages stand under the workbench and cover nothing', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await workbench.openSample();
  await page.evaluate(() => {
    const files = new DataTransfer();
    files.items.add(new File(['nothing'], 'broken.tif'));
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: files, cancelable: true }));
  });
  const alert = workbench.messages.getByRole('alert');
  await expect(alert).toContainText('broken.tif');
  const message = await workbench.messages.boundingBox();
  const main = await page.getByRole('main').boundingBox();
  expect((main?.y ?? 0) + (main?.height ?? 0)).toBeLessThanOrEqual(message?.y ?? 0);
  expect(await violations(page)).toEqual([]);
  await alert.getByRole('button', { name: /^Dismiss/ }).click();
  await expect(alert).toHaveCount(0);
});

test('Ctrl+Enter runs at once after the voxel-size dialog', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await workbench.openSample();
  await workbench.parameters.getByRole('button', { name: /µm/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Voxel size' });
  await dialog.getByRole('button', { name: 'Set to unknown' }).click();
  await page.keyboard.press('Control+Enter');
  await expect(workbench.recipe.getByRole('button', { name: 'Cancel' })).toBeVisible();
  await page.keyboard.press('Escape');
  await workbench.idle();
});

test('a double click on a view’s title shows it alone, and again all', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await workbench.openSample();
  const views = page.getByRole('region', { name: 'Views' });
  await views.getByText('XZ', { exact: true }).first().dblclick();
  await expect(views.getByRole('application')).toHaveCount(1);
  await views.getByText('XZ', { exact: true }).first().dblclick();
  await expect(views.getByRole('application')).toHaveCount(4);
});
