/**
 * What a volume that does not fit in memory takes in a tab: `npx tsx bench/large-file.ts [--size
 * 2048x2048x1024] [--folder DIR] [--most-mib 2048]`, after `npm run build`. Writes a uint16 TIFF into
 * a temporary folder (8.6 GB by default; about four times as much disk is needed in all), opens it in
 * Chromium on disk, scrolls through its slices, runs a 3³ median, thresholds and phase fractions,
 * prints times and the most memory that the page's process ever had (VmHWM of /proc, so Linux only),
 * and removes everything. Fails where a voxel reads wrong or the process had more than `--most-mib`.
 */
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from '@playwright/test';
import { ViewsPage } from '../e2e/pages/views-page.ts';
import { WorkbenchPage } from '../e2e/pages/workbench-page.ts';
import { chromiumOptions } from '../scripts/chromium.ts';
import { startServer } from '../scripts/serve.ts';
import { randomUint32 } from '../src/kernels/random.ts';
import { addStep } from '../src/recipe/edit.ts';
import { emptyRecipe, recipeText } from '../src/recipe/recipe.ts';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '2048x2048x1024' },
    folder: { type: 'string', default: tmpdir() },
    'most-mib': { type: 'string', default: '2048' },
  },
});
const [nx = 0, ny = 0, nz = 0] = values.size.split('x').map(Number);
const SEED = 5;
const LONG_MS = 30 * 60_000;

/** Edge of the block of particles that fills the volume, shifted from place to place. */
const BLOCK = 128;
const PARTICLES = 40;

/** Balls of 18 to 40 voxels across, bright on a dark ground, with noise; its faces fit each other. */
function makeBlock(): Uint16Array {
  const block = new Uint16Array(BLOCK ** 3);
  let draws = 0;
  const next = (most: number): number => randomUint32(SEED, 0, draws++) % most;
  for (let i = 0; i < block.length; i++) block[i] = 14_000 + next(6000);
  for (let ball = 0; ball < PARTICLES; ball++) {
    const [cx, cy, cz, r] = [next(BLOCK), next(BLOCK), next(BLOCK), 9 + next(12)];
    for (let z = -r; z <= r; z++) {
      for (let y = -r; y <= r; y++) {
        for (let x = -r; x <= r; x++) {
          if (x * x + y * y + z * z > r * r) continue;
          const at = ((cz + z) & 127) * BLOCK * BLOCK + ((cy + y) & 127) * BLOCK + ((cx + x) & 127);
          if ((block[at] as number) < 24_000) block[at] = (block[at] as number) + 22_000;
        }
      }
    }
  }
  return block;
}

const block = makeBlock();

/** How far the block is shifted along x in a column of blocks: no two neighbours are alike. */
function shiftOf(by: number, bz: number): number {
  return randomUint32(SEED, 1, by + 4096 * bz) % BLOCK;
}

function voxel(x: number, y: number, z: number): number {
  const shift = shiftOf(y >> 7, z >> 7);
  return block[((z & 127) * BLOCK + (y & 127)) * BLOCK + ((x + shift) & 127)] as number;
}

/** Of the block, which fills the volume without a rest where its edges are multiples of it. */
function brightShare(): number {
  return block.reduce((count, value) => count + (value > 24_000 ? 1 : 0), 0) / block.length;
}

function fillSlice(z: number, out: Uint16Array): void {
  for (let y = 0; y < ny; y++) {
    const shift = shiftOf(y >> 7, z >> 7);
    const row = ((z & 127) * BLOCK + (y & 127)) * BLOCK;
    for (let x = 0; x < nx; ) {
      const from = (x + shift) & 127;
      const count = Math.min(BLOCK - from, nx - x);
      out.set(block.subarray(row + from, row + from + count), y * nx + x);
      x += count;
    }
  }
}

/** The head of ImageJ's layout for stacks above 4 GB: one directory, the slices behind it. */
function tiffHead(): Buffer {
  const text = Buffer.from(`ImageJ=1.54f\nimages=${nz}\nslices=${nz}\nunit=um\nspacing=0.5\n\0`);
  const entries: readonly (readonly [tag: number, type: number, count: number, value: number])[] = [
    [256, 4, 1, nx],
    [257, 4, 1, ny],
    [258, 3, 1, 16],
    [259, 3, 1, 1],
    [262, 3, 1, 1],
    [270, 2, text.length, 0],
    [273, 4, 1, 0],
    [277, 3, 1, 1],
    [278, 4, 1, ny],
    [279, 4, 1, nx * ny * 2],
    [282, 5, 1, 0],
    [283, 5, 1, 0],
    [296, 3, 1, 1],
  ];
  const textAt = 8 + 2 + 12 * entries.length + 4;
  const rationalAt = textAt + text.length + (text.length % 2);
  const dataAt = rationalAt + 8;
  const head = Buffer.alloc(dataAt);
  head.write('II*\0', 'latin1');
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(entries.length, 8);
  const places: Readonly<Record<number, number>> = {
    270: textAt,
    273: dataAt,
    282: rationalAt,
    283: rationalAt,
  };
  for (const [i, [tag, type, count, value]] of entries.entries()) {
    const at = 10 + 12 * i;
    head.writeUInt16LE(tag, at);
    head.writeUInt16LE(type, at + 2);
    head.writeUInt32LE(count, at + 4);
    head.writeUInt32LE(places[tag] ?? value, at + 8);
  }
  text.copy(head, textAt);
  // Two pixels to the micrometre.
  head.writeUInt32LE(2, rationalAt);
  head.writeUInt32LE(1, rationalAt + 4);
  return head;
}

