/** What the page may run and show: its own files, and strangers' words as words. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { writeVolume } from '../src/io/registry.ts';
import { createSpacing } from '../src/volume/length.ts';
import { createVolume } from '../src/volume/volume.ts';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { expect, test } from './support/test.ts';
import { openTwoPhases } from './support/two-phases.ts';

let folder = '';
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tauscope-security-'));
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

/** Directives that anything on the page ran into. */
async function watchPolicy(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.addInitScript(() => {
    const refused: string[] = [];
    Object.assign(window, { refused });
    document.addEventListener('securitypolicyviolation', (event) => {
      refused.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
    });
  });
  return () => page.evaluate(() => (window as unknown as { refused: string[] }).refused);
}

/** Errors of what the policy must refuse; run from a timer, since a debugger's own code is exempt. */
function attempts(page: Page): Promise<Readonly<Record<string, string>>> {
  return page.evaluate(
    () =>
      new Promise<Record<string, string>>((resolve) => {
        setTimeout(() => {
          const attempt = (work: () => unknown): string => {
            try {
              return `done: ${String(work())}`;
            } catch (error) {
              return error instanceof Error ? error.name : 'thrown';
            }
          };
          const style = document.createElement('style');
          style.textContent = 'body { outline: 3px solid red }';
          document.head.append(style);
          const inline = document.createElement('script');
          const marked = attempt(() => {
            inline.textContent = 'window.ran = true';
            document.head.append(inline);
          });
          resolve({
            // oxlint-disable-next-line typescript/no-implied-eval -- the policy must refuse this
            eval: attempt(() => new Function('return 1')()),
            innerHTML: attempt(() => {
              document.createElement('div').innerHTML = '<b>x</b>';
            }),
            documentParser: attempt(() => new DOMParser().parseFromString('<b>x</b>', 'text/html')),
            otherWorker: attempt(() => new Worker('https://elsewhere.example/worker.js')),
            blobWorker: attempt(
              () => new Worker(URL.createObjectURL(new Blob(['postMessage(1)']))),
            ),
            secondPolicy: attempt(() =>
              (
                window as unknown as {
                  trustedTypes: { createPolicy(name: string, rules: object): void };
                }
              ).trustedTypes.createPolicy('another', {}),
            ),
            inlineScript: marked.startsWith('done') && 'ran' in window ? 'done' : 'refused',
            inlineStyle: style.sheet === null ? 'refused' : 'done',
          });
        });
      }),
  );
}

test('code and markup from text, other policies and inline styles are refused', async ({
  page,
  faults,
}) => {
  faults.allow(/Content Security Policy|TrustedHTML|TrustedScript|Trusted Type/i);
  await new WorkbenchPage(page).start();
  expect(await attempts(page)).toEqual({
    eval: 'EvalError',
    innerHTML: 'TypeError',
    documentParser: 'TypeError',
    otherWorker: 'TypeError',
    blobWorker: 'TypeError',
    secondPolicy: 'TypeError',
    inlineScript: 'refused',
    inlineStyle: 'refused',
  });
});

test('from a volume to numbers, figures and menus nothing runs into the policy', async ({
  page,
}) => {
  const refused = await watchPolicy(page);
  const workbench = await openTwoPhases(page);
  for (const title of ['About Tauscope', 'Keyboard shortcuts', 'Set the voxel size…']) {
    await workbench.do(title);
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
  }
  expect(await refused()).toEqual([]);
});

const MARKUP = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>';

/** Two phases whose names, and whose file's comments, are markup, formulas and turned text. */
async function saveHostile(): Promise<string> {
  const data = Uint8Array.from({ length: 8 ** 3 }, (_, i) => i % 2);
  const volume = createVolume({
    kind: 'labels',
    name: '<img src=x onerror=alert(1)>',
    size: [8, 8, 8],
    data,
    spacing: createSpacing([1, 1, 1], 'µm'),
    phases: [
      { label: 0, name: MARKUP.slice(0, 60), colour: '#0072b2', pore: true },
      { label: 1, name: '=cmd|\u202e!A1', colour: '#e69f00', pore: false },
    ],
  });
  const bytes = Buffer.from(await (await writeVolume(volume, 'nrrd')).arrayBuffer());
  const end = bytes.indexOf('\n\n');
  const keys = [`note:=${MARKUP}`, `__proto__:=${MARKUP}`, `constructor:=${MARKUP}`, ''].join('\n');
  const path = join(folder, '<img src=x onerror=alert(1)>.nrrd');
  await writeFile(
    path,
    Buffer.concat([bytes.subarray(0, end + 1), Buffer.from(keys), bytes.subarray(end + 1)]),
  );
  return path;
}

test('names and comments of a hostile file are shown as text, and never run', async ({ page }) => {
  const refused = await watchPolicy(page);
  let dialogs = 0;
  page.on('dialog', (dialog) => {
    dialogs += 1;
    void dialog.dismiss();
  });
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await workbench.drop(await saveHostile());
  const recipe = join(folder, 'recipe.json');
  await writeFile(
    recipe,
    JSON.stringify({
      format: 'tauscope-recipe',
      version: 1,
      title: MARKUP,
      steps: [{ id: 'fractions', operation: 'measure-volume-fraction', version: 1, params: {} }],
    }),
  );
  await workbench.drop(recipe);
  await workbench.run();

  await expect(workbench.header).toContainText('<img src=x onerror=alert(1)>');
  await expect(workbench.results.getByText('<img src=x onerror=').first()).toBeVisible();
  const { bytes, name } = await workbench.export(/Results as CSV/);
  expect(name).toBe('_img src=x onerror=alert(1)_-results.csv');
  expect(bytes.toString('utf8')).toMatch(/(^|,|")'=cmd\|/m);
  await workbench.export('Report as HTML');

  expect(dialogs).toBe(0);
  expect(await page.locator('img[src="x"], [onerror]').count()).toBe(0);
  expect(await page.evaluate(() => 'ran' in window)).toBe(false);
  expect(await page.evaluate(() => Object.hasOwn(Object.prototype, 'note'))).toBe(false);
  expect(await refused()).toEqual([]);
});
