/** The tools of the slice views: slabs, windows, colours. What they say is what the voxels hold. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { writeVolume } from '../src/io/registry.ts';
import { addStep } from '../src/recipe/edit.ts';
import { emptyRecipe, recipeText } from '../src/recipe/recipe.ts';
import { createSpacing } from '../src/volume/length.ts';
import { createVolume, type Volume } from '../src/volume/volume.ts';
import { ViewsPage } from './pages/views-page.ts';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { expect, test } from './support/test.ts';

let folder = '';
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tauscope-slices-'));
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

const SIZE = [20, 16, 12] as const;
const VOXELS = 20 * 16 * 12;
const grey = Uint16Array.from({ length: VOXELS }, (_, i) => 1000 + ((i * 7919) % 40_009));

function valueAt(x: number, y: number, z: number): number {
  return grey[x + 20 * (y + 16 * z)] as number;
}

async function save(name: string, volume: Volume): Promise<string> {
  const path = join(folder, name);
  const blob = await writeVolume(volume, 'nrrd');
  await writeFile(path, Buffer.from(await blob.arrayBuffer()));
  return path;
}

async function openGrey(page: Page, spacing = createSpacing([0.5, 0.5, 2], 'µm')) {
  const workbench = new WorkbenchPage(page);
  await page.addInitScript(() => localStorage.setItem('tauscope.show-volume', 'no'));
  await workbench.start();
  const volume = createVolume({ kind: 'grey', name: 'grey', size: SIZE, data: grey, spacing });
  await workbench.drop(await save('grey.nrrd', volume));
  return { workbench, views: new ViewsPage(page) };
}

test('a slab shows the mean, largest and smallest of the slices it names', async ({ page }) => {
  const { views } = await openGrey(page);
  await views.goTo(7, 5, 6);
  const single = await views.digest(views.slice('XY'));
  await views.tools.getByRole('button', { name: 'Slab' }).click();
  const dialog = page.getByRole('dialog');
  const slabs = [5, 6, 7].map((z) => valueAt(7, 5, z));
  const expected = {
    Mean: slabs.reduce((sum, value) => sum + value, 0) / 3,
    Max: Math.max(...slabs),
    Min: Math.min(...slabs),
  };
  await dialog.getByText('Mean', { exact: true }).click();
  await dialog.getByRole('spinbutton', { name: 'Thickness in voxels' }).fill('3');
  await expect(dialog.getByTestId('slab-lengths')).toHaveText('x 1.5, y 1.5, z 6 µm');
  for (const [name, value] of Object.entries(expected)) {
    await dialog.getByText(name, { exact: true }).click();
    await expect(views.slice('XY').getByTestId('slab')).toHaveText(
      `${name.toLowerCase()} of 3 slices, z 5 to 7 (6 µm)`,
    );
    await expect(views.readout.locator('[data-value=slab]')).toHaveText(
      String(Number(value.toPrecision(6))),
    );
    await expect(views.readout.locator('[data-value=grey]')).toHaveText(String(valueAt(7, 5, 6)));
    await expect.poll(() => views.digest(views.slice('XY'))).not.toBe(single);
  }
  await expect(views.slice('YZ').getByTestId('slab')).toHaveText(
    'min of 3 slices, x 6 to 8 (1.5 µm)',
  );
  await dialog.getByText('Off', { exact: true }).click();
  await expect.poll(() => views.digest(views.slice('XY'))).toBe(single);
});

test('windows follow the voxels, and the colour bar says what the colours mean', async ({
  page,
}) => {
  const { views } = await openGrey(page);
  const sorted = [...grey].sort((a, b) => a - b);
  const at = (f: number): number => sorted[Math.floor(f * (VOXELS - 1))] as number;
  const bar = views.views.getByTestId('colour-bar');
  const choose = async (name: string | RegExp): Promise<void> => {
    await views.tools.getByRole('button', { name: 'Window' }).click();
    await page.getByRole('menuitem', { name }).click();
  };
  const low = views.histogram.getByRole('textbox', { name: 'Black at' });
  const high = views.histogram.getByRole('textbox', { name: 'White at' });
  for (const [name, from, to] of [
    ['0.5 % to 99.5 %', at(0.005), at(0.995)],
    ['2 % to 98 %', at(0.02), at(0.98)],
    ['Smallest to largest value', at(0), at(1)],
  ] as const) {
    await choose(name);
    await expect(low).toHaveValue(String(from));
    await expect(high).toHaveValue(String(to));
    const text = (value: number) => String(Number(value.toPrecision(4)));
    await expect(bar).toHaveAttribute(
      'aria-label',
      `Colour bar: grey value from ${text(from)} to ${text(to)}`,
    );
  }
  const colour = await views.digest(views.slice('XY'));
  await views.tools.getByRole('button', { name: 'Colour map: Grey' }).click();
  await page.getByRole('menuitem', { name: 'Magma' }).click();
  await expect.poll(() => views.digest(views.slice('XY'))).not.toBe(colour);
  await page.keyboard.press('c');
  await expect(bar).toHaveCount(0);
  const box = await views.slice('XY').boundingBox();
  const [cx, cy] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2];
  await page.mouse.move(cx, cy);
  await page.keyboard.down('Control');
  await page.mouse.down();
  await page.mouse.move(cx + 60, cy, { steps: 3 });
  await page.mouse.up();
  await page.keyboard.up('Control');
  expect(Number(await high.inputValue()) - Number(await low.inputValue())).toBeGreaterThan(
    1.2 * (at(1) - at(0)),
  );
});

test('without a voxel size there is no scale bar, and a reason', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  const views = new ViewsPage(page);
  await workbench.start();
  const volume = createVolume({ kind: 'grey', name: 'grey', size: SIZE, data: grey });
  await workbench.drop(await save('unsized.nrrd', volume));
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /unknown/i })
    .click();
  for (const name of ['XY', 'YZ', 'XZ'] as const) {
    await expect(views.scaleBar(name)).toHaveText('no scale bar: voxel size unknown');
  }
  await expect(views.readout).toContainText('voxels, size unknown');
});

test('labels lie over the image as fill or outline, in the colours of the legend', async ({
  page,
}) => {
  const workbench = new WorkbenchPage(page);
  const views = new ViewsPage(page);
  await page.addInitScript(() => localStorage.setItem('tauscope.show-volume', 'no'));
  await workbench.start();
  // A bright block in a dark ground, both a little uneven.
  const size = [24, 24, 24] as const;
  const data = Uint8Array.from({ length: 24 ** 3 }, (_, i) => {
    const inside = [i % 24, Math.floor(i / 24) % 24, Math.floor(i / 576)].every(
      (at) => at >= 6 && at < 18,
    );
    return (inside ? 200 : 50) + ((i * 7919) % 7);
  });
  const spacing = createSpacing([1, 1, 1], 'µm');
  const volume = createVolume({ kind: 'grey', name: 'block', size, data, spacing });
  await workbench.drop(await save('block.nrrd', volume));
  const recipe = addStep(emptyRecipe('segment'), {
    operation: 'segment-watershed',
    version: 1,
    params: {},
  });
  await writeFile(join(folder, 'segment.json'), recipeText(recipe));
  await workbench.drop(join(folder, 'segment.json'));
  await workbench.run();
  await workbench.recipe.getByText('Marker watershed').first().click();
  const legend = views.views.getByRole('group', { name: 'Phases' });
  await expect(legend.getByRole('button').first()).toBeVisible();
  await views.goTo(12, 12, 12);
  await page.keyboard.press('x');
  const middle = () => pixelAt(views, 0.5, 0.5);
  const isGrey = ([red = 0, green = 0, blue = 0]: readonly number[]) =>
    red === green && green === blue;

  await expect.poll(async () => isGrey(await middle())).toBe(false);
  const opacity = views.views.getByRole('slider', { name: 'Opacity of the labels' });
  await opacity.press('End');
  // Opaque: the colour of the last phase, whatever lies under it.
  const colours = await legend
    .locator('[style*="background"]')
    .evaluateAll((all) => all.map((each) => getComputedStyle(each).backgroundColor));
  await expect.poll(async () => `rgb(${(await middle()).join(', ')})`).toBe(colours.at(-1));
  await views.views.getByText('Outline').click();
  await expect.poll(async () => isGrey(await middle())).toBe(true);
  await views.views.getByText('Fill', { exact: true }).click();
  await legend
    .getByRole('button')
    .nth(colours.length - 1)
    .click();
  await expect.poll(async () => isGrey(await middle())).toBe(true);

  // The window of one phase lies within its own grey values.
  await views.tools.getByRole('button', { name: 'Window' }).click();
  await page.getByRole('menuitem').last().click();
  const low = views.histogram.getByRole('textbox', { name: 'Black at' });
  await expect.poll(async () => Number(await low.inputValue())).toBeGreaterThanOrEqual(200);
  await expect(views.histogram.getByRole('textbox', { name: 'White at' })).toHaveValue('206');
});

/** Red, green and blue of the XY view at a share of its width and height. */
function pixelAt(views: ViewsPage, across: number, down: number): Promise<readonly number[]> {
  return views
    .slice('XY')
    .locator('canvas')
    .evaluate(
      (canvas: HTMLCanvasElement, [x, y]) => {
        const at = [Math.floor(x * canvas.width), Math.floor(y * canvas.height)] as const;
        return [...(canvas.getContext('2d')?.getImageData(...at, 1, 1).data ?? [])].slice(0, 3);
      },
      [across, down] as const,
    );
}