async function writeStack(path: string): Promise<void> {
  const stream = createWriteStream(path);
  const write = (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      stream.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  await write(tiffHead());
  const slice = new Uint16Array(nx * ny);
  for (let z = 0; z < nz; z++) {
    fillSlice(z, slice);
    await write(new Uint8Array(slice.buffer));
  }
  await new Promise<void>((resolve, reject) => {
    stream.end((error?: Error | null) => (error ? reject(error) : resolve()));
  });
}

/** The most memory that the page's process, and the largest of the browser's others, ever had. */
async function peaks(
  browser: Browser,
): Promise<{ readonly renderer: number; readonly others: number }> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  let renderer = 0;
  let others = 0;
  for (const { type, id } of processInfo) {
    const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
    const kib = Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    if (type === 'renderer') renderer = Math.max(renderer, kib / 1024);
    else others = Math.max(others, kib / 1024);
  }
  return { renderer: Math.round(renderer), others: Math.round(others) };
}

let mostMib = 0;

async function timed<T>(browser: Browser, what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  const seconds = (performance.now() - started) / 1000;
  const { renderer, others } = await peaks(browser);
  mostMib = Math.max(mostMib, renderer);
  console.log(
    `${what}: ${seconds.toFixed(1)} s; so far the page had at most ${renderer} MiB, any other process of the browser ${others} MiB`,
  );
  return result;
}

async function assertVoxel(views: ViewsPage, x: number, y: number, z: number): Promise<void> {
  await views.goTo(x, y, z);
  const wanted = String(voxel(x, y, z));
  const shown = views.readout.locator('[data-value=grey]');
  for (const end = performance.now() + 20_000; performance.now() < end; ) {
    if ((await shown.innerText().catch(() => '')) === wanted) return;
    await views.page.waitForTimeout(5);
  }
  throw new Error(`voxel ${x}, ${y}, ${z} reads ${await shown.innerText()}, it is ${wanted}`);
}

/** Moves each slice view through the volume; times are from the wish to the value on screen. */
async function scroll(page: Page, views: ViewsPage): Promise<void> {
  await page.evaluate(() => {
    const long: number[] = [];
    Object.assign(globalThis, { longTasks: long });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) long.push(entry.duration);
    }).observe({ type: 'longtask' });
  });
  const times: number[] = [];
  const steps = 40;
  for (let step = 0; step < steps; step++) {
    const at = (edge: number): number => Math.floor(((step + 0.37) / steps) * edge);
    const started = performance.now();
    await assertVoxel(views, at(nx), at(ny), at(nz));
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const long = await page.evaluate(
    () => (globalThis as unknown as { longTasks: number[] }).longTasks,
  );
  console.log(
    `  ${steps} places, all three slices and the value: median ${times[steps >> 1]?.toFixed(0)} ms, slowest ${times.at(-1)?.toFixed(0)} ms; longest task of the page ${Math.max(0, ...long).toFixed(0)} ms`,
  );
}

const folder = await mkdtemp(join(values.folder, 'tauscope-large-'));
const server = await startServer({
  folder: fileURLToPath(new URL('../dist/app', import.meta.url)),
  port: 0,
  base: '/',
  strictPort: true,
  headers: true,
});
const file = join(folder, 'large.tif');
const recipe = join(folder, 'fractions.json');
try {
  const started = performance.now();
  await writeStack(file);
  const gigabytes = (await stat(file)).size / 1e9;
  console.log(
    `wrote ${gigabytes.toFixed(2)} GB in ${((performance.now() - started) / 1000).toFixed(0)} s`,
  );
  const steps = ['denoise-median', 'segment-threshold', 'measure-volume-fraction'];
  const empty = emptyRecipe('fractions');
  const filled = steps.reduce(
    (all, operation) => addStep(all, { operation, version: 1, params: {} }),
    empty,
  );
  await writeFile(recipe, recipeText(filled));
  // A private window keeps its files in memory: this one has a folder for them.
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    ...chromiumOptions(),
    viewport: { width: 1440, height: 1000 },
    reducedMotion: 'reduce',
  });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(LONG_MS);
    const browser = context.browser();
    if (browser === null) throw new Error('The browser tells nothing of its processes.');
    await page.goto(server.url);
    const workbench = new WorkbenchPage(page);
    const views = new ViewsPage(page);
    await page.getByRole('button', { name: /sample electrode/ }).waitFor();
    await timed(browser, `opening ${gigabytes.toFixed(2)} GB on disk`, async () => {
      const chooser = page.waitForEvent('filechooser');
      await workbench.do('Open with choices');
      await (await chooser).setFiles(file);
      await page.getByRole('radio', { name: /^on disk/ }).check();
      await page.getByRole('dialog').getByRole('button', { name: 'Open', exact: true }).click();
      await workbench.recipe.waitFor();
      await workbench.idle();
    });
    await timed(browser, 'scrolling', () => scroll(page, views));
    await workbench.drop(recipe);
    await timed(browser, 'median of 3³, thresholds, fractions', () => workbench.run());
    console.log(`  in the file ${(100 * brightShare()).toFixed(2)} % of the voxels are bright`);
    for (const row of await workbench.phaseRows()) console.log(`  ${row.join('  ')}`);
  } finally {
    await context.close();
  }
  const most = Number(values['most-mib']);
  console.log(`the page's process had at most ${mostMib} MiB; the limit is ${most} MiB`);
  process.exitCode = mostMib <= most ? 0 : 1;
} finally {
  await server.close();
  await rm(folder, { recursive: true, force: true });
}
