/** The 3-D view: opacities, clipping, fields with their scalar bar, turning, and true proportions. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { writeVolume } from '../src/io/registry.ts';
import { addStep } from '../src/recipe/edit.ts';
import { emptyRecipe, recipeText } from '../src/recipe/recipe.ts';
import { createSpacing } from '../src/volume/length.ts';
import { createVolume, type Volume } from '../src/volume/volume.ts';
import { ViewsPage } from './pages/views-page.ts';
import { VolumePage } from './pages/volume-page.ts';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { violations } from './support/axe.ts';
import { expect, test } from './support/test.ts';

let folder = '';
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tauscope-volume-'));
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

async function save(name: string, volume: Volume): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, Buffer.from(await (await writeVolume(volume, 'nrrd')).arrayBuffer()));
  return path;
}

const PHASES = [
  { label: 0, name: 'pore', colour: '#3b6fb6', pore: true },
  { label: 1, name: 'first', colour: '#e02020', pore: false },
  { label: 2, name: 'second', colour: '#20c020', pore: false },
];

/** 32 × 32 × 32 labels by place. */
function labels(label: (x: number, y: number, z: number) => number): Volume {
  return createVolume({
    kind: 'labels',
    name: 'labels',
    size: [32, 32, 32],
    data: Uint8Array.from({ length: 32 ** 3 }, (_, i) =>
      label(i % 32, Math.floor(i / 32) % 32, Math.floor(i / 1024)),
    ),
    spacing: createSpacing([0.5, 0.5, 0.5], 'µm'),
    phases: PHASES,
  });
}

test('grey values are seen through as the points over the histogram say', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  const volume = new VolumePage(page);
  await workbench.start();
  await workbench.openSample();
  await volume.drawn();
  const solid = await volume.atRest();
  await volume.open('Look');
  const points = volume.settings.getByRole('slider', { name: /^Opacity point/ });
  await expect(points).toHaveCount(2);

  await volume.settings.getByRole('button', { name: 'Ramp' }).click();
  await expect.poll(async () => (await volume.see()).digest).not.toBe(solid.digest);
  const typed = volume.settings.getByRole('textbox', { name: 'Opacity of the point' });
  await points.nth(1).focus();
  await page.keyboard.press('ArrowDown');
  await expect(typed).toHaveValue('65');
  await page.keyboard.press('Delete');
  await expect(points).toHaveCount(1);
  // One clear point: nothing but the cut faces is left.
  await volume.close();
  await volume.pane.getByRole('button', { name: 'Cut open at the crosshair' }).click();
  await expect.poll(async () => (await volume.see()).coverage).toBe(0);

  await volume.open('Look');
  await volume.settings.getByRole('button', { name: 'Add a point' }).click();
  await typed.fill('100');
  await expect.poll(async () => (await volume.see()).coverage).toBeGreaterThan(0.1);
  expect(await violations(page)).toEqual([]);
  await volume.settings.getByRole('button', { name: 'Reset the opacities' }).click();
  await volume.close();
  await volume.pane.getByRole('button', { name: 'Cut open at the crosshair' }).click();
  // The number of pixels follows the machine's speed, so that pictures are only nearly the same.
  await expect
    .poll(async () => Math.abs((await volume.see()).coverage - solid.coverage))
    .toBeLessThan(0.02);
});

