/** A figure as pixels. */
import { Bug } from '../../errors/errors.ts';
import { withDensity } from './png-density.ts';

/** Dots per inch of a figure where nobody chose. */
export const DEFAULT_DPI = 600;

const MM_PER_INCH = 25.4;

export interface FigureSize {
  /** In millimetres. */
  readonly width: number;
  readonly height: number;
}

export function pixelsOf(millimetres: number, dpi: number): number {
  return Math.max(1, Math.round((millimetres / MM_PER_INCH) * dpi));
}

/** A picture that the browser can draw of SVG text. Dispose of it with `done`. */
export async function imageOfSvg(svg: string): Promise<{ image: HTMLImageElement; done(): void }> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  const image = new Image();
  image.src = url;
  await image.decode();
  return { image, done: () => URL.revokeObjectURL(url) };
}

/** The canvas as a PNG that knows its dots per inch. */
export async function pngOf(canvas: HTMLCanvasElement, dpi = DEFAULT_DPI): Promise<Blob> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Bug('The browser made no PNG of the figure.');
  const bytes = withDensity(new Uint8Array(await blob.arrayBuffer()), dpi);
  return new Blob([bytes], { type: 'image/png' });
}

/** Draws an SVG figure of the given size as PNG. */
export async function rasterise(svg: string, size: FigureSize, dpi = DEFAULT_DPI): Promise<Blob> {
  const { image, done } = await imageOfSvg(svg);
  try {
    const canvas = document.createElement('canvas');
    canvas.width = pixelsOf(size.width, dpi);
    canvas.height = pixelsOf(size.height, dpi);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await pngOf(canvas, dpi);
  } finally {
    done();
  }
}
