/** The views and the histogram as a person meets them. */
import type { Locator, Page } from '@playwright/test';
import { expect } from '../support/test.ts';

export type SliceName = 'XY' | 'YZ' | 'XZ';

export class ViewsPage {
  readonly page: Page;
  readonly views: Locator;
  readonly tools: Locator;
  readonly volume: Locator;
  /** Surface areas over the 3-D view. */
  readonly areas: Locator;
  readonly histogram: Locator;
  readonly readout: Locator;

  constructor(page: Page) {
    this.page = page;
    this.views = page.getByRole('region', { name: 'Views' });
    this.tools = this.views.getByRole('group', { name: 'View tools' });
    this.volume = this.views.getByRole('application', { name: /^Volume in 3-D/ });
    this.areas = this.volume.getByRole('table', { name: /^Surface areas/ });
    this.histogram = page.getByRole('region', { name: 'Histogram' });
    this.readout = page.getByTestId('readout');
  }

  slice(name: SliceName): Locator {
    return this.views.getByRole('application', { name: new RegExp(`^${name}, slice`) });
  }

  slider(name: SliceName): Locator {
    return this.views.getByRole('slider', { name: new RegExp(`of the ${name} slice`) });
  }

  scaleBar(name: SliceName): Locator {
    return this.slice(name).getByTestId('scale-bar').locator('text');
  }

  /** Position and value as the read-out says them. */
  async read(): Promise<{ readonly at: readonly number[]; readonly value: string }> {
    const at = await this.readout.locator('[data-axis]').allInnerTexts();
    return {
      at: at.map(Number),
      value: await this.readout.locator('[data-value=grey]').innerText(),
    };
  }

  /** Moves all slices to a voxel by their sliders. */
  async goTo(x: number, y: number, z: number): Promise<void> {
    await this.slider('YZ').fill(String(x));
    await this.slider('XZ').fill(String(y));
    await this.slider('XY').fill(String(z));
    await expect(this.readout.locator('[data-axis=z]')).toHaveText(String(z));
  }

  /** Share of a view's pixels that differ from the background, 0 to 1. */
  async coverage(view: Locator): Promise<number> {
    return (await this.#pixels(view)).coverage;
  }

  /** A number that changes with the picture. */
  async digest(view: Locator): Promise<number> {
    return (await this.#pixels(view)).digest;
  }

  /** Red, green and blue of a view's pixel, at shares of its width and height. */
  colourAt(view: Locator, across: number, down: number): Promise<readonly number[]> {
    return view.locator('canvas').evaluate(
      (canvas: HTMLCanvasElement, [x, y]) => {
        const copy = document.createElement('canvas');
        copy.width = copy.height = 1;
        const context = copy.getContext('2d');
        context?.drawImage(canvas, -Math.round(x * canvas.width), -Math.round(y * canvas.height));
        return [...(context?.getImageData(0, 0, 1, 1).data ?? [])].slice(0, 3);
      },
      [across, down] as const,
    );
  }

  /**
   * The colour in the middle of each voxel of a slice that lies whole in its view, row by row. The
   * slice is what differs from the background.
   */
  voxelColours(
    view: Locator,
    columns: number,
    rows: number,
  ): Promise<readonly (readonly number[])[]> {
    return view.locator('canvas').evaluate(
      (canvas: HTMLCanvasElement, grid) => {
        const { width, height } = canvas;
        const copy = document.createElement('canvas');
        [copy.width, copy.height] = [width, height];
        const context = copy.getContext('2d');
        context?.drawImage(canvas, 0, 0);
        const { data } = context?.getImageData(0, 0, width, height) ?? { data: [] };
        const rgb = (x: number, y: number): number[] => {
          const at = 4 * (Math.floor(x) + width * Math.floor(y));
          return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
        };
        let [left, right, top, bottom] = [width, -1, height, -1];
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            const [red = 0, green = 0, blue = 0] = rgb(x, y);
            // The views' background is #0b0d0f.
            if (red === 11 && green === 13 && blue === 15) continue;
            [left, right] = [Math.min(left, x), Math.max(right, x)];
            [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
          }
        }
        const across = (right + 1 - left) / grid.columns;
        const down = (bottom + 1 - top) / grid.rows;
        return Array.from({ length: grid.columns * grid.rows }, (_, i) =>
          rgb(
            left + ((i % grid.columns) + 0.5) * across,
            top + (Math.floor(i / grid.columns) + 0.5) * down,
          ),
        );
      },
      { columns, rows },
    );
  }

  #pixels(view: Locator): Promise<{ readonly coverage: number; readonly digest: number }> {
    return view.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const copy = document.createElement('canvas');
      copy.width = canvas.width;
      copy.height = canvas.height;
      const context = copy.getContext('2d');
      context?.drawImage(canvas, 0, 0);
      const { data } = context?.getImageData(0, 0, copy.width, copy.height) ?? { data: [] };
      let covered = 0;
      let digest = 0;
      for (let i = 0; i < data.length; i += 4) {
        const [red = 0, green = 0, blue = 0] = [data[i], data[i + 1], data[i + 2]];
        // The views' background is #0b0d0f.
        if (Math.abs(red - 11) + Math.abs(green - 13) + Math.abs(blue - 15) > 8) covered++;
        digest = (Math.imul(digest, 31) + red + 7 * green + 13 * blue) | 0;
      }
      return { coverage: covered / Math.max(1, data.length / 4), digest };
    });
  }
}
