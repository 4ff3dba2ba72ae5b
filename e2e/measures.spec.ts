/** Measuring on the slices, by pointer and by keys: the numbers are those of the voxels. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { writeVolume } from '../src/io/registry.ts';
import { createSpacing } from '../src/volume/length.ts';
import { createVolume } from '../src/volume/volume.ts';
import { ViewsPage } from './pages/views-page.ts';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { expect, test } from './support/test.ts';

let folder = '';
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tauscope-measures-'));
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

const SIZE = [20, 16, 12] as const;
const VOXELS = 20 * 16 * 12;
const grey = Uint16Array.from({ length: VOXELS }, (_, i) => 1000 + ((i * 7919) % 40_009));

function valueAt(x: number, y: number, z: number): number {
  return grey[x + 20 * (y + 16 * z)] as number;
}

async function open(page: Page) {
  const workbench = new WorkbenchPage(page);
  await page.addInitScript(() => localStorage.setItem('tauscope.show-volume', 'no'));
  await workbench.start();
  const spacing = createSpacing([0.5, 0.5, 2], 'µm');
  const volume = createVolume({ kind: 'grey', name: 'grey', size: SIZE, data: grey, spacing });
  const blob = await writeVolume(volume, 'nrrd');
  const path = join(folder, 'grey.nrrd');
  await writeFile(path, Buffer.from(await blob.arrayBuffer()));
  await workbench.drop(path);
  const views = new ViewsPage(page);
  await views.goTo(10, 8, 6);
  return { workbench, views, list: page.getByRole('list', { name: 'Measures' }) };
}

/** The screen position of a voxel's centre in the XY view, which shows all 20 × 16 of them. */
async function pointOf(views: ViewsPage, x: number, y: number): Promise<readonly [number, number]> {
  const box = await views.slice('XY').boundingBox();
  if (box === null) throw new Error('The view is not there.');
  const scale = Math.min((box.width - 20) / 20, (box.height - 20) / 16);
  return [
    box.x + box.width / 2 + (x + 0.5 - 10) * scale,
    box.y + box.height / 2 + (y + 0.5 - 8) * scale,
  ];
}

async function clickVoxel(page: Page, views: ViewsPage, x: number, y: number): Promise<void> {
  await page.mouse.click(...(await pointOf(views, x, y)));
}

async function dragVoxels(
  page: Page,
  views: ViewsPage,
  from: readonly [number, number],
  to: readonly [number, number],
): Promise<void> {
  await page.mouse.move(...(await pointOf(views, ...from)));
  await page.mouse.down();
  await page.mouse.move(...(await pointOf(views, ...to)), { steps: 4 });
  await page.mouse.up();
}

async function take(page: Page, views: ViewsPage, tool: string): Promise<void> {
  await views.tools.getByRole('button', { name: 'Measure' }).click();
  await page.getByRole('menuitem', { name: tool }).click();
}

async function saved(page: Page, button: Locator): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return readFile(await download.path(), 'utf8');
}

/** All digits of the cells of a row, by column. */
async function numbersOf(page: Page, row: string): Promise<Readonly<Record<string, number>>> {
  const cells = page
    .getByRole('table', { name: 'Statistics' })
    .getByRole('row', { name: new RegExp(`^${row}`) })
    .locator('td');
  const entries = await cells.evaluateAll((all) =>
    all.map((cell) => [cell.getAttribute('data-column') ?? '', Number(cell.getAttribute('title'))]),
  );
  return Object.fromEntries(entries) as Record<string, number>;
}

function direct(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const sorted = [...values].sort((a, b) => a - b);
  return {
    count: values.length,
    mean,
    standardDeviation: Math.sqrt(squares / values.length),
    minimum: sorted[0] as number,
    maximum: sorted.at(-1) as number,
    'quantile 0.25': sorted[Math.floor(0.25 * (values.length - 1))] as number,
    'quantile 0.5': sorted[Math.floor(0.5 * (values.length - 1))] as number,
  };
}

/** Values of one slice's voxels whose place is accepted. */
function inSlice(z: number, accepts: (x: number, y: number) => boolean): number[] {
  const found: number[] = [];
  for (let y = 0; y < 16; y++)
    for (let x = 0; x < 20; x++) if (accepts(x, y)) found.push(valueAt(x, y, z));
  return found;
}

