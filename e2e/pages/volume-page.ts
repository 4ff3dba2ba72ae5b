/** The 3-D view and its settings as a person meets them. */
import type { Locator, Page } from '@playwright/test';
import { expect } from '../support/test.ts';

export type SettingsTab = 'Look' | 'Clip' | 'View';
type Rgb = readonly [red: number, green: number, blue: number];

/** What the picture on screen shows, beside the ground of the views. */
export interface Seen {
  /** Share of the view's pixels that show something, 0 to 1. */
  readonly coverage: number;
  /** Pixels from its left to its right, and from top to bottom. */
  readonly width: number;
  readonly height: number;
  /** Share of what shows something that is red, green, blue or of another colour most. */
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  /** A number that changes with the picture. */
  readonly digest: number;
}

export class VolumePage {
  readonly page: Page;
  readonly pane: Locator;
  readonly stage: Locator;
  readonly settings: Locator;

  constructor(page: Page) {
    this.page = page;
    this.pane = page.locator('[data-view="3d"]');
    this.stage = page.getByRole('application', { name: /^Volume in 3-D/ });
    this.settings = page.getByRole('dialog', { name: '3-D settings' });
  }

  /** Waits until the picture at rest is drawn. */
  async drawn(): Promise<void> {
    await expect(this.pane.locator('canvas[data-quality="fine"]')).toBeVisible({ timeout: 60_000 });
  }

  /** The picture once nothing changes any more. */
  async atRest(): Promise<Seen> {
    let last = await this.see();
    await expect
      .poll(async () => {
        const before = last.digest;
        await this.drawn();
        last = await this.see();
        return last.digest === before;
      })
      .toBe(true);
    return last;
  }

  async open(tab: SettingsTab): Promise<void> {
    if (!(await this.settings.isVisible())) {
      await this.pane.getByRole('button', { name: '3-D settings' }).click();
    }
    await this.settings
      .getByRole('radiogroup', { name: 'Which settings' })
      .getByText(tab, { exact: true })
      .click();
  }

  async close(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await expect(this.settings).toBeHidden();
  }

  see(): Promise<Seen> {
    return this.stage.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const copy = document.createElement('canvas');
      copy.width = canvas.width;
      copy.height = canvas.height;
      const context = copy.getContext('2d');
      context?.drawImage(canvas, 0, 0);
      const { data } = context?.getImageData(0, 0, copy.width, copy.height) ?? { data: [] };
      let [covered, digest, left, right, top, bottom] = [0, 0, copy.width, -1, copy.height, -1];
      const most = [0, 0, 0];
      for (let i = 0; i < data.length; i += 4) {
        const colour = [data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0] as const;
        const [red, green, blue] = colour;
        digest = (Math.imul(digest, 31) + red + 7 * green + 13 * blue) | 0;
        // The views' background is #0b0d0f.
        if (Math.abs(red - 11) + Math.abs(green - 13) + Math.abs(blue - 15) <= 24) continue;
        covered++;
        const x = (i / 4) % copy.width;
        const y = Math.floor(i / 4 / copy.width);
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
        const strongest = colour.indexOf(Math.max(...colour));
        if (Math.max(...colour) > 2 * Math.min(...colour))
          most[strongest] = (most[strongest] ?? 0) + 1;
      }
      const [red = 0, green = 0, blue = 0] = most.map((count) => count / Math.max(1, covered));
      return {
        coverage: covered / Math.max(1, data.length / 4),
        width: right - left + 1,
        height: bottom - top + 1,
        red,
        green,
        blue,
        digest,
      };
    });
  }

  /** The colour of a place on a slice's canvas, as shares of its width and height. */
  colourAt(slice: Locator, x: number, y: number): Promise<Rgb> {
    return slice.locator('canvas').evaluate(
      (canvas: HTMLCanvasElement, [across, down]) => {
        const at = [Math.floor(across * canvas.width), Math.floor(down * canvas.height)] as const;
        const data = canvas.getContext('2d')?.getImageData(...at, 1, 1).data;
        return [data?.[0] ?? 0, data?.[1] ?? 0, data?.[2] ?? 0] as const;
      },
      [x, y] as const,
    );
  }
}
