/** The GPU as a person meets it: asked for, marked everywhere, and never the default. */
import type { ResultsDocument } from '../src/engine/results.ts';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { expect, test } from './support/test.ts';

const SMALL = 32;

/** A small phantom and few partners, so that a software adapter is done in seconds. */
async function openSmall(workbench: WorkbenchPage): Promise<void> {
  const { page } = workbench;
  await page
    .getByRole('button', { name: /phantom/i })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Edge' }).fill(String(SMALL));
  await dialog.getByRole('textbox', { name: 'Edge' }).press('Tab');
  await dialog.getByRole('button', { name: /generate/i }).click();
  await workbench.idle();
  await workbench.selectStep('Non-local means');
  const radius = workbench.parameters.getByRole('textbox', { name: 'Search radius' });
  await radius.fill('1');
  await radius.press('Tab');
  await workbench.idle();
}

test('non-local means on the GPU is marked on the page and in what is exported', async ({
  page,
}) => {
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await openSmall(workbench);

  const choice = workbench.recipe.getByRole('switch', { name: 'Compute on GPU' });
  await expect(choice).not.toBeChecked();
  await page.waitForFunction(
    () =>
      (
        window as unknown as { __tauscope: { store: { getState(): { gpu: unknown } } } }
      ).__tauscope.store.getState().gpu !== null,
  );
  test.skip(await choice.isDisabled(), 'this browser offers no WebGPU adapter');

  // Thousands of dispatches for each factor: software takes minutes for them.
  await workbench
    .step('Tortuosity factor')
    .getByRole('switch', { name: 'Tortuosity factor on' })
    .click({ force: true });
  await choice.click({ force: true });
  await workbench.run();
  await expect(workbench.step('Non-local means')).toContainText('GPU');
  await expect(
    workbench.results.getByText('computed on GPU', { exact: true }).first(),
  ).toBeVisible();
  await expect(workbench.results).toContainText(
    'within 1e-5 of the CPU’s values, relative to the range of grey values',
  );

  const { bytes } = await workbench.export(/Results as JSON/);
  const document = JSON.parse(bytes.toString('utf8')) as ResultsDocument;
  const at = document.steps.findIndex(({ operation }) => operation === 'denoise-nl-means');
  const [denoising, ...rest] = document.steps.slice(at);
  expect(denoising?.computedOn).toMatchObject({ device: 'gpu', tolerance: 1e-5 });
  expect(denoising?.computedOn?.difference).toBeLessThanOrEqual(1e-5);
  expect(rest.length).toBeGreaterThan(2);
  expect(rest.every(({ restsOn }) => restsOn === 'gpu')).toBe(true);
  expect(document.note).toMatch(/^Computed on GPU/);

  const labels = await workbench.export(/Labels as TIFF/);
  expect(labels.name).toMatch(/-labels-gpu\.tif$/);
  expect(labels.bytes.toString('latin1')).toContain('Computed on GPU');

  await workbench.results.getByRole('tab', { name: 'Methods' }).click();
  await expect(workbench.results).toContainText('This step was computed on GPU');

  // Without the GPU its results are out of date; the CPU's take their place and bear no mark.
  await choice.click({ force: true });
  await expect(workbench.step('Non-local means')).toHaveAttribute('data-state', 'changed');
  await workbench.run();
  await expect(workbench.results).not.toContainText('This step was computed on GPU');
  const cpu = await workbench.export(/Results as JSON/);
  expect(cpu.bytes.toString('utf8')).not.toMatch(/gpu/i);
});

test('a browser without WebGPU says so and computes on the CPU', async ({ page }) => {
  await page.route(/engine\.worker.*\.js/, async (route) => {
    const response = await route.fetch();
    const body = `Object.defineProperty(navigator, 'gpu', { value: undefined });\n${await response.text()}`;
    await route.fulfill({ response, body });
  });
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await openSmall(workbench);
  const choice = workbench.recipe.getByRole('switch', { name: 'Compute on GPU' });
  await expect(choice).toBeDisabled();
  await workbench.recipe.getByText('Compute on GPU').hover({ force: true });
  await expect(page.getByRole('tooltip')).toContainText('has no WebGPU');
});
