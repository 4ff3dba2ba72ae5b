/** The views and the histogram: what they show is what the file holds, by pointer and by keys. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { loadFormat, writeVolume } from '../src/io/registry.ts';
import { bytesSource } from '../src/io/sources.ts';
import { addStep } from '../src/recipe/edit.ts';
import { emptyRecipe, recipeText } from '../src/recipe/recipe.ts';
import { createSpacing } from '../src/volume/length.ts';
import { createVolume, type Volume } from '../src/volume/volume.ts';
import { ViewsPage } from './pages/views-page.ts';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { expect, test } from './support/test.ts';

const SAMPLE = fileURLToPath(new URL('../dist/app/sample/cathode.tif', import.meta.url));

let folder = '';
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tauscope-views-'));
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

async function readSample(): Promise<Volume> {
  const format = await loadFormat('tiff');
  const bytes = new Uint8Array(await readFile(SAMPLE));
  return (await format.readVolume(bytesSource(bytes, 'cathode.tif'))).volume;
}

/** A small float volume with flat voxels, values that need all their digits, and a hole. */
function floats(hole = Number.NaN): Volume {
  const size = [24, 16, 8] as const;
  const data = Float32Array.from(
    { length: 24 * 16 * 8 },
    (_, i) => 1e-3 * Math.fround(Math.cos(i / 37) + ((i * 7919) % 101) / 300),
  );
  data[5] = hole;
  const spacing = createSpacing([0.5, 0.5, 2], 'µm');
  return createVolume({ kind: 'grey', name: 'floats', size, data, spacing });
}

async function save(name: string, volume: Volume): Promise<string> {
  const path = join(folder, name);
  const blob = await writeVolume(volume, 'nrrd');
  await writeFile(path, Buffer.from(await blob.arrayBuffer()));
  return path;
}

async function violations(page: Page): Promise<readonly string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .include('section[aria-label="Views"]')
    .include('section[aria-label="Histogram"]')
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
    .analyze();
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
}

test('the sample is drawn, linked and read out as the file has it', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  const views = new ViewsPage(page);
  const sample = await readSample();
  const valueAt = (x: number, y: number, z: number): string =>
    String(sample.data[x + sample.size[0] * (y + sample.size[1] * z)]);
  await workbench.start();
  await workbench.openSample();

  for (const name of ['XY', 'YZ', 'XZ'] as const) {
    await expect.poll(() => views.coverage(views.slice(name))).toBeGreaterThan(0.1);
    await expect(views.scaleBar(name)).toHaveText(/^(5|10|20) µm$/);
  }
  await expect(views.histogram.locator('[data-peak]')).toHaveCount(1);
  // Software takes a while to compile the shaders.
  await expect(views.volume.locator('canvas')).toBeVisible({ timeout: 60_000 });
  const share = await views.coverage(views.volume);
  expect(share).toBeGreaterThan(0.08);
  expect(share).toBeLessThan(0.9);

  await views.goTo(10, 20, 30);
  await expect(views.readout.locator('[data-value=grey]')).toHaveText(valueAt(10, 20, 30));
  const before = {
    xy: await views.digest(views.slice('XY')),
    yz: await views.digest(views.slice('YZ')),
    xz: await views.digest(views.slice('XZ')),
  };
  const box = await views.slice('XY').boundingBox();
  await page.mouse.click(
    (box?.x ?? 0) + 0.55 * (box?.width ?? 0),
    (box?.y ?? 0) + 0.6 * (box?.height ?? 0),
  );
  const clicked = await views.read();
  const [x = 0, y = 0, z = 0] = clicked.at;
  expect(z).toBe(30);
  expect(x).toBeGreaterThan(64);
  expect(y).toBeGreaterThan(64);
  await expect(views.readout.locator('[data-value=grey]')).toHaveText(valueAt(x, y, z));
  await expect(views.slider('YZ')).toHaveValue(String(x));
  await expect(views.slider('XZ')).toHaveValue(String(y));
  await expect.poll(() => views.digest(views.slice('YZ'))).not.toBe(before.yz);
  await expect.poll(() => views.digest(views.slice('XZ'))).not.toBe(before.xz);
  expect(await views.digest(views.slice('XY'))).toBe(before.xy);

  // The pointer rests where it clicked: keys read out where the crosshair goes once it leaves.
  await page.mouse.move(2, 2);
  await views.slice('XY').press('PageDown');
  await views.slice('XY').press('Shift+PageDown');
  await views.slice('XY').press('ArrowLeft');
  await expect(views.slider('XY')).toHaveValue('41');
  await expect(views.readout.locator('[data-value=grey]')).toHaveText(valueAt(x - 1, y, 41));
  await expect.poll(() => views.digest(views.slice('XY'))).not.toBe(before.xy);
  await views.slice('XY').press('End');
  await expect(views.slider('XY')).toHaveValue('127');

  const drawn = await views.digest(views.volume);
  await views.volume.press('ArrowLeft');
  await expect.poll(() => views.digest(views.volume)).not.toBe(drawn);
  await expect(views.volume.locator('canvas')).toHaveAttribute('data-quality', 'fine');

  await page.keyboard.press('m');
  await expect(views.views.getByRole('application')).toHaveCount(1);
  await expect.poll(() => views.coverage(views.volume), { timeout: 30_000 }).toBeGreaterThan(0.02);
  await page.keyboard.press('m');
  await expect(views.views.getByRole('application')).toHaveCount(4);
  await views.slice('YZ').dblclick();
  await expect(views.slice('YZ')).toBeVisible();
  await expect(views.slice('XY')).toBeHidden();
});