test('even grey values are looked through by their gradient, and keys add points', async ({
  page,
}) => {
  const workbench = new WorkbenchPage(page);
  const volume = new VolumePage(page);
  await workbench.start();
  const ball = labels((x, y, z) =>
    (x - 15.5) ** 2 + (y - 15.5) ** 2 + (z - 15.5) ** 2 < 64 ? 200 : 60,
  );
  await workbench.drop(await save('ball.nrrd', { ...ball, kind: 'grey', phases: [] }));
  await volume.drawn();
  await volume.pane.getByRole('button', { name: 'Cut open at the crosshair' }).click();
  await volume.open('Look');
  const points = volume.settings.getByRole('slider', { name: /^Opacity point/ });
  await expect(points).toHaveCount(2);
  await points.first().focus();
  await page.keyboard.press('Enter');
  await expect(points).toHaveCount(3);
  await expect(points.nth(1)).toBeFocused();
  await page.keyboard.press('Delete');
  await page.keyboard.press('Delete');
  await expect(points).toHaveCount(1);
  // All is solid: one sees the block.
  await volume.settings.getByRole('textbox', { name: 'Opacity of the point' }).fill('100');
  await expect.poll(async () => (await volume.see()).coverage).toBeGreaterThan(0.2);
  const block = await volume.atRest();

  await volume.settings.getByRole('switch', { name: 'Show edges, look through even' }).click();
  // The ball's surface is the only edge: its diameter is half of the block's edge.
  await expect.poll(async () => (await volume.see()).coverage).toBeLessThan(0.45 * block.coverage);
  const ballOnly = await volume.atRest();
  expect(ballOnly.coverage).toBeGreaterThan(0.02);
  expect(Math.abs(ballOnly.width / ballOnly.height - 1)).toBeLessThan(0.1);
  await volume.settings.getByRole('slider', { name: 'Clear up to this steepness' }).focus();
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
  await expect(volume.settings.getByText(/^Clear up to 30 % of the steepest/)).toBeVisible();
  await expect.poll(async () => (await volume.see()).digest).not.toBe(ballOnly.digest);
  expect(await violations(page)).toEqual([]);
});

test('a box and the crosshair’s slices cut the volume, by numbers, handles and keys', async ({
  page,
}) => {
  const workbench = new WorkbenchPage(page);
  const views = new ViewsPage(page);
  const volume = new VolumePage(page);
  await workbench.start();
  await workbench.drop(
    await save(
      'halves.nrrd',
      labels((x) => (x < 16 ? 1 : 2)),
    ),
  );
  await volume.drawn();
  await volume.pane.getByRole('button', { name: 'Cut open at the crosshair' }).click();
  await expect.poll(async () => (await volume.see()).red).toBeGreaterThan(0.2);
  const whole = await volume.atRest();
  expect(whole.green).toBeGreaterThan(0.2);

  await volume.open('Clip');
  await volume.settings.getByRole('textbox', { name: 'First voxel along x' }).fill('16');
  await expect(volume.settings.getByText('8 µm')).toBeVisible();
  await expect.poll(async () => (await volume.see()).red).toBe(0);
  await volume.settings.getByRole('button', { name: 'Zoom to the box' }).click();
  expect(await violations(page)).toEqual([]);
  await volume.close();

  const handle = volume.stage.getByRole('slider', { name: 'Clip box, first voxel along x' });
  await handle.focus();
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(handle).toHaveAttribute('aria-valuenow', '6');
  await expect.poll(async () => (await volume.see()).red).toBeGreaterThan(0.05);

  await volume.open('Clip');
  await volume.settings.getByRole('button', { name: 'Reset' }).click();
  await volume.settings
    .getByRole('radiogroup', { name: 'At the slice across x' })
    .getByText('Keep behind')
    .click();
  await volume.close();
  await views.slider('YZ').fill('16');
  await expect.poll(async () => (await volume.see()).red).toBe(0);
  await views.slider('YZ').fill('2');
  await expect.poll(async () => (await volume.see()).red).toBeGreaterThan(0.2);
  await volume.pane.getByRole('button', { name: 'Clip the 3-D view by a box' }).click();
  await volume.stage.press('0');
  await expect.poll(async () => Math.abs((await volume.see()).red - whole.red)).toBeLessThan(0.03);
  expect((await volume.see()).coverage).toBeCloseTo(whole.coverage, 1);
});

