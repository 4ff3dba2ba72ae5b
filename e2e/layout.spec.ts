/** Panels come and go by keys, are remembered, and nothing is lost on small and large screens. */
import { ViewsPage } from './pages/views-page.ts';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { violations } from './support/axe.ts';
import { expect, test } from './support/test.ts';
import { openTwoPhases } from './support/two-phases.ts';

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
  await expect(views.views).toBeVisible();
  await workbench.idle();
  await expect(workbench.recipe).toHaveCount(0);
  const left = workbench.header.getByRole('button', { name: /^Left panel/ });
  await expect(left).toHaveAttribute('aria-pressed', 'false');
  await left.click();
  await expect(workbench.recipe).toBeVisible();
  await workbench.do('Reset the panels');
  await expect(workbench.results).toBeVisible();
  await expect(workbench.parameters).toBeVisible();
});

test('in a low window the results are one line, so that slices are large; opened, they stay so', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1366, height: 768 });
  const workbench = await openTwoPhases(page);
  const views = new ViewsPage(page);
  const height = async () => (await views.slice('XZ').boundingBox())?.height ?? 0;
  const line = page.getByRole('region', { name: 'Key numbers' });
  await expect(line).toContainText('Porosity 50.00 %');
  await expect(line).toContainText(/τ y 1\.000/);
  await expect(workbench.results).toHaveCount(0);
  expect(await height()).toBeGreaterThan(220);
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
  }
  await line.getByRole('button', { name: /^Bottom panel/ }).click();
  await expect(workbench.results.getByRole('table', { name: 'Results by phase' })).toBeVisible();
  await expect(line).toHaveCount(0);
  await workbench.reload();
  await expect(workbench.results).toBeVisible();
});

test('panels are resized by dragging and by keys, and a reload remembers it', async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem('tauscope.show-volume', 'no'));
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await workbench.openSample();
  const width = async () => Math.round((await workbench.recipe.boundingBox())?.width ?? 0);
  const first = await width();
  const grip = page.getByRole('separator', { name: 'Width of the recipe panel' });
  const box = await grip.boundingBox();
  const [x, y] = [(box?.x ?? 0) + 2, (box?.y ?? 0) + 200];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 90, y, { steps: 5 });
  await page.mouse.up();
  expect(Math.abs((await width()) - first - 90)).toBeLessThan(4);
  await grip.focus();
  await page.keyboard.press('ArrowRight');
  const wide = await width();
  expect(wide).toBeGreaterThan(first + 92);
  await workbench.reload();
  expect(Math.abs((await width()) - wide)).toBeLessThan(3);
  await workbench.do('Reset the panels');
  await expect.poll(width).toBe(first);
});

test('the theme is light, dark, or that of the system, and is remembered', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  const panel = () =>
    workbench.header.evaluate((header) => getComputedStyle(header).backgroundColor);
  const [light, dark] = ['rgb(246, 248, 249)', 'rgb(25, 29, 33)'];
  await page.emulateMedia({ colorScheme: 'light' });
  await expect.poll(panel).toBe(light);
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(panel).toBe(dark);
  await workbench.do('Light theme');
  await expect.poll(panel).toBe(light);
  await page.reload();
  await expect.poll(panel).toBe(light);
  await workbench.do('Theme of the system');
  await expect.poll(panel).toBe(dark);
});

test('a 4K screen gives its room to the slices', async ({ page }) => {
  await page.setViewportSize({ width: 3840, height: 2160 });
  const workbench = await openTwoPhases(page);
  const views = new ViewsPage(page);
  const part = async (name: 'XY' | 'XZ') => (await views.slice(name).boundingBox())?.width ?? 0;
  expect((await part('XY')) + (await part('XZ'))).toBeGreaterThan(0.7 * 3840);
  await expect(workbench.results.getByRole('table', { name: 'Results by phase' })).toBeVisible();
});
