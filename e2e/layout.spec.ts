/** Panels come and go by keys, are remembered, and nothing is lost on small and large screens. */
import { ViewsPage } from './pages/views-page.ts';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { expect, test } from './support/test.ts';

test('panels are hidden by keys and buttons, and a reload remembers which', async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem('tauscope.show-volume', 'no'));
  const workbench = new WorkbenchPage(page);
  const views = new ViewsPage(page);
  await workbench.start();
  await workbench.openSample();
  const width = async () => (await views.views.boundingBox())?.width ?? 0;
  const all = await width();
  await page.keyboard.press('Control+b');
  await expect(workbench.recipe).toHaveCount(0);
  await page.keyboard.press('Control+Alt+b');
  await expect(workbench.parameters).toHaveCount(0);
  expect(await width()).toBeGreaterThan(1.5 * all);
  await page.keyboard.press('Control+j');
  await expect(workbench.results).toHaveCount(0);

  await page.reload();
  const sample = page.getByRole('button', { name: /sample electrode/ });
  await expect(sample).toBeEnabled();
  await sample.click();
  await expect(views.views).toBeVisible();
  await expect(workbench.recipe).toHaveCount(0);
  const left = workbench.header.getByRole('button', { name: /^Left panel/ });
  await expect(left).toHaveAttribute('aria-pressed', 'false');
  await left.click();
  await expect(workbench.recipe).toBeVisible();
  await workbench.do('Reset the panels');
  await expect(workbench.results).toBeVisible();
  await expect(workbench.parameters).toBeVisible();
});