test('wheel, drags and handles change what they say, on float values with a hole', async ({
  page,
}) => {
  const workbench = new WorkbenchPage(page);
  const views = new ViewsPage(page);
  await page.addInitScript(() => localStorage.setItem('tauscope.show-volume', 'no'));
  await workbench.start();
  const volume = floats();
  await workbench.drop(await save('floats.nrrd', volume));
  await expect(views.views.getByText('The 3-D view is off.')).toBeVisible();

  for (const [x, y, z] of [
    [3, 4, 5],
    [23, 15, 7],
  ] as const) {
    await views.goTo(x, y, z);
    const stored = Number(volume.data[x + 24 * (y + 16 * z)]);
    await expect
      .poll(async () => Math.fround(Number((await views.read()).value)))
      .toBe(Math.fround(stored));
  }
  await views.goTo(5, 0, 0);
  await expect(views.readout.locator('[data-value=grey]')).toHaveText('NaN');
  await expect(views.readout).toContainText('2.5, 0, 0 µm');

  const stage = views.slice('XY');
  const box = await stage.boundingBox();
  // Within a voxel: the middle of the view is a border between two.
  const [cx, cy] = [
    (box?.x ?? 0) + (box?.width ?? 0) / 2 + 4,
    (box?.y ?? 0) + (box?.height ?? 0) / 2 + 4,
  ];
  await page.mouse.move(cx, cy);
  await page.mouse.wheel(0, 120);
  await expect(views.slider('XY')).toHaveValue('1');
  const fitted = await views.scaleBar('XY').textContent();
  const under = await views.read();
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -600);
  await page.keyboard.up('Control');
  await expect(views.scaleBar('XY')).not.toHaveText(fitted ?? '');
  await page.mouse.move(cx + 1, cy);
  expect((await views.read()).at).toEqual(under.at);
  await page.keyboard.press('f');
  await expect(views.scaleBar('XY')).toHaveText(fitted ?? '');

  const low = views.histogram.getByRole('textbox', { name: 'Black at' });
  const high = views.histogram.getByRole('textbox', { name: 'White at' });
  const [lowBefore, highBefore] = [await low.inputValue(), await high.inputValue()];
  const picture = await views.digest(stage);
  await page.mouse.move(cx, cy);
  await page.mouse.down({ button: 'right' });
  await page.mouse.move(cx + 60, cy + 20, { steps: 4 });
  await page.mouse.up({ button: 'right' });
  expect(Number(await high.inputValue()) - Number(await low.inputValue())).toBeGreaterThan(
    1.2 * (Number(highBefore) - Number(lowBefore)),
  );
  await expect.poll(() => views.digest(stage)).not.toBe(picture);
  await views.histogram.getByRole('button', { name: 'Auto' }).click();
  await expect(low).toHaveValue(lowBefore);
  await views.histogram.getByRole('slider', { name: 'Window: black at' }).press('Shift+ArrowRight');
  expect(Number(await low.inputValue())).toBeGreaterThan(Number(lowBefore));

  await views.histogram.getByRole('button', { name: 'Save the histogram' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /SVG/ }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('floats-histogram.svg');
  expect(await readFile(await download.path(), 'utf8')).toContain('grey value</text>');
  await views.histogram.getByRole('button', { name: 'Save the histogram' }).click();
  const [png] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /PNG/ }).click(),
  ]);
  const bytes = await readFile(await png.path());
  expect([...bytes.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
  expect(bytes.readUInt32BE(16)).toBe(Math.round((90 / 25.4) * 600));
});

