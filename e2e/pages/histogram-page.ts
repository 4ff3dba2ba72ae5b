/** The histogram as a person meets it. */
import type { Locator, Page } from '@playwright/test';

export class HistogramPage {
  readonly page: Page;
  readonly panel: Locator;

  constructor(page: Page) {
    this.page = page;
    this.panel = page.getByRole('region', { name: 'Histogram' });
  }

  /** The plane of the chart, which takes wheel, drag and keys. */
  get plot(): Locator {
    return this.panel.getByRole('application', { name: /^Grey values from/ });
  }

  /** The grey values from left to right of the chart. */
  async shown(): Promise<readonly [number, number]> {
    const name = (await this.plot.getAttribute('aria-label')) ?? '';
    const [, low, high] = /from (\S+) to (\S+)\./.exec(name) ?? [];
    return [Number(low), Number(high)];
  }

  handle(name: string): Locator {
    return this.panel.getByRole('slider', { name });
  }

  /** The window's ends as the fields say them. */
  async window(): Promise<readonly [number, number]> {
    const [low, high] = await Promise.all(
      ['Black at', 'White at'].map((name) =>
        this.panel.getByRole('textbox', { name }).inputValue(),
      ),
    );
    return [Number(low), Number(high)];
  }

  /** Drags a handle by a number of pixels. */
  async drag(handle: Locator, by: number): Promise<void> {
    const box = await handle.boundingBox();
    const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2];
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
    await this.page.mouse.move(x + by, y, { steps: 8 });
    await this.page.mouse.up();
  }

  /** The share of a phase in the preview's legend. */
  share(phase: string): Locator {
    const row = this.page
      .getByRole('group', { name: 'Preview' })
      .getByRole('listitem')
      .filter({ hasText: phase });
    return row.getByTestId('share');
  }
}
