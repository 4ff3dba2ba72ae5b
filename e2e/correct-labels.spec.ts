/** Labels are corrected by hand: at once on the screen, exactly in the numbers, and again elsewhere. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { writeVolume } from '../src/io/registry.ts';
import { createSpacing } from '../src/volume/length.ts';
import { createVolume } from '../src/volume/volume.ts';
import { CorrectPage } from './pages/correct-page.ts';
import { ViewsPage } from './pages/views-page.ts';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { violations } from './support/axe.ts';
import { expect, test } from './support/test.ts';

const SIZE = [40, 32, 12] as const;
const VOXELS = 40 * 32 * 12;
const PORE = [0, 114, 178];
const SOLID = [230, 159, 0];

let folder = '';
let file = '';
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tauscope-correct-'));
  file = join(folder, 'labels.nrrd');
  const volume = createVolume({
    kind: 'labels',
    name: 'labels',
    size: SIZE,
    data: Uint8Array.from({ length: VOXELS }, (_, i) => (i % 40 < 20 ? 0 : 1)),
    spacing: createSpacing([0.5, 0.5, 0.5], 'µm'),
    phases: [
      { label: 0, name: 'pore', colour: '#0072b2', pore: true },
      { label: 1, name: 'solid', colour: '#e69f00', pore: false },
    ],
  });
  const blob = await writeVolume(volume, 'nrrd');
  await writeFile(file, Buffer.from(await blob.arrayBuffer()));
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

async function open(page: Page) {
  await page.addInitScript(() => localStorage.setItem('tauscope.show-volume', 'no'));
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await workbench.drop(file);
  const views = new ViewsPage(page);
  await views.goTo(20, 16, 6);
  return { workbench, correct: new CorrectPage(views, 40, 32) };
}

/** Voxels that the step says it changed. */
async function changed(workbench: WorkbenchPage): Promise<number> {
  await workbench.idle();
  const value = workbench.parameters.locator('dt', { hasText: 'Corrected voxels' }).locator('+ dd');
  return Number((await value.innerText()).replace(/\D/g, ''));
}

/** The command line makes the same files of the recipe in the results; gives their folder. */
async function assertSameByCommandLine(workbench: WorkbenchPage): Promise<string> {
  const { bytes: json } = await workbench.export(/Results as JSON/);
  const { bytes: labels } = await workbench.export(/Labels as TIFF/);
  const out = await mkdtemp(join(folder, 'out-'));
  const recipe = join(out, 'recipe.json');
  await writeFile(recipe, json);
  const command = ['dist/cli/tauscope.js', 'run', recipe, file, '-o', out];
  await promisify(execFile)(process.execPath, command);
  expect(json.toString('utf8')).toBe(await readFile(join(out, 'results.json'), 'utf8'));
  expect(labels.equals(await readFile(join(out, 'labels.tif')))).toBe(true);
  return out;
}

test('a stroke is seen while it is drawn, and the step has its voxels', async ({ page }) => {
  const { workbench, correct } = await open(page);
  await correct.start();
  await correct.paintWith('solid');
  await correct.size('3 voxels, 1.5 µm');
  expect(await correct.pixel([8, 10])).toEqual(PORE);
  await correct.drag(
    [
      [5, 10],
      [11, 10],
    ],
    false,
  );
  expect(await correct.pixel([8, 10])).toEqual(SOLID);
  expect(await correct.pixel([8, 12])).toEqual(PORE);
  await expect(workbench.step('Correct labels')).toHaveCount(0);
  await page.mouse.up();
  // A square of 3 × 3 along 7 voxels.
  expect(await changed(workbench)).toBe(27);
  expect(await correct.pixel([8, 10])).toEqual(SOLID);
  await workbench.run();
  const fractions = await workbench.exactNumbers('volumeFraction');
  expect(fractions[0]).toBeCloseTo(0.5 - 27 / VOXELS, 12);
  expect(await violations(page)).toEqual([]);
});

test('strokes are undone by name and done again', async ({ page }) => {
  const { workbench, correct } = await open(page);
  await correct.start();
  await correct.paintWith('solid');
  await correct.size('1 voxel, 0.5 µm');
  await correct.drag([
    [4, 4],
    [7, 4],
  ]);
  expect(await changed(workbench)).toBe(4);
  await page.keyboard.press('Shift+E');
  await correct.paintWith('pore');
  await correct.drag([
    [30, 20],
    [30, 25],
  ]);
  expect(await changed(workbench)).toBe(10);
  const undo = workbench.header.getByRole('button', { name: /^Undo/ });
  await expect(undo).toHaveAccessibleName(/Undo: Eraser stroke in xy slice 6/);
  await page.keyboard.press('Control+z');
  expect(await changed(workbench)).toBe(4);
  expect(await correct.pixel([30, 22])).toEqual(SOLID);
  await page.keyboard.press('Control+z');
  await expect(workbench.step('Correct labels')).toHaveCount(0);
  await expect.poll(() => correct.pixel([5, 4])).toEqual(PORE);
  await page.keyboard.press('Control+Shift+z');
  await page.keyboard.press('Control+Shift+z');
  expect(await changed(workbench)).toBe(10);
  expect(await correct.pixel([5, 4])).toEqual(SOLID);
});

