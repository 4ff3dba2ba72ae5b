/** Surfaces of phases in the 3-D view: drawn, hidden, measured and written to files. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { writeVolume } from '../src/io/registry.ts';
import { addStep } from '../src/recipe/edit.ts';
import { emptyRecipe, recipeText } from '../src/recipe/recipe.ts';
import { createVolume, type Volume } from '../src/volume/volume.ts';
import { ViewsPage } from './pages/views-page.ts';
import { VolumePage } from './pages/volume-page.ts';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { violations } from './support/axe.ts';
import { expect, test } from './support/test.ts';

let folder = '';
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tauscope-surfaces-'));
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

const FIRST_PICTURE = { timeout: 60_000 };

const EDGE = 40;
const RADIUS = 14;

/** A grey ball in the middle of a darker block: two phases after a threshold. */
function ball(kind: 'grey' | 'labels'): Volume {
  const data = Uint8Array.from({ length: EDGE ** 3 }, (_, i) => {
    const at = [i % EDGE, Math.floor(i / EDGE) % EDGE, Math.floor(i / EDGE ** 2)];
    const squared = at.reduce((sum, x) => sum + (x + 0.5 - EDGE / 2) ** 2, 0);
    const isInside = squared <= RADIUS ** 2;
    return kind === 'labels' ? Number(isInside) : isInside ? 200 : 60;
  });
  return createVolume({
    kind,
    name: 'ball',
    size: [EDGE, EDGE, EDGE],
    data,
    spacing: { values: [0.5, 0.5, 0.5], unit: 'µm' },
    phases:
      kind === 'grey'
        ? []
        : [
            { label: 0, name: 'pore', colour: '#0072b2', pore: true },
            { label: 1, name: 'particle', colour: '#e69f00', pore: false },
          ],
  });
}

async function save(name: string, volume: Volume): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, Buffer.from(await (await writeVolume(volume, 'nrrd')).arrayBuffer()));
  return path;
}

async function showSurfaces(page: Page, workbench: WorkbenchPage, views: ViewsPage): Promise<void> {
  await workbench.start();
  await workbench.drop(await save('ball.nrrd', ball('labels')));
  await page
    .getByRole('radiogroup', { name: 'What the 3-D view shows' })
    .getByText('Surfaces')
    .click();
  // The first picture waits for the compilation of shaders, in software on a busy machine.
  await expect(views.volume.locator('canvas')).toBeVisible(FIRST_PICTURE);
  await expect(views.areas.getByRole('row')).toHaveCount(2, FIRST_PICTURE);
  await expect(views.volume.getByRole('progressbar')).toHaveCount(0, FIRST_PICTURE);
  await expect(views.volume.locator('canvas')).toHaveAttribute('data-quality', 'fine');
}

function isBlue([red, green, blue]: readonly number[]): boolean {
  return (blue as number) > (green as number) && (green as number) > (red as number);
}

function isOrange([red, green, blue]: readonly number[]): boolean {
  return (red as number) > (green as number) && (green as number) > (blue as number);
}

test('corner and box cut surfaces as they cut volumes, and what is cut is closed', async ({
  page,
}) => {
  const workbench = new WorkbenchPage(page);
  const views = new ViewsPage(page);
  const volume = new VolumePage(page);
  await showSurfaces(page, workbench, views);
  const middle = (): Promise<readonly number[]> => views.colourAt(views.volume, 0.5, 0.5);
  const corner = page.getByRole('button', { name: 'Cut open at the crosshair' });
  // The corner ends in the middle of the ball, inside of the block.
  await expect.poll(async () => isOrange(await middle())).toBe(true);
  await corner.click();
  await expect.poll(async () => isBlue(await middle())).toBe(true);

  await page.getByRole('group', { name: 'Phases' }).getByRole('button', { name: /pore/ }).click();
  await volume.open('View');
  await volume.settings.getByRole('button', { name: 'Straight at XY, along z' }).click();
  await volume.open('Clip');
  await volume.settings.getByRole('textbox', { name: 'First voxel along z' }).fill('20');
  // A disc of the phase's colour without light and shade, a little darker as it looks along z.
  const disc = ['#e69f00'].flatMap((colour) =>
    [1, 3, 5].map((i) => Math.round(0.94 * Number.parseInt(colour.slice(i, i + 2), 16))),
  );
  await expect.poll(middle).toEqual(disc);
  await volume.open('Look');
  await volume.settings.getByRole('switch', { name: 'Slices on cut faces' }).click();
  await expect.poll(middle).not.toEqual(disc);
  expect(isOrange(await middle()), 'one looks at the inside of the ball').toBe(true);
  expect(await violations(page)).toEqual([]);
});

