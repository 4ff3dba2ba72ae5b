/** The researcher's journey through the workbench: open, recipe, numbers, exports; and bad input. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadFormat, writeVolume } from '../src/io/registry.ts';
import { bytesSource } from '../src/io/sources.ts';
import { addStep } from '../src/recipe/edit.ts';
import { emptyRecipe, recipeText } from '../src/recipe/recipe.ts';
import { createVolume, type Volume } from '../src/volume/volume.ts';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { violations } from './support/axe.ts';
import { expect, test } from './support/test.ts';

let folder = '';

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tauscope-e2e-'));
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

/** Label 0 is a straight channel along z through label 1: ε = 1/4, τ = 1 along z, no path else. */
function channel(edge = 16): Volume {
  const data = new Uint8Array(edge ** 3).fill(1);
  for (let z = 0; z < edge; z++) {
    for (let y = edge / 4; y < (3 * edge) / 4; y++) {
      for (let x = edge / 4; x < (3 * edge) / 4; x++) data[x + edge * (y + edge * z)] = 0;
    }
  }
  return createVolume({ kind: 'labels', name: 'channel', size: [edge, edge, edge], data });
}

/** Three flat grey levels, without a voxel size. */
function layers(edge = 16): Volume {
  const data = Uint16Array.from({ length: edge ** 3 }, (_, i) => {
    const z = Math.floor(i / edge ** 2);
    return 1000 + 7000 * Math.floor((3 * z) / edge) + ((i * 7919) % 211);
  });
  return createVolume({ kind: 'grey', name: 'layers', size: [edge, edge, edge], data });
}

async function save(name: string, volume: Volume, kind: 'tiff' | 'nrrd' = 'tiff'): Promise<string> {
  const path = join(folder, name);
  const blob = await writeVolume(volume, kind);
  await writeFile(path, Buffer.from(await blob.arrayBuffer()));
  return path;
}

async function openWithoutVoxelSize(workbench: WorkbenchPage, path: string): Promise<void> {
  await workbench.drop(path);
  await workbench.page.getByRole('button', { name: 'Unknown for now' }).click();
  await workbench.idle();
}

async function readBack(nrrd: Buffer): Promise<Volume> {
  const format = await loadFormat('nrrd');
  const bytes = new Uint8Array(nrrd);
  return (await format.readVolume(bytesSource(bytes, 'exported.nrrd'))).volume;
}

test('the sample goes from raw to three fractions and tortuosity factors', async ({ page }) => {
  test.slow();
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await workbench.openSample();
  await workbench.run();
  await expect(workbench.messages.getByRole('alert')).toHaveCount(0);

  const fractions = await workbench.exactNumbers('volumeFraction');
  expect(fractions).toHaveLength(3);
  expect(fractions.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12);
  expect(fractions.every((each) => each > 0.1)).toBe(true);
  const factors = await workbench.exactNumbers('tortuosityFactor');
  expect(factors).toHaveLength(9);
  expect(factors.every((each) => each > 1)).toBe(true);
  await expect(workbench.results.locator('[data-result="porosity"]')).toHaveText(
    `${(100 * (fractions[0] ?? 0)).toFixed(2)} %`,
  );

  const json = await workbench.export(/Results as JSON/);
  const document = JSON.parse(json.bytes.toString()) as {
    steps: { tables: { id: string; rows: { tortuosityFactor?: number }[] }[] }[];
  };
  const transport = document.steps
    .flatMap(({ tables }) => tables)
    .find(({ id }) => id === 'transport');
  expect(transport?.rows.map((row) => row.tortuosityFactor)).toEqual(factors);

  const csv = await workbench.export(/Results as CSV/);
  expect(csv.bytes.toString()).toContain(String(factors[0]));
  const labels = await workbench.export(/Labels as TIFF/);
  expect(labels.name).toMatch(/labels\.tif$/);
  expect(labels.bytes.length).toBeGreaterThan(128 ** 3);
  const nrrd = await workbench.export(/Labels as NRRD/);
  expect(nrrd.bytes.subarray(0, 4).toString()).toBe('NRRD');
});

test('labels need no segmentation: a straight channel has factor 1 and no path across', async ({
  page,
}) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await openWithoutVoxelSize(workbench, await save('channel.tif', channel()));
  await expect(workbench.recipe.getByText('labels · 16 × 16 × 16')).toBeVisible();
  await workbench.run();
  const rows = await workbench.phaseRows();
  // Direction, share, τ, D_eff/D0, F: the first row has the phase's own cells before.
  expect(rows[0]?.slice(-5)).toEqual(['x', '0', 'no path', '0', 'no path']);
  expect(rows[2]).toEqual(['z', '1', '1.000', '0.2500', '4.000']);
});

