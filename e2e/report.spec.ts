/** What a paper takes: references, the report on one page, figures of the views. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import type { WorkbenchPage } from './pages/workbench-page.ts';
import { violations } from './support/axe.ts';
import { expect, test } from './support/test.ts';
import { type PdfPage, readPdf } from './support/pdf.ts';
import { openTwoPhases } from './support/two-phases.ts';

test('references are BibTeX, the report has the numbers, the digests and no script', async ({
  page,
  faults,
}) => {
  // The test itself reads the frame by a script of its own, which the frame refuses as well.
  faults.allow(/Blocked script execution in 'about:blank'/);
  const workbench = await openTwoPhases(page, 'two <b>.nrrd');
  const bibtex = (await workbench.export(/^References/)).bytes.toString('utf8');
  const keys = [...bibtex.matchAll(/^@(\w+)\{([^,]+),$/gm)].map(([, , key]) => key);
  expect(keys[0]).toBe('tauscope');
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.length).toBeGreaterThan(3);
  expect(bibtex.match(/\{/g)?.length).toBe(bibtex.match(/\}/g)?.length);

  const { name, bytes } = await workbench.export('Report as HTML');
  expect(name).toBe('two <b>-report.html'.replace(/[<>]/g, '_'));
  const html = bytes.toString('utf8');
  expect(html).not.toMatch(/<script|<b>\.nrrd/);
  const results = JSON.parse(
    (await workbench.export(/Results as JSON/)).bytes.toString('utf8'),
  ) as { recipeSha256: string; input: { voxelSha256: string } };
  expect(html).toContain(results.recipeSha256);
  expect(html).toContain(results.input.voxelSha256);

  const reader = await page.context().newPage();
  await reader.setContent(html);
  await expect(reader.getByRole('table').filter({ hasText: 'Porosity' }).first()).toBeVisible();
  await expect(reader.getByText('--as-labels -o results')).toBeVisible();
  await expect(reader.getByText('0.5 × 0.5 × 0.5 µm')).toBeVisible();
  await expect(reader.locator('svg image')).toHaveCount(3);
  await reader.close();

  await workbench.results.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: /Print the report/ }).click();
  const printed = page.frameLocator('iframe[title="Report"]');
  await expect(printed.locator('h1')).toHaveText('Two phases');
  await expect(printed.locator('caption').first()).toHaveCSS('text-align', 'left');
});

/** The pages that Chromium makes of what the page hands to its printer. */
async function printed(page: Page, workbench: WorkbenchPage): Promise<readonly PdfPage[]> {
  await workbench.results.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: /Print the report/ }).click();
  await expect(page.frameLocator('iframe[title="Report"]').locator('h1')).toBeAttached();
  const html = await page.evaluate(() => {
    const report = document.querySelector<HTMLIFrameElement>('iframe[title="Report"]');
    const { adoptedStyleSheets = [], body } = report?.contentDocument ?? {};
    const rules = adoptedStyleSheets.flatMap(({ cssRules }) => [...cssRules]);
    return `<style>${rules.map(({ cssText }) => cssText).join('\n')}</style>${body?.outerHTML}`;
  });
  const paper = await page.context().newPage();
  await paper.setContent(html);
  const pdf = await paper.pdf({ preferCSSPageSize: true });
  await paper.close();
  return readPdf(pdf);
}

