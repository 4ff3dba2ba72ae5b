/** Files of other programs: what is dropped opens, and a file of several volumes asks for one. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { h5wasm } from 'h5wasm';
import { ViewsPage } from './pages/views-page.ts';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { violations } from './support/axe.ts';
import { expect, test } from './support/test.ts';

let folder = '';

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tauscope-formats-'));
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

const EDGE = 16;

/** Grey values that name their voxel: x + 20 y + 400 z. */
function grey(): Uint16Array {
  return Uint16Array.from(
    { length: EDGE ** 3 },
    (_, i) => (i % EDGE) + 20 * (Math.floor(i / EDGE) % EDGE) + 400 * Math.floor(i / EDGE ** 2),
  );
}

async function hdf5(name: string, paths: readonly string[]): Promise<string> {
  const { FS } = await h5wasm.ready;
  const file = new h5wasm.File('/made.h5', 'w');
  paths.forEach((path, i) => {
    const data = grey().map((value) => value + 10_000 * i);
    const edges = [EDGE, EDGE, EDGE];
    const dataset = file.create_dataset({ name: path, data, shape: edges, dtype: '<H' });
    dataset.create_attribute('element_size_um', Float64Array.of(0.4, 0.4, 0.4), [3], '<d');
  });
  file.close();
  const path = join(folder, name);
  await writeFile(path, FS.readFile('/made.h5'));
  return path;
}

test('an HDF5 file of two volumes asks which one, and opens it with its voxel size', async ({
  page,
}) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  const path = await hdf5('states.h5', ['charged', 'discharged']);
  const dialog = page.getByRole('dialog', { name: /Which volume of states\.h5/ });
  const dropped = workbench.drop(path);
  await expect(dialog).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('radio', { name: 'discharged' }).check();
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await dropped;
  await expect(workbench.header).toContainText('states');
  await expect(workbench.header).toContainText('16 × 16 × 16');
  await expect(workbench.header).toContainText('0.4');
  // Of the second dataset: its values start at 10 000.
  const views = new ViewsPage(page);
  await views.goTo(3, 5, 7);
  expect((await views.read()).value.replaceAll(/\D/g, '')).toBe(String(10_000 + 3 + 100 + 2800));
});

test('cancelling the choice opens nothing and says nothing alarming', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  const dropped = workbench.drop(await hdf5('two.h5', ['a', 'b']));
  await expect(page.getByRole('dialog', { name: /Which volume/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await dropped;
  await expect(page.getByRole('button', { name: /sample electrode/ })).toBeEnabled();
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a Zarr folder opens as one volume', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  const store = join(folder, 'scan.zarr');
  await mkdir(store);
  const metadata = {
    zarr_format: 2,
    shape: [EDGE, EDGE, EDGE],
    chunks: [EDGE, EDGE, EDGE],
    dtype: '<u2',
    compressor: null,
    fill_value: 0,
    order: 'C',
    filters: null,
  };
  await writeFile(join(store, '.zarray'), JSON.stringify(metadata));
  await writeFile(join(store, '0.0.0'), new Uint8Array(grey().buffer));
  await workbench.drop(store);
  await expect(workbench.header).toContainText('16 × 16 × 16');
  await expect(page.getByRole('dialog', { name: /voxel size/i })).toBeVisible();
});