test('porosity waits for a phase to be marked as pore, and says where to mark it', async ({
  page,
}) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await openWithoutVoxelSize(workbench, await save('channel.tif', channel()));
  await workbench.run();
  await expect(workbench.results.locator('[data-result="porosity"]')).toHaveCount(0);
  await workbench.results.getByRole('button', { name: 'Mark the pore phase' }).click();
  await workbench.parameters.getByLabel('phase 0 is pore space').check();
  await workbench.run();
  await expect(workbench.results.locator('[data-result="porosity"]')).toHaveText('25.00 %');
});

test('results load as the recipe they came from, and a recipe that does not fit offers one that does', async ({
  page,
}) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await openWithoutVoxelSize(workbench, await save('layers.tif', layers()));
  const recipe = addStep(emptyRecipe('mine'), { operation: 'measure-volume-fraction', version: 1 });
  const path = join(folder, 'layers-results.json');
  await writeFile(path, JSON.stringify({ format: 'tauscope-results', version: 1, recipe }));
  await workbench.drop(path);
  await expect(workbench.recipe.getByRole('listitem')).toHaveCount(2);
  await workbench.recipe
    .getByRole('button', { name: /needs attention/ })
    .last()
    .click();
  await expect(workbench.parameters.getByRole('alert')).toContainText('grey values reach it');
  await workbench.recipe.getByRole('button', { name: /^Use the preset/ }).click();
  await expect(workbench.recipe.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
});

test('a bad file gives one sentence and leaves everything as it was', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await openWithoutVoxelSize(workbench, await save('layers.tif', layers()));
  const steps = await workbench.recipe.getByRole('listitem').count();

  const whole = Buffer.from(await (await writeVolume(layers(), 'tiff')).arrayBuffer());
  const bad: Record<string, Buffer> = {
    'truncated.tif': whole.subarray(0, Math.floor(whole.length / 2)),
    'empty.tif': Buffer.alloc(0),
    'text.tif': Buffer.from('this is not an image'),
    'broken.json': Buffer.from('{"format": "tauscope-recipe"'),
  };
  for (const [name, bytes] of Object.entries(bad)) {
    const path = join(folder, name);
    await writeFile(path, bytes);
    await workbench.drop(path);
    const alert = workbench.messages.getByRole('alert');
    await expect(alert).toHaveCount(1);
    await expect(alert).toContainText(name);
    await expect(alert).not.toContainText('fault of the program');
    await alert.getByRole('button', { name: /^Dismiss/ }).click();
    await expect(workbench.header).toContainText('layers');
    await expect(workbench.recipe.getByRole('listitem')).toHaveCount(steps);
  }
  await expect(workbench.recipe.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
});

test('a folder of slices is one volume in natural order', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  const scan = join(folder, 'scan');
  await mkdir(scan, { recursive: true });
  for (const z of [1, 2, 10]) {
    const slice = createVolume({
      kind: 'grey',
      name: 'slice',
      size: [12, 9, 1],
      data: new Uint8Array(108).fill(z),
    });
    const blob = await writeVolume(slice, 'tiff');
    await writeFile(join(scan, `slice${z}.tif`), Buffer.from(await blob.arrayBuffer()));
  }
  await openWithoutVoxelSize(workbench, scan);
  await expect(workbench.header).toContainText('12 × 9 × 3');
  const { bytes } = await workbench.export(/Image as NRRD/);
  const header = bytes.subarray(0, bytes.indexOf('\n\n')).toString();
  expect(header).toContain('sizes: 12 9 3');
  const { data } = await readBack(bytes);
  expect([data[0], data[108], data[216]]).toEqual([1, 2, 10]);
});

test('the voxel size is asked for, checked, and can be changed or left unknown', async ({
  page,
}) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await workbench.drop(await save('layers.tif', layers()));
  const dialog = page.getByRole('dialog', { name: 'Voxel size' });
  await expect(dialog).toBeVisible();
  await dialog.getByLabel('Edge length').fill('0');
  await dialog.getByRole('button', { name: 'Use this size' }).click();
  await expect(dialog.getByRole('alert')).toContainText('greater than 0');
  await dialog.getByRole('button', { name: 'Unknown for now' }).click();
  await expect(dialog).toBeHidden();
  const chip = workbench.header.getByRole('button', { name: 'voxel size unknown' });
  await chip.click();
  await dialog.getByLabel('Cubic voxels').uncheck();
  await dialog.getByLabel('Along x').fill('0,4');
  await dialog.getByLabel('Along y').fill('0.4');
  await dialog.getByLabel('Along z').fill('1.2');
  await dialog.getByLabel('Unit').selectOption('nm');
  await dialog.getByRole('button', { name: 'Use this size' }).click();
  await expect(
    workbench.header.getByRole('button', { name: '0.4 × 0.4 × 1.2 nm', exact: true }),
  ).toBeVisible();
});