test('the report prints on one A4 page with its numbers; a longer one goes on in good order', async ({
  page,
  faults,
}) => {
  faults.allow(/Blocked script execution in 'about:blank'/);
  const workbench = await openTwoPhases(page);
  const [only, ...more] = await printed(page, workbench);
  expect(more).toEqual([]);
  const [width = 0, height = 0] = only?.size ?? [];
  expect([Math.round(width), Math.round(height)]).toEqual([595, 842]);
  const texts = only?.texts.join(' ') ?? '';
  for (const expected of [
    'Two phases',
    '0.5 × 0.5 × 0.5 µm',
    'Porosity φ Pore phases Pore voxels All voxels 0.5 pore 288 576',
    'pore y yes 0.5 1 1 1 1 0.5 2',
    'voxelSha256',
  ]) {
    expect(texts).toContain(expected);
  }

  await workbench.selectStep('Volume fractions');
  for (let i = 0; i < 9; i++) await page.keyboard.press('Control+d');
  await workbench.run();
  const pages = await printed(page, workbench);
  expect(pages.length).toBeGreaterThan(1);
  const headings = await page
    .frameLocator('iframe[title="Report"]')
    .locator('h1, h2, caption')
    .allTextContents();
  expect(headings).toContain('Numbers');
  const ends = pages.map((each) => each.texts.at(-1)?.trim());
  expect(ends.filter((end) => headings.includes(end ?? ''))).toEqual([]);
});

/** Some pixels of a PNG as the page decodes it, and the longest run of white ones in a row. */
async function probe(
  page: Page,
  png: Buffer,
  asked: {
    readonly points: readonly (readonly [x: number, y: number])[];
    readonly fromBottom: number;
  },
) {
  const base64 = png.toString('base64');
  return page.evaluate(
    async ({ base64, points, fromBottom }) => {
      const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const { width, height } = bitmap;
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
      context.drawImage(bitmap, 0, 0);
      const at = (x: number, y: number) =>
        Array.from(context.getImageData(x, y, 1, 1).data.subarray(0, 3));
      const row = context.getImageData(0, height - fromBottom, width, 1).data;
      let white = 0;
      for (let x = 0, run = 0; x < width; x++) {
        run = row[4 * x] === 255 && row[4 * x + 1] === 255 && row[4 * x + 2] === 255 ? run + 1 : 0;
        white = Math.max(white, run);
      }
      return { width, height, colours: points.map(([x, y]) => at(x, y)), white };
    },
    { base64, ...asked },
  );
}

test('a figure has the asked pixels, its density, exact voxels and a true scale bar', async ({
  page,
}) => {
  const workbench = await openTwoPhases(page);
  await workbench.results.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: 'Figure of the views…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save a figure' });
  await expect(dialog.getByAltText('The figure as it will be saved')).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await dialog.getByLabel('Width (mm)').fill('60');
  await dialog.getByLabel('Dots per inch').fill('508');
  await dialog.getByLabel('Dots per inch').press('Tab');
  await dialog.getByLabel('Phases').uncheck();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Save PNG' }).click(),
  ]);
  const png = await readFile(await download.path());
  // 60 mm at 20 pixels per millimetre: 12 voxels of 100 pixels.
  const { width, height, colours, white } = await probe(page, png, {
    points: [
      [150, 350],
      [199, 350],
      [200, 350],
    ],
    fromBottom: 46,
  });
  expect([width, height]).toEqual([1200, 800]);
  expect(png.toString('latin1', 37, 41)).toBe('pHYs');
  expect(png.readUInt32BE(41)).toBe(20_000);
  const [blue, orange] = [
    [0, 0x72, 0xb2],
    [0xe6, 0x9f, 0],
  ];
  expect(colours).toEqual([blue, blue, orange]);
  // The bar of 2 µm is as long as 4 voxels of 100 pixels, but for its rim.
  expect(Math.abs(white - 400)).toBeLessThanOrEqual(4);
});

test('the SVG of a plate holds voxels as pixels, positions and the phases', async ({ page }) => {
  const workbench = await openTwoPhases(page);
  await workbench.results.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: 'Figure of the views…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save a figure' });
  await dialog.getByLabel('View').selectOption('slices');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Save SVG' }).click(),
  ]);
  const svg = await readFile(await download.path(), 'utf8');
  expect(svg).toMatch(/^<svg [^>]*width="85mm"/);
  expect(svg.match(/<image /g)).toHaveLength(3);
  expect(svg).toContain('xy, z = 1.75 µm');
  expect(
    svg.match(/data-scale-bar="1 µm"|data-scale-bar="0.5 µm"|data-scale-bar="2 µm"/g),
  ).toHaveLength(3);
  expect(svg).toContain('>solid</text>');
});
