/** Results to look at and to take away: sorted, drawn, saved. */
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { violations } from './support/axe.ts';
import { expect, test } from './support/test.ts';
import { openTwoPhases } from './support/two-phases.ts';

async function saved(page: Page, button: Locator): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return readFile(await download.path());
}

function column(workbench: WorkbenchPage, id: string): Locator {
  return workbench.results.locator(`table[aria-label="Results by phase"] td[data-column="${id}"]`);
}

test('a table is sorted by its headings and taken away with all digits', async ({ page }) => {
  const workbench = await openTwoPhases(page);
  const table = workbench.results.getByRole('table', { name: 'Results by phase' });
  const heading = table.getByRole('columnheader', { name: /Percolating fraction/ });
  const natural = await column(workbench, 'percolatingFraction').allInnerTexts();
  await heading.getByRole('button').focus();
  await page.keyboard.press('Enter');
  await expect(heading).toHaveAttribute('aria-sort', 'ascending');
  const rising = (await workbench.exactNumbers('percolatingFraction')).map(Number);
  expect(rising).toEqual(rising.toSorted((a, b) => a - b));
  await page.keyboard.press('Enter');
  await expect(heading).toHaveAttribute('aria-sort', 'descending');
  await page.keyboard.press('Enter');
  await expect(heading).toHaveAttribute('aria-sort', 'none');
  expect(await column(workbench, 'percolatingFraction').allInnerTexts()).toEqual(natural);

  const csv = (await saved(page, workbench.results.getByRole('button', { name: 'Save as CSV' })))
    .toString('utf8')
    .split('\r\n');
  expect(csv[0]).toBe('Results by phase');
  const json = JSON.parse(
    (await saved(page, workbench.results.getByRole('button', { name: 'Save as JSON' }))).toString(),
  ) as { columns: { id: string }[]; rows: Record<string, unknown>[] };
  const exact = await workbench.exactNumbers('percolatingFraction');
  expect(json.rows.map((row) => row['percolatingFraction'])).toEqual(exact);
  const at = json.columns.findIndex(({ id }) => id === 'percolatingFraction');
  expect(csv.slice(2, 2 + exact.length).map((line) => Number(line.split(',')[at]))).toEqual(exact);
});

test('plots are read by keys and pointer and saved with units at the asked density', async ({
  page,
}) => {
  const workbench = await openTwoPhases(page);
  const { results } = workbench;
  await results.getByRole('tab', { name: 'Plots' }).click();
  await results.getByRole('button', { name: /Volume fractions along the axes/ }).click();
  const plot = results.getByRole('application', { name: /Volume fractions along the axes/ });
  await plot.focus();
  for (const key of ['ArrowRight', 'ArrowRight', 'PageDown']) await page.keyboard.press(key);
  await expect(plot).toContainText('pore, Direction y, 0.75 µm: 0.5');
  await page.keyboard.press('ArrowDown');
  await expect(plot).toContainText('solid, Direction y, 0.75 µm: 0.5');
  const box = await plot.boundingBox();
  await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) - 12, (box?.y ?? 0) + 60);
  await expect(plot).toContainText(/Direction z, .* µm: /);

  const svg = (await saved(page, results.getByRole('button', { name: 'Save as SVG' }))).toString();
  expect(svg).toContain('width="85mm"');
  expect(svg).toContain('>Position (µm)</text>');
  await results.getByLabel('Density of the saved PNG').selectOption('300');
  await results.getByLabel('Width of the saved plot').selectOption('175');
  const png = await saved(page, results.getByRole('button', { name: 'Save as PNG' }));
  expect(png.readUInt32BE(16)).toBe(Math.round((175 / 25.4) * 300));
  expect(png.toString('latin1', 37, 41)).toBe('pHYs');
  expect(png.readUInt32BE(41)).toBe(Math.round(300 / 0.0254));
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
  }
});