test('a field has its colours where it conducts, nothing elsewhere, and a scalar bar', async ({
  page,
}) => {
  const workbench = new WorkbenchPage(page);
  const views = new ViewsPage(page);
  const volume = new VolumePage(page);
  await workbench.start();
  // A straight channel along x through the middle of the first phase.
  const channel = labels((_x, y, z) => (y >= 8 && y < 24 && z >= 8 && z < 24 ? 0 : 1));
  const step = {
    operation: 'measure-diffusion-field',
    version: 2,
    params: { phase: 0, direction: 'x' },
  };
  const recipe = join(folder, 'field.json');
  await writeFile(recipe, recipeText(addStep(emptyRecipe(), step)));
  await workbench.drop(await save('channel.nrrd', channel), recipe);
  await workbench.run();
  await workbench.selectStep('Diffusion field');
  const bar = views.slice('XY').getByTestId('colour-bar');
  await expect(bar).toContainText('c / c₀');
  const inlet = await volume.colourAt(views.slice('XY'), 0.5, 0.02);
  expect(inlet).toEqual([11, 13, 15]);
  await views.goTo(1, 16, 16);
  expect(Number((await views.read()).value)).toBeCloseTo(1 - 1.5 / 32, 3);
  await views.goTo(1, 2, 16);
  await expect(views.readout.locator('[data-value=grey]')).toHaveText('–');

  await volume.drawn();
  await expect(volume.stage.getByTestId('colour-bar')).toContainText('c / c₀');
  // Viridis runs from blue over green; the ground shows through where nothing conducts.
  await expect.poll(async () => (await volume.see()).green).toBeGreaterThan(0.1);
  const field = await volume.see();
  expect(field.blue).toBeGreaterThan(0.05);
  expect(field.coverage).toBeLessThan(0.2);

  const slice = await views.digest(views.slice('XY'));
  await views.tools.getByRole('button', { name: /^Colour map/ }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Logarithmic colours of fields' }).click();
  await expect(views.slice('XY').getByTestId('colour-bar')).toHaveAttribute(
    'aria-label',
    /, logarithmic$/,
  );
  await expect.poll(() => views.digest(views.slice('XY'))).not.toBe(slice);
  // Half of the concentration is far up on a scale of decades.
  await expect.poll(async () => (await volume.see()).green).toBeGreaterThan(1.1 * field.green);
  await workbench.recipe.getByText('Input').first().click();
  await expect(volume.stage.getByTestId('colour-bar')).toHaveCount(0);
});

test('it turns by itself until somebody does something, and a turn is saved as frames', async ({
  page,
}) => {
  const workbench = new WorkbenchPage(page);
  const volume = new VolumePage(page);
  await workbench.start();
  await workbench.drop(
    await save(
      'halves.nrrd',
      labels((x) => (x < 16 ? 1 : 2)),
    ),
  );
  await volume.drawn();
  const orbit = volume.pane.getByRole('button', { name: '3-D: turn by itself' });
  await expect(orbit).toHaveAttribute('aria-pressed', 'false');
  const still = (await volume.see()).digest;
  await orbit.click();
  await expect.poll(async () => (await volume.see()).digest).not.toBe(still);
  await page.keyboard.press('Shift');
  await expect(orbit).toHaveAttribute('aria-pressed', 'false');
  await volume.drawn();

  await volume.open('View');
  expect(await violations(page)).toEqual([]);
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: 90_000 }),
    volume.settings.getByRole('button', { name: 'Turn as frames (ZIP)' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('labels-3d-turn.zip');
  const files = unzipSync(new Uint8Array(await readFile(await download.path())));
  const names = Object.keys(files);
  expect(names).toHaveLength(72);
  expect(
    Buffer.from(files[names[0] ?? ''] ?? [])
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
  expect(
    Buffer.compare(files[names[0] ?? ''] ?? Buffer.of(), files[names[20] ?? ''] ?? Buffer.of()),
  ).not.toBe(0);
});

test('voxels that are not cubes keep their shape from every side', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  const volume = new VolumePage(page);
  await workbench.start();
  const block = createVolume({
    kind: 'labels',
    name: 'block',
    size: [24, 16, 8],
    data: new Uint8Array(24 * 16 * 8).fill(1),
    spacing: createSpacing([0.5, 0.5, 2], 'µm'),
    phases: PHASES,
  });
  await workbench.drop(await save('block.nrrd', block));
  await volume.drawn();
  await volume.pane.getByRole('button', { name: 'Cut open at the crosshair' }).click();
  await volume.open('View');
  await volume.settings.getByRole('button', { name: 'Parallel projection' }).click();
  // Edges of 12, 8 and 16 µm.
  for (const [face, ratio] of [
    ['Straight at XY, along z', 12 / 8],
    ['Straight at YZ, along x', 16 / 8],
  ] as const) {
    await volume.settings.getByRole('button', { name: face }).click();
    await expect
      .poll(async () => {
        const { width, height } = await volume.see();
        return Math.abs(width / height / ratio - 1);
      })
      .toBeLessThan(0.03);
  }
});
