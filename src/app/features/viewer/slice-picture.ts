/** Slices as pictures of one pixel for each voxel, and how they are drawn on a view. */
import { useMemo } from 'react';
import type { SlicePixels, VolumeInfo } from '../../../../workers/engine-api.ts';
import type { GreyInterval } from '../../../declaration/parameters.ts';
import { phaseColour } from '../../../volume/labels.ts';
import { parseColour } from '../../rendering/colour-maps.ts';
import {
  composeSlice,
  differenceGrid,
  type GreyLook,
  type LabelLook,
  markGrid,
  outsideOf,
  subGrid,
} from '../../rendering/compose-slice.ts';
import type { Placement } from '../../rendering/slice-geometry.ts';
import { VIEW_BACKGROUND } from '../../rendering/view-colours.ts';
import { type GreyWindow, scaleOf, useViewer } from '../../stores/viewer.ts';

const NO_WINDOW = { low: 0, high: 1 };
const NO_LABELS: LabelLook = { colours: new Map(), opacity: 0, style: 'fill' };

/**
 * Grey values with labels over them; with the voxels of `preview` instead where that is given.
 * `ownWindow` is used in place of that of all views. `image` is what the grey values are of.
 */
export function usePicture(
  isAlone: boolean,
  overlay: VolumeInfo | null,
  grey: SlicePixels | null,
  labels: SlicePixels | null,
  ownWindow: GreyWindow | null = null,
  image: VolumeInfo | null = null,
  preview: readonly GreyInterval[] | null = null,
): HTMLCanvasElement | null {
  const shared = useViewer((state) => state.window);
  const window = ownWindow ?? shared;
  const colourMap = useViewer((state) => state.colourMap);
  const scale = useViewer((state) => scaleOf(image, state.fieldScale));
  const outside = outsideOf(image);
  const opacity = useViewer((state) => state.overlayOpacity);
  const style = useViewer((state) => state.overlayStyle);
  const hidden = useViewer((state) => state.hiddenLabels);
  const overlayShown = useViewer((state) => state.overlayShown);
  const look = useMemo<LabelLook>(() => {
    const shown = (overlay?.phases ?? []).filter((phase) => !hidden.includes(phase.label));
    return {
      colours: new Map(shown.map((phase) => [phase.label, parseColour(phase.colour)])),
      opacity: isAlone ? 1 : overlayShown ? opacity : 0,
      style: isAlone ? 'fill' : style,
    };
  }, [overlay, hidden, opacity, style, isAlone, overlayShown]);
  const previewLook = usePreviewLook(preview?.length ?? 0);
  return useMemo(() => {
    const grid = grey ?? labels;
    // Grey values wait for their window: a wrong one would flash.
    if (grid === null || (grey !== null && window === null)) return null;
    const greyLook = { ...(window ?? NO_WINDOW), colourMap, outside, scale };
    return grey === null || preview === null
      ? paint(grey, greyLook, labels, look)
      : paint(grey, greyLook, markGrid(grey, preview), previewLook);
  }, [grey, labels, window, colourMap, look, outside, scale, preview, previewLook]);
}

/** Marks of intervals in the colours that their phases will have. */
function usePreviewLook(count: number): LabelLook {
  const opacity = useViewer((state) => state.overlayOpacity);
  const style = useViewer((state) => state.overlayStyle);
  return useMemo(
    () => ({
      colours: new Map(
        Array.from({ length: count }, (_, i) => [i + 1, parseColour(phaseColour(i))]),
      ),
      opacity,
      style,
    }),
    [count, opacity, style],
  );
}

/** Differences from minus to plus half the window's width, so that equal voxels are colourless. */
export function differenceWindow({ low, high }: GreyWindow): GreyWindow {
  const half = (high - low) / 2;
  return { low: -half, high: half };
}

/** Ours minus theirs; null until both are there. */
export function useDifference(
  ours: SlicePixels | null,
  theirs: SlicePixels | null,
): HTMLCanvasElement | null {
  const window = useViewer((state) => state.window);
  return useMemo(() => {
    if (ours === null || theirs === null || window === null) return null;
    const look: GreyLook = { ...differenceWindow(window), colourMap: 'blue-red' };
    return paint(differenceGrid(ours, theirs), look, null, NO_LABELS);
  }, [ours, theirs, window]);
}

