/** One slice through the volume with crosshair and scale bar. */
import { useEffect, useMemo, useRef } from 'react';
import type { SlicePixels, VolumeInfo } from '../../../../workers/engine-api.ts';
import { useSize } from '../../components/use-size.ts';
import { parseColour } from '../../rendering/colour-maps.ts';
import { composeSlice, type LabelLook, subGrid } from '../../rendering/compose-slice.ts';
import { PLANE_COLOURS, VIEW_BACKGROUND } from '../../rendering/view-colours.ts';
import {
  AXIS_NAMES,
  formatLength,
  type Placement,
  PLANES,
  type Plane,
  placeSlice,
} from '../../rendering/slice-geometry.ts';
import { type SliceViewId, useViewer } from '../../stores/viewer.ts';
import { type Slab, slabLayers } from '../../../volume/slab.ts';
import type { Before } from './before.ts';
import { ColourBar } from './ColourBar.tsx';
import { MeasureLayer } from './MeasureLayer.tsx';
import { SliceOverlay } from './SliceOverlay.tsx';
import type { SliceSource } from './slice-source.ts';
import { clampTo, useSliceGestures, withAxis } from './use-slice-gestures.ts';
import { useSlice } from './use-slice.ts';
import styles from './viewer.module.css';

const PLANE_OF: Record<SliceViewId, Plane> = { yz: PLANES[0], xz: PLANES[1], xy: PLANES[2] };
const NO_WINDOW = { low: 0, high: 1 };

interface SliceViewProps {
  readonly id: SliceViewId;
  readonly source: SliceSource;
  readonly image: VolumeInfo | null;
  readonly overlay: VolumeInfo | null;
  /** What is shown in place of image and overlay while the user compares. */
  readonly before: Before | null;
  /** Whether this view explains the colours of all. */
  readonly hasColourBar: boolean;
}

export function SliceView(props: SliceViewProps) {
  const { id, source, image, overlay, before, hasColourBar } = props;
  const plane = PLANE_OF[id];
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useSize(stage);
  const volume = image ?? overlay;
  const size = volume?.size ?? null;
  const position = useViewer((state) => state.crosshair[plane.normal]);
  const frame = useViewer((state) => state.frames[id]);
  const comparing = useViewer((state) => state.comparing) && before !== null;
  const { setCrosshair } = useViewer.getState();

  const sliceCount = size?.[plane.normal] ?? 1;
  const index = clampTo(position, sliceCount);
  const slab = useViewer((state) => state.slab);
  const grey = useSlice(source, id, image, plane.normal, index, slab);
  const labels = useSlice(source, `${id} labels`, overlay, plane.normal, index);
  const old = useBeforeSlice(source, id, plane, comparing ? before : null, volume, index, slab);
  const picture = usePicture(image === null, overlay, old ?? grey, old === null ? labels : null);

  const placement: Placement | null = useMemo(
    () =>
      size === null || width === 0 || height === 0
        ? null
        : placeSlice(size, volume?.spacing ?? null, plane, frame, width, height),
    [size, volume?.spacing, plane, frame, width, height],
  );
  useEffect(() => {
    const target = canvas.current;
    if (target === null) return;
    const draw = (): void => drawPicture(target, picture, placement, width, height);
    draw();
    target.addEventListener('contextrestored', draw);
    return () => target.removeEventListener('contextrestored', draw);
  }, [picture, placement, width, height]);

  const gestures = useSliceGestures({ id, plane, stage, size, index, placement, width, height });
  const normalName = AXIS_NAMES[plane.normal];
  return (
    <div className={styles['pane']} data-view={id}>
      <div
        ref={stage}
        className={styles['stage']}
        role="application"
        aria-roledescription="slice view"
        aria-label={`${plane.title}, slice ${index} of 0 to ${sliceCount - 1}. Arrow keys move the crosshair, Page Up and Page Down change the slice.`}
        tabIndex={0}
        {...gestures}
      >
        <canvas
          ref={canvas}
          className={styles['canvas']}
          style={{ width, height }}
          aria-hidden="true"
        />
        {placement !== null && size !== null && (
          <SliceOverlay
            plane={plane}
            placement={placement}
            size={size}
            spacing={volume?.spacing ?? null}
            width={width}
            height={height}
          />
        )}
        {placement !== null && size !== null && (
          <MeasureLayer
            id={id}
            plane={plane}
            index={index}
            placement={placement}
            size={size}
            spacing={volume?.spacing ?? null}
            width={width}
            height={height}
          />
        )}
        {image !== null && hasColourBar && <GreyColourBar width={width} height={height} />}
        {image !== null && slab !== null && (
          <SlabNote slab={slab} image={image} plane={plane} index={index} />
        )}
        {comparing && <span className={styles['badge']}>Input</span>}
      </div>
      <div className={styles['caption']}>
        <span className={styles['title']} style={{ color: PLANE_COLOURS[id] }}>
          {plane.title}
        </span>
        <input
          className={styles['slider']}
          type="range"
          min={0}
          max={sliceCount - 1}
          value={index}
          disabled={size === null || sliceCount === 1}
          aria-label={`${normalName} of the ${plane.title} slice`}
          onChange={(event) =>
            setCrosshair(
              withAxis(
                useViewer.getState().crosshair,
                plane.normal,
                Number(event.currentTarget.value),
              ),
            )
          }
        />
        <span className={styles['count']}>
          <span className={styles['faint']}>{normalName}</span> {index}
          <span className={styles['faint']}> / {sliceCount - 1}</span>
        </span>
      </div>
    </div>
  );
}

