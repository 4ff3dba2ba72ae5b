/** Files that do not say what they hold, files on the web, and choices before a volume is loaded. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningHost, startHost } from '../tests/support/range-server.ts';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { violations } from './support/axe.ts';
import { expect, test } from './support/test.ts';

let folder = '';

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tauscope-opening-'));
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

const SIZE = [48, 40, 32] as const;

/** A bright ball off the middle of a dark field. */
function ball(): Uint16Array {
  const [nx, ny, nz] = SIZE;
  return Uint16Array.from({ length: nx * ny * nz }, (_, i) => {
    const [x, y, z] = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / nx / ny)];
    return 40_000 * Math.exp(-Math.hypot(x - 20, y - 22, z - 15) / 8) + ((i * 7919) % 500);
  });
}

function bytesOf(data: Uint16Array): Uint8Array {
  return new Uint8Array(data.buffer);
}

async function given(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

test('a raw file opens as its name, its size and its bytes say, and is not asked for twice', async ({
  page,
}) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  const path = await given('cell_48x40x32_0.5x0.5x1um.raw', bytesOf(ball()));
  const dialog = page.getByRole('dialog', { name: /^Open cell_.* as raw voxels/ });
  const dropped = workbench.drop(path);
  await expect(dialog.getByLabel(/^Guesses/)).toHaveValue('0');
  await expect(dialog.getByLabel('Width (x)', { exact: true })).toHaveValue('48');
  await expect(dialog.getByLabel('Voxel type', { exact: true })).toHaveValue('uint16');
  await expect(dialog.getByLabel('Along z', { exact: true })).toHaveValue('1');
  const xy = dialog.getByRole('img', { name: 'XY, slice 16 of 32' });
  await expect(xy).toBeVisible();
  const brightness = (): Promise<number> =>
    xy.evaluate((canvas: HTMLCanvasElement) => {
      const pixels = canvas.getContext('2d')?.getImageData(20, 22, 1, 1).data;
      return pixels?.[0] ?? 0;
    });
  await expect.poll(brightness).toBeGreaterThan(200);
  expect(await violations(page)).toEqual([]);

  // The pictures follow each field.
  const picture = (): Promise<string> =>
    xy.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  const right = await picture();
  await dialog.getByLabel('Byte order', { exact: true }).selectOption('be');
  await expect.poll(picture).not.toBe(right);
  await dialog.getByLabel('Byte order', { exact: true }).selectOption('le');
  await expect.poll(picture).toBe(right);
  await dialog.getByLabel('Depth (z)', { exact: true }).fill('33');
  await expect(dialog.getByRole('alert')).toContainText(
    'need 126720 bytes, and the file has 122880',
  );
  await expect(dialog.getByRole('button', { name: 'Open', exact: true })).toBeDisabled();
  await dialog.getByLabel('Depth (z)', { exact: true }).fill('32');
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await dropped;
  await expect(workbench.header).toContainText('48 × 40 × 32');
  await expect(workbench.header).toContainText('0.5 × 0.5 × 1 µm');

  await workbench.do('Close the volume');
  await workbench.drop(path);
  await expect(workbench.header).toContainText('48 × 40 × 32');
});

test.describe('a file on the web', () => {
  let host: RunningHost;
  test.afterEach(() => host.close());

  const file = bytesOf(ball());
  const header = new TextEncoder().encode(
    'NRRD0004\ntype: uint16\ndimension: 3\nsizes: 48 40 32\nencoding: raw\nendian: little\n\n',
  );
  const nrrd = new Uint8Array([...header, ...file]);

  test('is fetched from a host only once its user agrees', async ({ page, faults }) => {
    host = await startHost({ '/cell.nrrd': nrrd });
    faults.allowOrigin(host.origin);
    const workbench = new WorkbenchPage(page);
    await page.goto(`./?url=${host.origin}/cell.nrrd`);
    const dialog = page.getByRole('dialog', { name: 'Open from a web address' });
    await expect(dialog).toContainText(new URL(host.origin).host);
    await expect(dialog).toContainText('cell.nrrd');
    expect(await violations(page)).toEqual([]);
    expect(host.requests).toEqual([]);
    await dialog.getByRole('button', { name: /^Fetch from/ }).click();
    await expect(workbench.header).toContainText('48 × 40 × 32');
    expect(host.requests.length).toBeGreaterThan(0);
    expect(host.told).toEqual([]);
  });

  test('that its host does not share is told with what to do', async ({ page, faults }) => {
    host = await startHost({ '/cell.nrrd': nrrd }, { cors: false });
    faults.allowOrigin(host.origin);
    faults.allow(/CORS|Failed to load resource/);
    const workbench = new WorkbenchPage(page);
    await workbench.start();
    await workbench.do('Open from a web address');
    const dialog = page.getByRole('dialog', { name: 'Open from a web address' });
    await dialog.getByLabel('Address').fill('http://example.org/cell.nrrd');
    await expect(dialog).toContainText('is not encrypted');
    await dialog.getByLabel('Address').fill(`${host.origin}/cell.nrrd`);
    await page.keyboard.press('Enter');
    await expect(workbench.messages).toContainText('Download the file and drop it here instead');
  });
});

test('a volume is cropped, binned and converted before it is loaded', async ({ page }) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  const header =
    'NRRD0004\ntype: uint16\ndimension: 3\nsizes: 48 40 32\nencoding: raw\nendian: little\n';
  const space =
    'space dimension: 3\nspace units: "um" "um" "um"\nspace directions: (1,0,0) (0,1,0) (0,0,1)\n\n';
  const path = await given(
    'ball.nrrd',
    new Uint8Array([...new TextEncoder().encode(header + space), ...bytesOf(ball())]),
  );
  const chooser = page.waitForEvent('filechooser');
  await workbench.do('Open with choices');
  await (await chooser).setFiles(path);
  const dialog = page.getByRole('dialog', { name: 'How much of ball?' });
  await expect(dialog).toContainText('48 × 40 × 32 voxels, uint16');
  await expect(dialog.getByRole('img', { name: /^XY, slice 16 of 32/ })).toBeVisible();
  expect(await violations(page)).toEqual([]);

  // The right half, drawn over the slice.
  const box = await dialog.getByTestId('crop-box').boundingBox();
  if (box === null) throw new Error('There is no slice to crop on.');
  await page.mouse.move(box.x + box.width / 2, box.y + 1);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 1, box.y + box.height - 1, { steps: 4 });
  await page.mouse.up();
  await expect(dialog.getByTestId('loaded')).toContainText('24 × 40 × 32 voxels, uint16');
  await dialog.getByRole('combobox', { name: 'Bin' }).selectOption('2');
  await dialog.getByRole('combobox', { name: 'Convert' }).selectOption('uint8');
  await expect(dialog.getByTestId('loaded')).toContainText('12 × 20 × 16 voxels, uint8');
  await dialog.getByRole('textbox', { name: 'z from' }).fill('40');
  await expect(dialog.getByRole('button', { name: 'Open', exact: true })).toBeDisabled();
  await dialog.getByRole('textbox', { name: 'z from' }).fill('0');
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(workbench.header).toContainText('12 × 20 × 16');
  await expect(workbench.header).toContainText('2 µm');
});
