/** A figure as pixels. */
import { Bug } from '../../errors/errors.ts';

const DOTS_PER_MM = 600 / 25.4;

/** Draws an SVG figure of the given size in millimetres at 600 dots per inch, as PNG. */
export async function rasterise(
  svg: string,
  size: { readonly width: number; readonly height: number },
): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(size.width * DOTS_PER_MM);
    canvas.height = Math.round(size.height * DOTS_PER_MM);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (blob === null) throw new Bug('The browser made no PNG of the figure.');
    return blob;
  } finally {
    URL.revokeObjectURL(url);
  }
}