test('surfaces have the phases’ colours, and a hidden phase gives sight of the other', async ({
  page,
}) => {
  const workbench = new WorkbenchPage(page);
  const views = new ViewsPage(page);
  await showSurfaces(page, workbench, views);
  await page.getByRole('button', { name: 'Cut open at the crosshair' }).click();
  // The block encloses the ball: blue, red and green below it.
  await expect.poll(async () => isBlue(await views.colourAt(views.volume, 0.5, 0.5))).toBe(true);
  // A picture that is being drawn anew is empty for a moment.
  await expect.poll(() => views.coverage(views.volume)).toBeGreaterThan(0.05);
  const whole = await views.coverage(views.volume);

  const legend = page.getByRole('group', { name: 'Phases' });
  await legend.getByRole('button', { name: /pore/ }).click();
  await expect.poll(async () => isOrange(await views.colourAt(views.volume, 0.5, 0.5))).toBe(true);
  await expect(views.areas.getByRole('row')).toHaveCount(1);
  await expect.poll(() => views.coverage(views.volume)).toBeLessThan(0.6 * whole);

  await legend.getByRole('button', { name: /particle/ }).click();
  await expect.poll(() => views.coverage(views.volume)).toBe(0);
});

test('the area beside a surface is the one that the operation measures', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  const views = new ViewsPage(page);
  await showSurfaces(page, workbench, views);
  const shown = views.areas
    .getByRole('row', { name: /particle/ })
    .locator('td')
    .first();
  const area = Number(await shown.getAttribute('title'));
  expect(Math.abs(area / (4 * Math.PI * (RADIUS / 2) ** 2) - 1)).toBeLessThan(0.01);
  await expect(shown).toContainText('µm²');

  const recipe = addStep(emptyRecipe('areas'), { operation: 'measure-surface-area', version: 1 });
  const path = join(folder, 'areas.json');
  await writeFile(path, recipeText(recipe));
  await workbench.drop(path);
  await workbench.run();
  const { bytes } = await workbench.export(/Results as JSON/);
  const { steps } = JSON.parse(bytes.toString('utf8')) as {
    readonly steps: readonly { readonly tables: readonly { readonly rows: readonly object[] }[] }[];
  };
  expect(steps[0]?.tables[0]?.rows[1]).toMatchObject({ label: 1, area });
});

test('a surface is written as a closed STL in the unit of the voxel size', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  const views = new ViewsPage(page);
  await showSurfaces(page, workbench, views);
  await page.keyboard.press('Control+k');
  await page.getByRole('textbox', { name: 'Search actions' }).fill('surface of particle as stl');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.keyboard.press('Enter'),
  ]);
  expect(download.suggestedFilename()).toBe('ball-particle.stl');
  const bytes = await readFile(await download.path());
  expect(bytes.toString('latin1', 0, 80)).toContain('unit of length: um');
  const count = bytes.readUInt32LE(80);
  expect(bytes.length).toBe(84 + 50 * count);
  let volume = 0;
  for (let triangle = 0; triangle < count; triangle++) {
    const [ax = 0, ay = 0, az = 0, bx = 0, by = 0, bz = 0, cx = 0, cy = 0, cz = 0] = Array.from(
      { length: 9 },
      (_, i) => bytes.readFloatLE(84 + 50 * triangle + 12 + 4 * i),
    );
    volume += (ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx)) / 6;
  }
  expect(Math.abs(volume / ((4 / 3) * Math.PI * (RADIUS / 2) ** 3) - 1)).toBeLessThan(0.02);
});

test('labels of a segmentation are shown as surfaces beside the slices, without barriers', async ({
  page,
}) => {
  const workbench = new WorkbenchPage(page);
  const views = new ViewsPage(page);
  await workbench.start();
  await workbench.drop(await save('grey.nrrd', ball('grey')));
  const recipe = addStep(emptyRecipe('segment'), {
    operation: 'segment-watershed',
    version: 1,
    params: { phases: 2 },
  });
  const path = join(folder, 'segment.json');
  await writeFile(path, recipeText(recipe));
  await workbench.drop(path);
  await workbench.run();
  await page.keyboard.press('Control+k');
  await page.getByRole('textbox', { name: 'Search actions' }).fill('3-D: show surfaces');
  await page.keyboard.press('Enter');
  await expect(views.areas.getByRole('row')).toHaveCount(2, FIRST_PICTURE);
  expect(await violations(page)).toEqual([]);
});