function GreyColourBar(size: { readonly width: number; readonly height: number }) {
  const window = useViewer((state) => state.window);
  const colourMap = useViewer((state) => state.colourMap);
  const isShown = useViewer((state) => state.colourBarShown);
  if (!isShown || window === null) return null;
  return <ColourBar window={window} colourMap={colourMap} title="grey value" {...size} />;
}

/** What the picture is made of, where that is more than a slice. Labels are those of the slice. */
function SlabNote(props: {
  readonly slab: Slab;
  readonly image: VolumeInfo;
  readonly plane: Plane;
  readonly index: number;
}) {
  const { slab, image, plane, index } = props;
  const [first, last] = slabLayers(image.size[plane.normal], index, slab.thickness);
  const slices = last - first + 1;
  const length =
    image.spacing === null
      ? 'voxel size unknown'
      : `${formatLength(slices * image.spacing.values[plane.normal])} ${image.spacing.unit}`;
  return (
    <span className={styles['slabBadge']} data-testid="slab">
      {slab.projection} of {slices} slices, {AXIS_NAMES[plane.normal]} {first} to {last} ({length})
    </span>
  );
}

/** The slice of the opened volume where the result's slice lies, cut to the result's size. */
function useBeforeSlice(
  source: SliceSource,
  id: SliceViewId,
  plane: Plane,
  before: Before | null,
  shown: VolumeInfo | null,
  index: number,
  slab: Slab | null,
): SlicePixels | null {
  const offset = before?.offset ?? [0, 0, 0];
  const whole = useSlice(
    source,
    `${id} before`,
    before?.volume ?? null,
    plane.normal,
    index + offset[plane.normal],
    slab,
  );
  const column = offset[plane.across];
  const row = offset[plane.down];
  const width = shown?.size[plane.across] ?? 0;
  const height = shown?.size[plane.down] ?? 0;
  return useMemo(
    () => (whole === null ? null : subGrid(whole, column, row, width, height)),
    [whole, column, row, width, height],
  );
}

/** The slice as a canvas of one pixel for each voxel. */
function usePicture(
  isAlone: boolean,
  overlay: VolumeInfo | null,
  grey: SlicePixels | null,
  labels: SlicePixels | null,
): HTMLCanvasElement | null {
  const window = useViewer((state) => state.window);
  const colourMap = useViewer((state) => state.colourMap);
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
  return useMemo(() => {
    const grid = grey ?? labels;
    // Grey values wait for their window: a wrong one would flash.
    if (grid === null || (grey !== null && window === null)) return null;
    const rgba = composeSlice(grey, { ...(window ?? NO_WINDOW), colourMap }, labels, look);
    const voxels = document.createElement('canvas');
    voxels.width = grid.width;
    voxels.height = grid.height;
    // In main memory: a crash of the graphics process must not take it along.
    const context = voxels.getContext('2d', { willReadFrequently: true });
    context?.putImageData(new ImageData(rgba, grid.width, grid.height), 0, 0);
    return voxels;
  }, [grey, labels, window, colourMap, look]);
}

function drawPicture(
  canvas: HTMLCanvasElement,
  picture: HTMLCanvasElement | null,
  placement: Placement | null,
  width: number,
  height: number,
): void {
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) return;
  const ratio = globalThis.devicePixelRatio;
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  context.fillStyle = VIEW_BACKGROUND;
  context.fillRect(0, 0, canvas.width, canvas.height);
  if (picture === null || placement === null) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  // Enlarged voxels stay squares with their own value; only a reduced picture is smoothed.
  context.imageSmoothingEnabled = Math.min(placement.scaleX, placement.scaleY) * ratio < 1;
  context.imageSmoothingQuality = 'high';
  context.drawImage(
    picture,
    placement.left,
    placement.top,
    picture.width * placement.scaleX,
    picture.height * placement.scaleY,
  );
}
