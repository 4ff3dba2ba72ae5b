/**
 * What is painted on a slice before the worker has computed it: recorded edits that its result still
 * lacks, and the stroke under the pointer. The voxels are found by the code that the step runs.
 */
import { type RefObject, useEffect, useMemo } from 'react';
import type { SlicePixels, VolumeInfo } from '../../../../workers/engine-api.ts';
import type { LabelEdit } from '../../../declaration/edits.ts';
import type { Box } from '../../../declaration/parameters.ts';
import { isUserError } from '../../../errors/errors.ts';
import { paintEdit, type PaintGrid } from '../../../volume/label-edits.ts';
import type { Vector3 } from '../../../volume/volume.ts';
import type { Placement, Plane } from '../../rendering/slice-geometry.ts';
import { type CorrectState, type Draft, editOf, useCorrect } from '../../stores/correct.ts';
import { pendingEdits } from '../../stores/corrections.ts';
import type { VoxelIndex } from '../../stores/viewer.ts';
import { useWorkspaceState } from '../../workbench-context.tsx';
import { type PixelRect, repaintPart } from './slice-picture.ts';
import type { SliceSource } from './slice-source.ts';
import { useFetchedSlice } from './use-slice.ts';

/** The pixels of a slice as a place to paint on. */
function sliceGrid(
  pixels: SlicePixels,
  { size, spacing }: Pick<VolumeInfo, 'size' | 'spacing'>,
  plane: Plane,
  index: number,
): PaintGrid {
  const box = size.flatMap((edge, axis) =>
    axis === plane.normal ? [index, index + 1] : [0, edge],
  ) as unknown as Box;
  const strides = [0, 0, 0];
  strides[plane.across] = 1;
  strides[plane.down] = pixels.width;
  return { data: pixels.data, box, strides: strides as unknown as Vector3, size, spacing };
}

/** What the step would refuse, it says; the picture stays as it is. */
function tryEdit(grid: PaintGrid, edit: LabelEdit): void {
  try {
    paintEdit(grid, edit);
  } catch (error) {
    if (!isUserError(error)) throw error;
  }
}

/** The slice of the labels with all that was drawn; its own copy where it can be drawn on. */
export function usePaintedLabels(
  source: SliceSource,
  view: string,
  overlay: VolumeInfo | null,
  plane: Plane,
  index: number,
  level: number,
): SlicePixels | null {
  const fetched = useFetchedSlice(source, view, overlay, plane.normal, index, null, level);
  const handle = fetched?.handle ?? '';
  const pending = useWorkspaceState((state) => ({ edits: pendingEdits(state, handle) })).edits;
  const isCorrecting = useCorrect((state) => state.tool !== null);
  const dropped = useCorrect((state) => state.dropped);
  return useMemo(() => {
    if (fetched === null || overlay === null) return null;
    // Labels on disk cannot be painted.
    if (overlay.levels !== undefined) return fetched.pixels;
    if (pending.length === 0 && !isCorrecting) return fetched.pixels;
    const pixels = { ...fetched.pixels, data: fetched.pixels.data.slice() };
    const grid = sliceGrid(pixels, overlay, plane, fetched.index);
    for (const edit of pending) tryEdit(grid, edit);
    return pixels;
    // A dropped stroke may have been drawn on the copy before.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [fetched, overlay, plane, pending, isCorrecting, dropped]);
}

interface DraftTarget {
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  readonly picture: HTMLCanvasElement | null;
  readonly labels: SlicePixels | null;
  readonly overlay: VolumeInfo | null;
  readonly plane: Plane;
  readonly index: number;
  readonly placement: Placement | null;
  /** False where something else than the labels is seen. */
  readonly isShown: boolean;
}

/** Follows the stroke under the pointer: each new piece of it is drawn at once, and nothing else. */
export function useDraftPainting(target: DraftTarget): void {
  const { canvas, picture, labels, overlay, plane, index, placement, isShown } = target;
  useEffect(() => {
    if (!isShown || picture === null || labels === null || overlay === null) return;
    const grid = sliceGrid(labels, overlay, plane, index);
    let drawn = { id: 0, points: 0 };
    const follow = (state: CorrectState): void => {
      const { draft } = state;
      if (draft === null || !isStroke(draft)) return;
      if (draft.id !== drawn.id) drawn = { id: draft.id, points: 0 };
      if (draft.points.length === drawn.points) return;
      // From the last voxel drawn, so that the pieces join.
      const fresh = draft.points.slice(Math.max(0, drawn.points - 1));
      drawn = { id: draft.id, points: draft.points.length };
      tryEdit(grid, editOf(draft, state, fresh));
      const rect = rectOf(fresh, state.radius, plane, labels);
      repaintPart(picture, rect);
      if (placement !== null) drawPart(canvas.current, picture, placement, rect);
    };
    follow(useCorrect.getState());
    return useCorrect.subscribe(follow);
  }, [canvas, picture, labels, overlay, plane, index, placement, isShown]);
}

function isStroke({ tool }: Draft): boolean {
  return tool === 'brush' || tool === 'eraser' || tool === 'ball';
}

/** The pixels that a piece of a stroke can have changed, one more on each side for outlines. */
function rectOf(
  points: readonly VoxelIndex[],
  radius: number,
  { across, down }: Plane,
  { width, height }: SlicePixels,
): PixelRect {
  const reach = Math.ceil(radius) + 1;
  const ends = (axis: 0 | 1 | 2, edge: number): readonly [number, number] => {
    const places = points.map((point) => point[axis]);
    return [
      Math.max(0, Math.min(...places) - reach),
      Math.min(edge, Math.max(...places) + reach + 1),
    ];
  };
  const [x0, x1] = ends(across, width);
  const [y0, y1] = ends(down, height);
  return [x0, y0, x1, y1];
}

function drawPart(
  canvas: HTMLCanvasElement | null,
  picture: HTMLCanvasElement,
  { left, top, scaleX, scaleY }: Placement,
  [x0, y0, x1, y1]: PixelRect,
): void {
  const context = canvas?.getContext('2d', { alpha: false }) ?? null;
  if (context === null) return;
  const [width, height] = [x1 - x0, y1 - y0];
  context.drawImage(
    picture,
    x0,
    y0,
    width,
    height,
    left + x0 * scaleX,
    top + y0 * scaleY,
    width * scaleX,
    height * scaleY,
  );
}