test('B shows the input, labels have a legend, and both themes are accessible', async ({
  page,
}) => {
  const workbench = new WorkbenchPage(page);
  const views = new ViewsPage(page);
  await workbench.start();
  await workbench.drop(await save('floats.nrrd', floats(0)));
  const recipe = addStep(emptyRecipe('smooth'), {
    operation: 'smooth-gaussian',
    version: 1,
    params: {},
  });
  await writeFile(join(folder, 'smooth.json'), recipeText(recipe));
  await workbench.drop(join(folder, 'smooth.json'));
  await workbench.run();
  await workbench.recipe.getByText('Gaussian').first().click();
  await views.goTo(12, 8, 4);
  const filtered = (await views.read()).value;
  const picture = await views.digest(views.slice('XY'));
  await page.keyboard.down('b');
  await expect(views.slice('XY').getByText('Input')).toBeVisible();
  await expect(views.readout.locator('[data-value=grey]')).not.toHaveText(filtered);
  await expect.poll(() => views.digest(views.slice('XY'))).not.toBe(picture);
  await page.keyboard.up('b');
  await expect(views.readout.locator('[data-value=grey]')).toHaveText(filtered);
  await expect.poll(() => views.digest(views.slice('XY'))).toBe(picture);
  expect(await violations(page)).toEqual([]);

  const labels = createVolume({
    kind: 'labels',
    name: 'labels',
    size: [16, 16, 16],
    data: Uint8Array.from({ length: 16 ** 3 }, (_, i) => Math.floor((i % 16) / 6)),
    spacing: createSpacing([1, 1, 1], 'µm'),
  });
  await workbench.drop(await save('labels.nrrd', labels));
  await page.getByRole('button', { name: /^Replace/ }).click();
  await expect(views.histogram.getByRole('listitem')).toHaveCount(3);
  const legend = views.views.getByRole('group', { name: 'Phases' });
  await expect(legend.getByRole('button')).toHaveCount(3);
  const shown = await views.digest(views.slice('XY'));
  await legend.getByRole('button').first().click();
  await expect.poll(() => views.digest(views.slice('XY'))).not.toBe(shown);
  await page.emulateMedia({ colorScheme: 'light' });
  expect(await violations(page)).toEqual([]);
});

test('without WebGL in a worker one sentence says so and the slices work', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  const views = new ViewsPage(page);
  await page.addInitScript(() => {
    delete (HTMLCanvasElement.prototype as Partial<HTMLCanvasElement>).transferControlToOffscreen;
  });
  await workbench.start();
  await workbench.drop(await save('floats.nrrd', floats()));
  await expect(views.views.getByText(/The 3-D view needs WebGL 2/)).toBeVisible();
  await expect.poll(() => views.coverage(views.slice('XY'))).toBeGreaterThan(0.1);
});

test('a crash of the graphics process costs the 3-D view only, which starts again', async ({
  page,
  faults,
}) => {
  faults.allow(/context/i);
  const workbench = new WorkbenchPage(page);
  const views = new ViewsPage(page);
  await workbench.start();
  await workbench.drop(await save('floats.nrrd', floats()));
  await expect(views.volume.locator('canvas')).toBeVisible({ timeout: 60_000 });
  const picture = await views.digest(views.slice('XY'));
  const session = await page.context().browser()?.newBrowserCDPSession();
  await session?.send('Browser.crashGpuProcess');
  await expect(views.views.getByText(/lost its graphics context/)).toBeVisible();
  await expect.poll(() => views.digest(views.slice('XY'))).toBe(picture);
  await views.views.getByRole('button', { name: 'Try again' }).click();
  await expect(views.volume.locator('canvas')).toBeVisible({ timeout: 60_000 });
  await expect.poll(() => views.coverage(views.volume)).toBeGreaterThan(0.05);
});
