/** Steering by histogram: what a handle means is seen on the slices before anything runs. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { GreyInterval } from '../src/declaration/parameters.ts';
import { writeVolume } from '../src/io/registry.ts';
import { addStep } from '../src/recipe/edit.ts';
import { emptyRecipe, recipeText } from '../src/recipe/recipe.ts';
import { createSpacing } from '../src/volume/length.ts';
import { createVolume } from '../src/volume/volume.ts';
import { HistogramPage } from './pages/histogram-page.ts';
import { ViewsPage } from './pages/views-page.ts';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { violations } from './support/axe.ts';
import { expect, test } from './support/test.ts';

let folder = '';
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tauscope-histogram-'));
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

const SIZE = [20, 16, 12] as const;
const VOXELS = 20 * 16 * 12;
/** Three levels with a spread of their own, and a few voxels everywhere between. */
const grey = Uint16Array.from({ length: VOXELS }, (_, i) => {
  const scatter = (i * 7919) % 4001;
  if (i % 13 === 0) return 5000 + ((i * 104_729) % 50_001);
  return [10_000, 30_000, 50_000][(i * 31 + (i >> 5)) % 3]! + scatter - 2000;
});
const INTERVALS: readonly GreyInterval[] = [
  { name: 'pore', from: null, to: 15_000 },
  { name: 'binder', from: 25_000, to: 35_000 },
  { name: 'active material', from: 45_000, to: null },
];
const COLOURS = [
  [0, 114, 178],
  [230, 159, 0],
  [0, 158, 115],
] as const;

function valueAt(x: number, y: number, z: number): number {
  return grey[x + 20 * (y + 16 * z)] as number;
}

function placeOf(value: number, intervals: readonly GreyInterval[]): number {
  return intervals.findIndex(
    ({ from, to }) => (from === null || value >= from) && (to === null || value <= to),
  );
}

async function openWithIntervals(page: Page, intervals: readonly GreyInterval[] | null) {
  const workbench = new WorkbenchPage(page);
  await page.addInitScript(() => localStorage.setItem('tauscope.show-volume', 'no'));
  await workbench.start();
  const spacing = createSpacing([0.5, 0.5, 0.5], 'µm');
  const volume = createVolume({ kind: 'grey', name: 'grey', size: SIZE, data: grey, spacing });
  const recipe = addStep(emptyRecipe(), {
    operation: 'segment-watershed',
    version: 1,
    params: intervals === null ? {} : { intervals },
  });
  const [volumePath, recipePath] = [join(folder, 'grey.nrrd'), join(folder, 'recipe.json')];
  const blob = await writeVolume(volume, 'nrrd');
  await writeFile(volumePath, Buffer.from(await blob.arrayBuffer()));
  await writeFile(recipePath, recipeText(recipe));
  await workbench.drop(volumePath, recipePath);
  await workbench.selectStep('Marker watershed');
  return { workbench, views: new ViewsPage(page), histogram: new HistogramPage(page) };
}

/** What a voxel looks like: its grey value, blended with its interval's colour. */
function lookOf(
  value: number,
  intervals: readonly GreyInterval[],
  window: readonly [number, number],
): readonly number[] {
  const [low, high] = window;
  const step = Math.round(Math.max(0, Math.min(1, (value - low) / (high - low))) * 255);
  const colour = COLOURS[placeOf(value, intervals)];
  return [0, 1, 2].map((i) =>
    colour === undefined ? step : step + 0.45 * ((colour[i] as number) - step),
  );
}

test('a dragged handle colours exactly the voxels in the interval on every slice', async ({
  page,
}) => {
  const { views, histogram } = await openWithIntervals(page, INTERVALS);
  const [x, y, z] = [7, 5, 6];
  await views.goTo(x, y, z);
  const check = async (intervals: readonly GreyInterval[]): Promise<void> => {
    const window = await histogram.window();
    const planes = [
      { name: 'XY', columns: 20, rows: 16, at: (a: number, b: number) => valueAt(a, b, z) },
      { name: 'XZ', columns: 20, rows: 12, at: (a: number, b: number) => valueAt(a, y, b) },
      { name: 'YZ', columns: 12, rows: 16, at: (a: number, b: number) => valueAt(x, b, a) },
    ] as const;
    for (const { name, columns, rows, at } of planes) {
      await expect
        .poll(async () => {
          const voxels = await views.voxelColours(views.slice(name), columns, rows);
          return voxels.filter((rgb, i) => {
            const look = lookOf(at(i % columns, Math.floor(i / columns)), intervals, window);
            return look.some((part, k) => Math.abs(part - (rgb[k] as number)) > 1);
          }).length;
        })
        .toBe(0);
    }
  };
  await check(INTERVALS);
  const upper = histogram.handle('binder, upper end');
  await histogram.drag(upper, 40);
  const to = Number(await upper.getAttribute('aria-valuenow'));
  expect(to).toBeGreaterThan(35_500);
  const dragged = INTERVALS.with(1, { name: 'binder', from: 25_000, to });
  await check(dragged);
  const inside = grey.filter((value) => placeOf(value, dragged) === 1).length;
  await expect(histogram.share('binder')).toHaveText(`${((100 * inside) / VOXELS).toFixed(2)} %`);
  await page.keyboard.press('i');
  await check([]);
  await page.keyboard.press('i');
  await check(dragged);
});

