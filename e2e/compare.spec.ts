/** Two states of the recipe at once: swiped, side by side, and as their difference. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { writeVolume } from '../src/io/registry.ts';
import { addStep } from '../src/recipe/edit.ts';
import { emptyRecipe, recipeText } from '../src/recipe/recipe.ts';
import { createSpacing } from '../src/volume/length.ts';
import { createVolume } from '../src/volume/volume.ts';
import { ViewsPage } from './pages/views-page.ts';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { expect, test } from './support/test.ts';

let folder = '';
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tauscope-compare-'));
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

/** Red, green and blue of a canvas at a share of its width and height. */
function pixel(view: Locator, across: number, down: number): Promise<readonly number[]> {
  return view.locator('canvas').evaluate(
    (canvas: HTMLCanvasElement, [x, y]) => {
      const context = canvas.getContext('2d');
      const at = [Math.floor(x * canvas.width), Math.floor(y * canvas.height)] as const;
      return [...(context?.getImageData(...at, 1, 1).data ?? [])].slice(0, 3);
    },
    [across, down] as const,
  );
}

async function choose(page: Page, views: ViewsPage, item: string): Promise<void> {
  await views.tools.getByRole('button', { name: 'Compare' }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

test('the input is seen beside, under and as a difference from a filtered volume', async ({
  page,
}) => {
  const workbench = new WorkbenchPage(page);
  const views = new ViewsPage(page);
  await page.addInitScript(() => localStorage.setItem('tauscope.show-volume', 'no'));
  await workbench.start();
  // Bright and dark voxels in turn: a median makes one grey of them.
  const size = [24, 24, 24] as const;
  const data = Uint8Array.from({ length: 24 ** 3 }, (_, i) => {
    const [x, y, z] = [i % 24, Math.floor(i / 24) % 24, Math.floor(i / 576)];
    return (x + y + z) % 3 === 0 ? 250 : 10;
  });
  const spacing = createSpacing([1, 1, 1], 'µm');
  const volume = createVolume({ kind: 'grey', name: 'striped', size, data, spacing });
  const blob = await writeVolume(volume, 'nrrd');
  await writeFile(join(folder, 'striped.nrrd'), Buffer.from(await blob.arrayBuffer()));
  await workbench.drop(join(folder, 'striped.nrrd'));
  await expect(views.tools.getByRole('button', { name: 'Compare' })).toBeDisabled();
  const recipe = addStep(emptyRecipe('smooth'), {
    operation: 'smooth-gaussian',
    version: 1,
    params: {},
  });
  await writeFile(join(folder, 'smooth.json'), recipeText(recipe));
  await workbench.drop(join(folder, 'smooth.json'));
  await workbench.run();
  await workbench.recipe.getByText('Gaussian').first().click();
  await views.goTo(12, 12, 12);
  const xy = views.slice('XY');
  const filtered = await views.digest(xy);
  await workbench.recipe.getByText('Input').first().click();
  await expect.poll(() => views.digest(xy)).not.toBe(filtered);
  const input = await views.digest(xy);
  await workbench.recipe.getByText('Gaussian').first().click();
  await expect.poll(() => views.digest(xy)).toBe(filtered);

  await choose(page, views, 'Swipe');
  await expect.poll(() => views.digest(xy)).not.toBe(filtered);
  const divider = xy.getByRole('slider', { name: 'Divider: Input at the left' });
  await divider.focus();
  for (let step = 0; step < 10; step++) await page.keyboard.press('ArrowRight');
  await expect(divider).toHaveAttribute('aria-valuenow', '100');
  await expect.poll(() => views.digest(xy)).toBe(input);
  for (let step = 0; step < 20; step++) await page.keyboard.press('ArrowLeft');
  await expect.poll(() => views.digest(xy)).toBe(filtered);
  const box = await xy.boundingBox();
  await page.mouse.move((box?.x ?? 0) + 2, (box?.y ?? 0) + 40);
  await page.mouse.down();
  await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + 40, { steps: 3 });
  await page.mouse.up();
  await expect(divider).toHaveAttribute('aria-valuenow', /^(49|50)$/);
  await expect(views.readout.locator('[data-value=other]')).toHaveText('250');

  await choose(page, views, 'Difference');
  await expect(views.views.getByTestId('colour-bar')).toHaveAttribute(
    'aria-label',
    /Colour bar: difference from -(\d+)\S* to \1/,
  );
  await page.keyboard.press('x');
  await expect
    .poll(async () => {
      const [red = 0, , blue = 0] = await pixel(xy, 0.51, 0.515);
      // The bright voxel of the input lost value: blue.
      return blue > red + 40;
    })
    .toBe(true);

  await choose(page, views, 'Side by side');
  const beside = views.views.getByRole('application', { name: /^Input: XY, slice/ });
  await expect(beside).toBeVisible();
  await expect.poll(() => views.digest(beside)).not.toBe(await views.digest(xy));
  const bar = await views.scaleBar('XY').textContent();
  await xy.press('+');
  await xy.press('+');
  await expect(views.scaleBar('XY')).not.toHaveText(bar ?? '');
  await expect(beside.getByTestId('scale-bar').locator('text')).toHaveText(
    (await views.scaleBar('XY').textContent()) ?? '',
  );
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page })
      .include('section[aria-label="Views"]')
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
      .analyze();
    const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
    expect(found).toEqual([]);
  }
  await choose(page, views, 'No comparison');
  await expect(views.views.getByRole('application')).toHaveCount(3);
});
