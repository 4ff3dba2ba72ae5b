/** Work is saved as it changes: killed pages, full disks and two tabs lose and damage nothing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { killRounds, saveBlankLabels } from './support/kill-rounds.ts';
import { expect, test } from './support/test.ts';

let folder = '';
let file = '';
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tauscope-autosave-'));
  file = join(folder, 'blank.nrrd');
  await saveBlankLabels(file);
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

test.beforeEach(({ context }) =>
  context.addInitScript(() => localStorage.setItem('tauscope.show-volume', 'no')),
);

test('a page killed while labels are corrected comes back as it was at most a second before', async ({
  context,
  baseURL,
}) => {
  const moments = [0.31, 0.62, 0.13];
  const rounds = await killRounds(context, {
    url: baseURL ?? '',
    file,
    rounds: moments.length,
    random: () => moments.pop() ?? 0,
  });
  for (const { isPrefix, lostMs } of rounds) {
    expect(isPrefix, 'what came back is a state of the work').toBe(true);
    expect(lostMs).toBeLessThan(1000);
  }
});

test('a full disk is told, nothing of the work is lost, and saving goes on when there is room', async ({
  page,
}) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await page.evaluate(() => {
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function refuse() {
      throw new DOMException('full', 'QuotaExceededError');
    };
    Object.assign(window, { makeRoom: () => (IDBObjectStore.prototype.put = put) });
  });
  await workbench.openSample();
  const notice = workbench.messages.getByRole('status').filter({ hasText: 'Not saved.' });
  await expect(notice).toContainText('the browser has no room left for it');
  await workbench.step('Unsharp mask').getByRole('switch').press('Space');
  await expect(notice).toBeVisible();

  await page.evaluate(() => (window as unknown as { makeRoom(): void }).makeRoom());
  await expect(notice).toHaveCount(0);
  await workbench.reload();
  await expect(workbench.step('Unsharp mask').getByRole('switch')).not.toBeChecked();
});

test('a second tab says where the work is, and takes it over when asked', async ({
  page,
  context,
}) => {
  const first = new WorkbenchPage(page);
  await first.start();
  await first.openSample();
  await first.step('Unsharp mask').getByRole('switch').press('Space');
  // Written within half a second.
  await page.waitForTimeout(700);

  const second = new WorkbenchPage(await context.newPage());
  await second.start();
  const notice = second.messages.getByRole('status');
  await expect(notice).toContainText('Your work is open in another tab.');
  await second.messages.getByRole('button', { name: 'Go on with it here' }).click();
  await expect(second.recipe).toBeVisible();
  await expect(second.step('Unsharp mask').getByRole('switch')).not.toBeChecked();

  await expect(first.messages.getByRole('status')).toContainText(
    'This work goes on in another tab.',
  );
  await second.idle();
  await second.step('Non-local means').getByRole('switch').press('Space');
  // What the first tab does now is not written over it.
  await first.step('Tortuosity factor').getByRole('switch').press('Space');
  await second.reload();
  await expect(second.step('Non-local means').getByRole('switch')).not.toBeChecked();
  await expect(second.step('Tortuosity factor').getByRole('switch')).toBeChecked();
});
