/** The workbench as a person meets it: what can be opened, done and read. */
import { readFile } from 'node:fs/promises';
import type { Download, Locator, Page } from '@playwright/test';
import { expect } from '../support/test.ts';

/** What the page shows to tests (declared by src/app/main.tsx). */
type TestedWindow = Window & { readonly __tauscope?: { idle(): Promise<void> } };

export class WorkbenchPage {
  readonly page: Page;
  readonly recipe: Locator;
  readonly parameters: Locator;
  readonly results: Locator;
  readonly messages: Locator;
  readonly header: Locator;

  constructor(page: Page) {
    this.page = page;
    this.recipe = page.getByRole('region', { name: 'Recipe' });
    this.parameters = page.getByRole('region', { name: 'Parameters' });
    this.results = page.getByRole('region', { name: 'Results' });
    this.messages = page.getByRole('region', { name: 'Messages' });
    // Dialogs have a header of their own.
    this.header = page.getByRole('banner').first();
  }

  /** Opens the page and waits until the engine has said what it can do. */
  async start(): Promise<void> {
    await this.page.goto('./');
    await expect(this.page.getByRole('button', { name: /sample electrode/ })).toBeEnabled();
  }

  /** Starts an action by its title, through the palette. */
  async do(title: string): Promise<void> {
    await this.page.keyboard.press('Control+k');
    await this.page.getByRole('textbox', { name: 'Search actions' }).fill(title);
    await this.page.keyboard.press('Enter');
  }

  async idle(): Promise<void> {
    await this.page.evaluate(() => (window as TestedWindow).__tauscope?.idle());
  }

  /** Reloads the page, which opens what was open again. */
  async reload(): Promise<void> {
    await this.page.reload();
    await expect(this.recipe).toBeVisible();
    await this.idle();
  }

  async openSample(): Promise<void> {
    await this.page.getByRole('button', { name: /sample electrode/ }).click();
    await expect(this.recipe).toBeVisible();
    await this.idle();
  }

  /** Drops files or folders of this machine onto the page, as the desktop does. */
  async drop(...paths: readonly string[]): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    const event = {
      x: 400,
      y: 300,
      data: { items: [], files: [...paths], dragOperationsMask: 1 },
    };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, ...event });
    }
    await session.detach();
    // Walking the dropped entries takes a turn or two before the job shows.
    await this.page.waitForTimeout(150);
    await this.idle();
  }

  step(title: string): Locator {
    return this.recipe.getByRole('listitem').filter({ hasText: title });
  }

  async selectStep(title: string): Promise<void> {
    await this.step(title).locator('[data-row]').click();
  }

  async run(): Promise<void> {
    await this.recipe.getByRole('button', { name: 'Run', exact: true }).click();
    await this.idle();
  }

  /** The readable cells of the table of phases, row by row; cells that span rows stand once. */
  async phaseRows(): Promise<readonly (readonly string[])[]> {
    const rows = this.results.getByRole('table', { name: 'Results by phase' }).locator('tbody tr');
    const texts: string[][] = [];
    for (const row of await rows.all()) texts.push(await row.getByRole('cell').allInnerTexts());
    return texts;
  }

  /** All digits of a column, from the cells' titles. */
  async exactNumbers(column: string): Promise<readonly number[]> {
    const cells = this.results.locator(
      `table[aria-label="Results by phase"] td[data-column="${column}"]`,
    );
    const titles = await cells.evaluateAll((all) =>
      all.map((cell) => cell.getAttribute('title') ?? ''),
    );
    return titles.map(Number);
  }

  /** Starts an export from the results' menu and gives its name and bytes. */
  async export(item: string | RegExp): Promise<{ readonly name: string; readonly bytes: Buffer }> {
    await this.results.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([
      this.page.waitForEvent('download'),
      this.page.getByRole('menuitem', { name: item }).click(),
    ]);
    return { name: download.suggestedFilename(), bytes: await bytesOf(download) };
  }
}

async function bytesOf(download: Download): Promise<Buffer> {
  return readFile(await download.path());
}
