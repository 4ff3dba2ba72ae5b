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

  await page.keyboard.press('a');
  await expect(search).toHaveValue('add ');
  await search.pressSequentially('gaussian');
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
