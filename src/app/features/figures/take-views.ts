/** Pictures of what the views show, one pixel for each voxel, and figures made of them. */
import { UserError } from '../../../errors/errors.ts';
import { imageOfSvg, pixelsOf, pngOf } from '../../components/rasterise.ts';
import { parseColour } from '../../rendering/colour-maps.ts';
import { composeSlice, type LabelLook, outsideOf } from '../../rendering/compose-slice.ts';
import { PLANE_OF, PLANES } from '../../rendering/slice-geometry.ts';
import { currentVolumeView } from '../../rendering/volume-view.ts';
import { scaleOf, type SliceViewId, useViewer, type ViewId } from '../../stores/viewer.ts';
import { shownVolumes } from '../../stores/workspace.ts';
import type { Workbench } from '../../workbench-context.tsx';
import {
  type FigureChoices,
  type FigureLayout,
  type FigureScene,
  figureSvg,
  isSlice,
  layoutFigure,
} from './view-figure.ts';

const NO_WINDOW = { low: 0, high: 1 };

function shown({ workspace }: Workbench) {
  const { image, overlay } = shownVolumes(workspace.store.getState());
  const volume = image ?? overlay;
  if (volume === null) throw new UserError('usage', 'Open a volume first: there is no view yet.');
  return { image, overlay, volume };
}

/** Hidden phases, and labels that are not drawn over the image, have no entry. */
function sceneOf(workbench: Workbench): FigureScene {
  const { image, overlay, volume } = shown(workbench);
  const { crosshair, window, colourMap, fieldScale, hiddenLabels, overlayShown } =
    useViewer.getState();
  const hasLabels = overlay !== null && (image === null || overlayShown);
  return {
    size: volume.size,
    spacing: volume.spacing,
    crosshair: [0, 1, 2].map((axis) =>
      Math.min(crosshair[axis] as number, (volume.size[axis] as number) - 1),
    ) as unknown as FigureScene['crosshair'],
    phases: hasLabels ? overlay.phases.filter(({ label }) => !hiddenLabels.includes(label)) : [],
    grey:
      image === null || window === null
        ? null
        : {
            window,
            colourMap,
            scale: scaleOf(image, fieldScale),
            title: image.quantity?.symbol ?? 'Grey value',
            unit: image.quantity?.unit ?? '',
          },
  };
}

/** A slice through the voxel of the crosshair, with the slab, window and labels of the views. */
async function takeSlice(
  workbench: Workbench,
  view: SliceViewId,
  scene: FigureScene,
): Promise<HTMLCanvasElement> {
  const { client } = workbench;
  const { image, overlay } = shown(workbench);
  const { slab, overlayOpacity, overlayStyle, colourMap } = useViewer.getState();
  const axis = PLANE_OF[view].normal;
  const index = scene.crosshair[axis];
  const slice = { axis, index };
  const grey =
    image === null
      ? null
      : await client.slice({ handle: image.handle, ...slice, ...(slab === null ? {} : { slab }) });
  const labels =
    overlay === null || scene.phases.length === 0
      ? null
      : await client.slice({ handle: overlay.handle, ...slice });
  const look: LabelLook = {
    colours: new Map(scene.phases.map(({ label, colour }) => [label, parseColour(colour)])),
    opacity: image === null ? 1 : overlayOpacity,
    style: image === null ? 'fill' : overlayStyle,
  };
  const window = scene.grey?.window ?? NO_WINDOW;
  const canvas = document.createElement('canvas');
  const { across, down } = PLANES[axis];
  canvas.width = scene.size[across];
  canvas.height = scene.size[down];
  const rgba = composeSlice(
    grey,
    { ...window, colourMap, outside: outsideOf(image), scale: scene.grey?.scale ?? 'linear' },
    labels,
    look,
  );
  canvas.getContext('2d')?.putImageData(new ImageData(rgba, canvas.width, canvas.height), 0, 0);
  return canvas;
}

async function takeVolume(width: number, height: number): Promise<HTMLCanvasElement> {
  const view = currentVolumeView();
  if (view === null || view.status().kind !== 'ready') {
    throw new UserError('usage', 'Show the 3-D view first: it is not drawn yet.');
  }
  const blob = await view.picture(useViewer.getState().camera, { width, height });
  const bitmap = await createImageBitmap(blob);
  const canvas = document.createElement('canvas');
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
  bitmap.close();
  return canvas;
}

export interface TakenFigure {
  readonly scene: FigureScene;
  readonly layout: FigureLayout;
  readonly pictures: ReadonlyMap<ViewId, HTMLCanvasElement>;
}

export async function takeFigure(
  workbench: Workbench,
  choices: FigureChoices,
): Promise<TakenFigure> {
  const scene = sceneOf(workbench);
  const layout = layoutFigure(scene, choices);
  const pictures = new Map<ViewId, HTMLCanvasElement>();
  for (const { view, width, height } of layout.views) {
    const picture = isSlice(view)
      ? await takeSlice(workbench, view, scene)
      : await takeVolume(pixelsOf(width / 10, choices.dpi), pixelsOf(height / 10, choices.dpi));
    pictures.set(view, picture);
  }
  return { scene, layout, pictures };
}

/** Pictures inside as PNG with their own pixels; everything else as lines and text. */
export function figureAsSvg(
  { scene, layout, pictures }: TakenFigure,
  choices: FigureChoices,
): string {
  const addresses = new Map([...pictures].map(([view, canvas]) => [view, canvas.toDataURL()]));
  return figureSvg(scene, choices, layout, addresses);
}

/** Voxels become squares of pixels: nothing is smoothed. */
export async function figureAsPng(
  { scene, layout, pictures }: TakenFigure,
  choices: FigureChoices,
): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = pixelsOf(layout.width / 10, choices.dpi);
  canvas.height = pixelsOf(layout.height / 10, choices.dpi);
  const context = canvas.getContext('2d');
  if (context === null || canvas.width * canvas.height > MOST_PIXELS) {
    throw new UserError(
      'usage',
      `The figure would have ${canvas.width} × ${canvas.height} pixels, more than a browser can draw: choose fewer dots per inch.`,
    );
  }
  if (choices.background !== 'transparent') {
    context.fillStyle = choices.background;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  context.imageSmoothingEnabled = false;
  const across = canvas.width / layout.width;
  const down = canvas.height / layout.height;
  for (const { view, left, top, width, height } of layout.views) {
    const picture = pictures.get(view);
    if (picture === undefined) continue;
    const [x, y] = [Math.round(left * across), Math.round(top * down)];
    const right = Math.round((left + width) * across);
    const bottom = Math.round((top + height) * down);
    context.drawImage(picture, x, y, right - x, bottom - y);
  }
  const { image, done } = await imageOfSvg(figureSvg(scene, choices, layout, null));
  try {
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
  } finally {
    done();
  }
  return pngOf(canvas, choices.dpi);
}

/** Canvases of more pixels fail in some browsers. */
const MOST_PIXELS = 2 ** 28;