test('a suggestion is used when asked, under its own name in the history', async ({ page }) => {
  const { histogram } = await openWithIntervals(page, INTERVALS);
  const edge = histogram.handle('binder, lower end');
  await expect(edge).toHaveAttribute('aria-valuenow', '25000');
  await histogram.panel.getByRole('button', { name: 'Suggestions' }).click();
  const use = histogram.panel.getByRole('button', { name: /^Use Otsu thresholds [^,]+, [^,]+$/ });
  await expect(use).toBeVisible();
  await expect(edge).toHaveAttribute('aria-valuenow', '25000');
  const name = (await use.getAttribute('aria-label')) ?? '';
  await use.click();
  const from = Number(await edge.getAttribute('aria-valuenow'));
  expect(from).not.toBe(25_000);
  expect(name).toContain(String(from - 1).replace(/(?=\d{3}$)/, '\u202F'));
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
  }
  await expect(page.getByRole('button', { name: `Undo: ${name}` })).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(edge).toHaveAttribute('aria-valuenow', '25000');
});

test('the CSV holds the count of every grey value', async ({ page }) => {
  const { histogram } = await openWithIntervals(page, INTERVALS);
  await histogram.panel.getByRole('button', { name: 'Save the histogram' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'CSV of the counts' }).click();
  const lines = (await readFile(await (await download).path(), 'utf8')).trim().split('\r\n');
  expect(lines[0]).toBe('grey value,count');
  const counts = new Map<number, number>();
  for (const value of grey) counts.set(value, (counts.get(value) ?? 0) + 1);
  const saved = lines.slice(1).map((line) => line.split(',').map(Number));
  expect(saved.filter(([, count]) => count !== 0)).toEqual(
    [...counts].toSorted(([a], [b]) => a - b),
  );
});

test('wheel, drag and keys show a part of the grey values, where handles move more finely', async ({
  page,
}) => {
  const { histogram } = await openWithIntervals(page, INTERVALS);
  const { plot } = histogram;
  const all = await histogram.shown();
  const box = await plot.boundingBox();
  const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2];
  const middle = (all[0] + all[1]) / 2;
  const length = ([low, high]: readonly [number, number]) => high - low;
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, -300);
  await expect.poll(async () => length(await histogram.shown()) / length(all)).toBeLessThan(0.6);
  const part = await histogram.shown();
  expect(Math.abs((part[0] + part[1]) / 2 - middle)).toBeLessThan(0.02 * length(all));
  await expect(histogram.handle('pore, upper end')).toHaveCount(0);

  const pixel = length(part) / (box?.width ?? 1);
  await page.mouse.down();
  await page.mouse.move(x - 40, y, { steps: 4 });
  await page.mouse.up();
  const moved = await histogram.shown();
  expect(Math.abs(moved[0] - part[0] - 40 * pixel)).toBeLessThan(2 * pixel);
  expect(Math.abs(length(moved) - length(part))).toBeLessThan(pixel);

  const upper = histogram.handle('binder, upper end');
  await upper.focus();
  await page.keyboard.press('ArrowRight');
  const step = Number(await upper.getAttribute('aria-valuenow')) - 35_000;
  expect(step).toBeGreaterThan(0);
  expect(step).toBeLessThan(length(all) / 300);

  await plot.focus();
  await page.keyboard.press('-');
  expect(length(await histogram.shown())).toBeGreaterThan(length(moved));
  await page.keyboard.press('0');
  expect(await histogram.shown()).toEqual(all);
  await plot.focus();
  await page.keyboard.press('+');
  await histogram.panel.getByRole('button', { name: /show all grey values/i }).click();
  expect(await histogram.shown()).toEqual(all);
});

test('peaks have the names of the phases, on the chart and in the saved figure', async ({
  page,
}) => {
  const { workbench, histogram } = await openWithIntervals(page, INTERVALS);
  const peaks = histogram.panel.getByRole('img', { name: /^Peak/ });
  await expect(peaks).toHaveCount(3);
  const titles = await peaks.evaluateAll((all) => all.map((each) => each.ariaLabel ?? ''));
  expect(titles.map((title) => title.replace(/ at .*/, ''))).toEqual([
    'Peak of pore',
    'Peak of binder',
    'Peak of active material',
  ]);
  // The same where no step with intervals is selected.
  await workbench.recipe.getByRole('button', { name: /^Input/ }).click();
  await expect(peaks.first()).toHaveAccessibleName(titles[0] ?? '');
  await histogram.panel.getByRole('button', { name: 'Save the histogram' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: /^SVG/ }).click();
  const svg = await readFile(await (await download).path(), 'utf8');
  for (const title of titles) {
    const [, name, value] = /^Peak of (.+) at (.+)$/.exec(title) ?? [];
    expect(svg).toContain(`>${name} ${value?.replace('\u202F', '')}</text>`);
  }
});

test('intervals are steered from a later step that works on what they make', async ({ page }) => {
  const { workbench, views, histogram } = await openWithIntervals(page, INTERVALS);
  await workbench.do('Add step: Name phases');
  await expect(workbench.step('Name phases')).toHaveAttribute('data-selected', 'true');
  const legend = views.views.getByRole('group', { name: 'Preview' });
  await expect(legend).toContainText('active material');
  const share = histogram.share('binder');
  const before = await share.innerText();
  await histogram.drag(histogram.handle('binder, upper end'), 30);
  await expect(share).not.toHaveText(before);
  await expect(
    workbench.header.getByRole('button', {
      name: /Undo: Change grey intervals of Marker watershed/,
    }),
  ).toBeVisible();
});
