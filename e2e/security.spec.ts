/** What the page may run and show: its own files, and strangers' words as words. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
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
  await page
    .getByRole('button', { name: /Show the volume in 3-D|3-D/ })
    .first()
    .click();
  for (const title of ['About Tauscope', 'Keyboard shortcuts', 'Set the voxel size…']) {
    await workbench.do(title);
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
  }
  expect(await refused()).toEqual([]);
});