interface Composed {
  readonly grey: SlicePixels | null;
  readonly look: GreyLook;
  readonly labels: SlicePixels | null;
  readonly labelLook: LabelLook;
}

/** What each picture was made of, to make parts of it anew. */
const composed = new WeakMap<HTMLCanvasElement, Composed>();

/** A rectangle of pixels: columns x0 ≤ x < x1 and rows y0 ≤ y < y1. */
export type PixelRect = readonly [x0: number, y0: number, x1: number, y1: number];

/** Draws a part of a picture again after its labels were painted. Cost: that part's pixels. */
export function repaintPart(picture: HTMLCanvasElement, [x0, y0, x1, y1]: PixelRect): void {
  const parts = composed.get(picture);
  const context = picture.getContext('2d', { willReadFrequently: true });
  if (parts === undefined || context === null || x1 <= x0 || y1 <= y0) return;
  // Outlines depend on the neighbours, which lie beyond the part.
  const [left, top] = [Math.max(0, x0 - 1), Math.max(0, y0 - 1)];
  const [right, bottom] = [Math.min(picture.width, x1 + 1), Math.min(picture.height, y1 + 1)];
  const cut = (grid: SlicePixels | null): SlicePixels | null =>
    grid === null ? null : subGrid(grid, left, top, right - left, bottom - top);
  const rgba = composeSlice(cut(parts.grey), parts.look, cut(parts.labels), parts.labelLook);
  const pixels = new ImageData(rgba, right - left, bottom - top);
  context.putImageData(pixels, left, top, x0 - left, y0 - top, x1 - x0, y1 - y0);
}

function paint(
  grey: SlicePixels | null,
  look: GreyLook,
  labels: SlicePixels | null,
  labelLook: LabelLook,
): HTMLCanvasElement {
  const { width, height } = (grey ?? labels) as SlicePixels;
  const rgba = composeSlice(grey, look, labels, labelLook);
  const voxels = document.createElement('canvas');
  voxels.width = width;
  voxels.height = height;
  // In main memory: a crash of the graphics process must not take it along.
  const context = voxels.getContext('2d', { willReadFrequently: true });
  context?.putImageData(new ImageData(rgba, width, height), 0, 0);
  composed.set(voxels, { grey, look, labels, labelLook });
  return voxels;
}

/** A picture that covers the left part of another. */
export interface Curtain {
  readonly picture: HTMLCanvasElement | null;
  /** Share of the view's width that it covers. */
  readonly share: number;
}

/** Voxels across and down, of which a picture may have fewer pixels. */
type VoxelGrid = readonly [columns: number, rows: number];

export function drawPicture(
  canvas: HTMLCanvasElement,
  picture: HTMLCanvasElement | null,
  curtain: Curtain | null,
  placement: Placement | null,
  width: number,
  height: number,
  voxels: VoxelGrid,
): void {
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) return;
  const ratio = globalThis.devicePixelRatio;
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  context.fillStyle = VIEW_BACKGROUND;
  context.fillRect(0, 0, canvas.width, canvas.height);
  if (placement === null) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  // Enlarged voxels stay squares with their own value; only a reduced picture is smoothed.
  context.imageSmoothingEnabled = Math.min(placement.scaleX, placement.scaleY) * ratio < 1;
  context.imageSmoothingQuality = 'high';
  place(context, picture, placement, voxels);
  if (curtain === null) return;
  context.beginPath();
  context.rect(0, 0, Math.round(curtain.share * width), height);
  context.clip();
  context.fillStyle = VIEW_BACKGROUND;
  context.fillRect(0, 0, width, height);
  place(context, curtain.picture, placement, voxels);
}

function place(
  context: CanvasRenderingContext2D,
  picture: HTMLCanvasElement | null,
  { left, top, scaleX, scaleY }: Placement,
  [columns, rows]: VoxelGrid,
): void {
  if (picture === null) return;
  context.drawImage(picture, left, top, columns * scaleX, rows * scaleY);
}
