/** Correcting labels as a person meets it: the tools, and strokes on the XY slice. */
import type { Locator, Page } from '@playwright/test';
import { expect } from '../support/test.ts';
import type { ViewsPage } from './views-page.ts';

type Voxel = readonly [x: number, y: number];

export class CorrectPage {
  readonly page: Page;
  readonly views: ViewsPage;
  readonly bar: Locator;
  readonly #columns: number;
  readonly #rows: number;

  /** @param columns and rows of the XY slice, whose voxels are squares */
  constructor(views: ViewsPage, columns: number, rows: number) {
    this.page = views.page;
    this.views = views;
    this.bar = views.views.getByRole('group', { name: 'Correct labels' });
    this.#columns = columns;
    this.#rows = rows;
  }

  async start(): Promise<void> {
    await this.views.tools.getByRole('button', { name: /^Correct labels/ }).click();
    await expect(this.bar).toBeVisible();
  }

  tool(name: string): Locator {
    return this.bar.getByRole('button', { name: new RegExp(`: ${name} \\(`) });
  }

  async paintWith(phase: string): Promise<void> {
    await this.bar.getByRole('button', { name: /^(Paint|Erase to): / }).click();
    await this.page.getByRole('menuitem', { name: phase }).click();
    await expect(this.page.getByRole('menu')).toHaveCount(0);
  }

  async size(text: string): Promise<void> {
    const size = this.bar.getByLabel('Brush size');
    for (let i = 0; i < 20 && (await size.innerText()) !== text; i++) {
      await this.bar.getByRole('button', { name: /^Smaller brush/ }).click();
    }
    await expect(size).toHaveText(text);
  }

  /** The screen position of a voxel's centre. */
  async at([x, y]: Voxel): Promise<Voxel> {
    const box = await this.views.slice('XY').boundingBox();
    if (box === null) throw new Error('The view is not there.');
    const [columns, rows] = [this.#columns, this.#rows];
    const scale = Math.min((box.width - 20) / columns, (box.height - 20) / rows);
    return [
      box.x + box.width / 2 + (x + 0.5 - columns / 2) * scale,
      box.y + box.height / 2 + (y + 0.5 - rows / 2) * scale,
    ];
  }

  /** Drags from voxel to voxel; the button stays pressed where `release` is false. */
  async drag(path: readonly Voxel[], release = true): Promise<void> {
    for (const [i, voxel] of path.entries()) {
      await this.page.mouse.move(...(await this.at(voxel)), { steps: i === 0 ? 1 : 3 });
      if (i === 0) await this.page.mouse.down();
    }
    if (release) await this.page.mouse.up();
  }

  /** Red, green and blue of the picture at a voxel's centre. */
  async pixel(voxel: Voxel): Promise<readonly number[]> {
    const view = this.views.slice('XY');
    const box = await view.boundingBox();
    const [x, y] = await this.at(voxel);
    return view.locator('canvas').evaluate(
      (canvas: HTMLCanvasElement, [left, top]) => {
        const data = canvas.getContext('2d')?.getImageData(left ?? 0, top ?? 0, 1, 1).data;
        return [...(data ?? [])].slice(0, 3);
      },
      [Math.round(x - (box?.x ?? 0)), Math.round(y - (box?.y ?? 0))],
    );
  }
}
