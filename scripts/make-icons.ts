/**
 * Draws `public/favicon.svg` as the PNG icons of the installed program, with the Chromium of the
 * tests; the icons are kept in git. A maskable icon fills its square, with the mark in the inner
 * four fifths that no system cuts off.
 *
 * `npx tsx scripts/make-icons.ts`
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { chromiumOptions } from './chromium.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const svg = readFileSync(resolve(root, 'public/favicon.svg'), 'utf8');
const BACKGROUND = /<rect[^>]*fill="(#\w+)"/.exec(svg)?.[1] ?? '#14181d';

const ICONS = [
  { name: 'icon-192', edge: 192, isMaskable: false },
  { name: 'icon-512', edge: 512, isMaskable: false },
  { name: 'maskable-512', edge: 512, isMaskable: true },
] as const;

const browser = await chromium.launch(chromiumOptions());
const folder = resolve(root, 'public/icons');
mkdirSync(folder, { recursive: true });
const page = await browser.newPage();
for (const { name, edge, isMaskable } of ICONS) {
  const mark = isMaskable ? 0.8 * edge : edge;
  await page.setViewportSize({ width: edge, height: edge });
  await page.setContent(
    `<style>
      body { margin: 0; display: grid; place-items: center; height: ${edge}px; ${isMaskable ? `background: ${BACKGROUND};` : ''} }
      svg { width: ${mark}px; height: ${mark}px; display: block; }
    </style>${svg}`,
  );
  writeFileSync(resolve(folder, `${name}.png`), await page.screenshot({ omitBackground: true }));
}
await browser.close();