test('lasso, fill and ball; protected labels stay', async ({ page }) => {
  const { workbench, correct } = await open(page);
  await correct.start();
  await correct.paintWith('A new label: 2');
  await page.keyboard.press('Shift+L');
  await correct.drag([
    [2, 2],
    [12, 2],
    [12, 12],
    [2, 12],
  ]);
  expect(await changed(workbench)).toBe(121);
  await page.keyboard.press('Shift+F');
  await correct.paintWith('solid');
  await page.mouse.click(...(await correct.at([5, 5])));
  await workbench.idle();
  expect(await correct.pixel([5, 5])).toEqual(SOLID);
  await page.keyboard.press('Shift+D');
  await correct.bar.getByRole('button', { name: /^Paint over: / }).click();
  await page.getByRole('menuitem', { name: 'Never paint over solid' }).click();
  await page.keyboard.press('Escape');
  await correct.size('3 voxels, 1.5 µm');
  // A ball of 19 voxels, a column of which (5) is solid.
  await page.mouse.click(...(await correct.at([19, 20])));
  expect(await changed(workbench)).toBe(121 + 14);
});

test('a label is interpolated between two painted slices, as the command line has it', async ({
  page,
}) => {
  const { workbench, correct } = await open(page);
  await correct.start();
  await correct.paintWith('solid');
  await correct.size('5 voxels, 2.5 µm');
  const button = correct.bar.getByRole('button', {
    name: /^(Paint solid in two slices first|Interpolate between painted slices)/,
  });
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await correct.views.goTo(20, 16, 3);
  await page.mouse.click(...(await correct.at([9, 12])));
  // The readout tells of the pointer's voxel as long as it is over a view.
  await workbench.header.hover();
  await correct.views.goTo(20, 16, 7);
  await page.mouse.click(...(await correct.at([9, 12])));
  const painted = await changed(workbench);
  await expect(button).toHaveAttribute('aria-disabled', 'false');
  await button.click();
  const undo = workbench.header.getByRole('button', { name: /^Undo/ });
  await expect(undo).toHaveAccessibleName(/Undo: Interpolate solid between xy slices 3 and 7/);
  // Equal shapes in two slices, and in the three between them.
  await expect.poll(() => changed(workbench)).toBe((painted / 2) * 5);
  await correct.views.goTo(20, 16, 5);
  await expect.poll(() => correct.pixel([9, 12])).toEqual(SOLID);
  expect(await violations(page)).toEqual([]);
  await workbench.run();
  await workbench.selectStep('Correct labels');
  await assertSameByCommandLine(workbench);
  await page.keyboard.press('Control+z');
  expect(await changed(workbench)).toBe(painted);
});

test('keys alone paint at the crosshair', async ({ page }) => {
  const { workbench, correct } = await open(page);
  await correct.views.slice('XY').focus();
  await page.keyboard.press('k');
  await expect(correct.bar).toBeVisible();
  await page.keyboard.press('1');
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowLeft');
  for (let i = 0; i < 2; i++) await page.keyboard.press('[');
  await expect(correct.bar.getByLabel('Brush size')).toHaveText('3 voxels, 1.5 µm');
  await page.keyboard.press('Enter');
  expect(await changed(workbench)).toBe(9);
  await correct.views.slice('XY').focus();
  await page.keyboard.press('Escape');
  await expect(correct.bar).toBeHidden();
});

test('strokes outlive the page, and the command line gives the same voxels', async ({ page }) => {
  const { workbench, correct } = await open(page);
  await correct.start();
  await correct.paintWith('solid');
  await correct.drag([
    [5, 10],
    [11, 14],
    [9, 20],
  ]);
  const voxels = await changed(workbench);
  await workbench.reload();
  await workbench.run();
  await workbench.selectStep('Correct labels');
  expect(await changed(workbench)).toBe(voxels);
  const out = await assertSameByCommandLine(workbench);
  expect(await readFile(join(out, 'methods.txt'), 'utf8')).toContain(
    `corrected by hand with 1 edit (1 brush stroke); ${voxels} voxels (`,
  );
});