test('distances by two clicks, by a drag and by keys, kept until they are removed', async ({
  page,
}) => {
  const { views, list } = await open(page);
  await take(page, views, 'Distance');
  await clickVoxel(page, views, 4, 3);
  await clickVoxel(page, views, 7, 7);
  const drawn = views.slice('XY').locator('[data-measure="distance"]');
  await expect(drawn).toHaveText('2.5 µm (5 voxels)');
  await expect(list.getByRole('listitem')).toHaveText([
    /1 Distance.*XY, z 6.*2\.5 µm \(5 voxels\)/,
  ]);

  await dragVoxels(page, views, [2, 10], [14, 10]);
  await expect(drawn.last()).toHaveText('6 µm (12 voxels)');
  await expect(list.getByRole('listitem')).toHaveCount(2);

  // A begun distance, then the last one, then the tool are taken back.
  await clickVoxel(page, views, 1, 1);
  await expect(drawn).toHaveCount(3);
  await page.keyboard.press('Escape');
  await expect(drawn).toHaveCount(2);
  await page.keyboard.press('Escape');
  await expect(list.getByRole('listitem')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(views.tools.getByRole('button', { name: 'Measure' })).toHaveAttribute(
    'data-on',
    'false',
  );
  await expect(list.getByRole('listitem')).toHaveCount(1);

  // On another slice it is not drawn; the list brings it back.
  await views.slice('XY').press('PageDown');
  await expect(drawn).toHaveCount(0);
  await list.getByRole('button', { name: /1 Distance/ }).click();
  await expect(drawn).toHaveCount(1);
  await expect(views.slider('XY')).toHaveValue('6');

  await views.slice('XZ').focus();
  await page.keyboard.press('d');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(list.getByRole('listitem').last()).toContainText('XZ, y 7');
  const across = 7;
  await expect(list.getByRole('listitem').last()).toContainText(
    `${Number(Math.hypot(across * 0.5, 2).toPrecision(5))} µm`,
  );
  await views.slice('XZ').press('Delete');
  await list.getByRole('button', { name: 'Remove measure 1' }).click();
  await expect(
    page.getByText('Measures on the slices and their numbers are listed here'),
  ).toBeVisible();
});

test('a line profile holds the voxels it crosses, on a physical axis', async ({ page }) => {
  const { views } = await open(page);
  await take(page, views, 'Line profile');
  await dragVoxels(page, views, [3, 5], [12, 5]);
  const plot = page.getByTestId('plot');
  await expect(plot).toContainText('10 values');
  await expect(plot.locator('svg')).toContainText('Distance (µm)');
  const csv = await saved(page, page.getByRole('button', { name: 'Save as CSV' }));
  const rows = csv.trim().split('\r\n').slice(2);
  expect(rows).toEqual(Array.from({ length: 10 }, (_, i) => `${0.5 * i},${valueAt(3 + i, 5, 6)}`));
  const svg = await saved(page, page.getByRole('button', { name: 'Save as SVG' }));
  expect(svg).toContain('Grey value</text>');
  const [png] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as PNG' }).click(),
  ]);
  const bytes = await readFile(await png.path());
  expect(bytes.readUInt32BE(16)).toBe(Math.round((85 / 25.4) * 600));
  const box = await plot.boundingBox();
  await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) - 14, (box?.y ?? 0) + 30);
  await expect(plot).toContainText(`4.5 µm: ${valueAt(12, 5, 6)}`);
});

test('statistics of rectangle, ellipse and volume are those of the voxels', async ({ page }) => {
  const { views, list } = await open(page);
  await take(page, views, 'Rectangle');
  await dragVoxels(page, views, [13, 9], [4, 2]);
  const expectNumbers = async (values: readonly number[]): Promise<void> => {
    await expect.poll(async () => (await numbersOf(page, 'all'))['count']).toBe(values.length);
    const { standardDeviation, ...exact } = direct(values);
    const found = await numbersOf(page, 'all');
    expect(found).toMatchObject(exact);
    expect(found['standardDeviation']).toBeCloseTo(standardDeviation, 6);
  };
  await expectNumbers(inSlice(6, (x, y) => x >= 4 && x <= 13 && y >= 2 && y <= 9));
  await expect(list.getByRole('listitem')).toContainText(['5 × 4 µm (10 × 8 voxels)']);

  await take(page, views, 'Ellipse');
  await dragVoxels(page, views, [2, 1], [15, 12]);
  await expectNumbers(inSlice(6, (x, y) => ((x - 8.5) / 7) ** 2 + ((y - 6.5) / 6) ** 2 <= 1));

  await views.tools.getByRole('button', { name: 'Measure' }).click();
  await page.getByRole('menuitem', { name: 'Statistics of the volume' }).click();
  await expectNumbers([...grey]);
  const csv = await saved(page, page.getByRole('button', { name: 'Save as CSV' }));
  expect(csv).toContain(`\r\nall,${VOXELS},`);

  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page })
      .include('section[aria-label="Views"]')
      .include('section[aria-label="Results"]')
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
      .analyze();
    expect(
      violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`)),
    ).toEqual([]);
  }
});

test('measures are undone with the recipe in one history, and come back after a reload', async ({
  page,
}) => {
  const { workbench, views, list } = await open(page);
  const undo = (name: string) => workbench.header.getByRole('button', { name: `Undo: ${name}` });
  await page.keyboard.press('d');
  await clickVoxel(page, views, 2, 2);
  await clickVoxel(page, views, 8, 2);
  await expect(undo('Add distance')).toBeVisible();
  await workbench.step('Unsharp mask').getByRole('switch').press('Space');
  await expect(undo('Switch Unsharp mask off')).toBeVisible();
  await workbench.do('Remove all measures');
  await expect(list).toHaveCount(0);
  await page.keyboard.press('Control+z');
  await expect(list.getByRole('listitem')).toHaveCount(1);
  await page.keyboard.press('Control+z');
  await expect(undo('Add distance')).toBeVisible();
  await expect(list.getByRole('listitem')).toHaveCount(1);

  await workbench.reload();
  await expect(list.getByRole('listitem')).toHaveCount(1);
});