test('undo and redo name what they change, and a changed step is marked', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await openWithoutVoxelSize(workbench, await save('channel.tif', channel()));
  await workbench.run();
  await expect(workbench.step('Percolation')).toContainText('done');

  await workbench.selectStep('Percolation');
  await workbench.parameters.getByLabel('Connectivity', { exact: true }).selectOption('26');
  await expect(workbench.step('Percolation')).toContainText('changed');
  await expect(workbench.step('Tortuosity factor')).toContainText('done');
  await expect(workbench.results.getByRole('status')).toContainText('changed');

  const undo = workbench.header.getByRole('button', {
    name: /^Undo: Connectivity of Percolation 6 .* → 26/,
  });
  await expect(undo).toBeVisible();
  await page.keyboard.press('Control+z');
  await workbench.idle();
  await expect(workbench.step('Percolation')).toContainText('done');
  await page.keyboard.press('Control+Shift+z');
  await expect(workbench.step('Percolation')).toContainText('changed');

  await workbench.step('Tortuosity factor').locator('[data-row]').focus();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(workbench.recipe.getByRole('listitem').nth(2)).toContainText('Tortuosity factor');
  await page.keyboard.press('Delete');
  await expect(workbench.step('Tortuosity factor')).toHaveCount(0);
  await page.keyboard.press('Control+z');
  await expect(workbench.step('Tortuosity factor')).toHaveCount(1);
});

test('a parameter out of range stops the run with the declaration’s sentence', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await openWithoutVoxelSize(workbench, await save('channel.tif', channel()));
  await workbench.selectStep('Tortuosity factor');
  await workbench.parameters.getByLabel('Accuracy', { exact: true }).fill('5');
  await expect(workbench.parameters.getByRole('alert').last()).toContainText(
    'It must be a number from',
  );
  await expect(workbench.recipe.getByRole('button', { name: 'Run', exact: true })).toBeDisabled();
  await page.keyboard.press('Control+z');
  await expect(workbench.recipe.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
});

test('a run can be cancelled and leaves the page ready', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await workbench.openSample();
  await page.keyboard.press('Control+Enter');
  await expect(workbench.step('Non-local means')).toContainText('running');
  await page.keyboard.press('Escape');
  await workbench.idle();
  await expect(workbench.messages.getByRole('alert')).toHaveCount(0);
  await expect(workbench.step('Crop')).toContainText('done');
  await expect(workbench.recipe.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
});

test('a dead engine is replaced, the file opened again and the recipe kept', async ({
  page,
  faults,
}) => {
  faults.allow(/the engine died/);
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await openWithoutVoxelSize(workbench, await save('channel.tif', channel()));
  await workbench.run();
  const engine = page.workers().find((worker) => worker.url().includes('engine'));
  await engine?.evaluate(() => {
    setTimeout(() => {
      throw new Error('the engine died');
    });
  });
  await expect(workbench.messages.getByRole('status')).toContainText('restarted');
  await page.getByRole('button', { name: 'Unknown for now' }).click();
  await workbench.idle();
  await expect(workbench.step('Tortuosity factor')).toContainText('not run yet');
  await workbench.run();
  await expect(workbench.step('Tortuosity factor')).toContainText('done');
});

test('a dropped recipe replaces the present one', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await openWithoutVoxelSize(workbench, await save('channel.tif', channel()));
  const recipe = addStep(emptyRecipe('mine'), {
    operation: 'measure-volume-fraction',
    version: 1,
  });
  const path = join(folder, 'mine.json');
  await writeFile(path, recipeText(recipe));
  await workbench.drop(path);
  await expect(workbench.recipe.getByRole('listitem')).toHaveCount(2);
  await workbench.run();
  await expect(workbench.results.locator('[data-column="volumeFraction"]').nth(1)).toHaveText(
    '0.2500',
  );
});

test('the palette and the shortcuts sheet list the actions', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(sheet).toContainText('Run the recipe');
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  await page.keyboard.press('Control+k');
  await page.getByRole('textbox', { name: 'Search actions' }).fill('phantom');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Generate a phantom' })).toBeVisible();
});

for (const scheme of ['dark', 'light'] as const) {
  test(`every state passes the accessibility checks in the ${scheme} theme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    const workbench = new WorkbenchPage(page);
    await workbench.start();
    expect(await violations(page)).toEqual([]);
    await workbench.drop(await save('layers.tif', layers()));
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Unknown for now' }).click();
    await workbench.run();
    await workbench.selectStep('Marker watershed');
    expect(await violations(page)).toEqual([]);
    await workbench.selectStep('Name phases');
    await workbench.results.getByRole('tab', { name: 'Methods' }).click();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('?');
    expect(await violations(page)).toEqual([]);
  });
}
