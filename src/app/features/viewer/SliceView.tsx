/** One slice through the volume with crosshair and scale bar. */
import { useEffect, useMemo, useRef } from 'react';
import type { SlicePixels, VolumeInfo } from '../../../../workers/engine-api.ts';
import type { GreyInterval } from '../../../declaration/parameters.ts';
import { useSize } from '../../components/use-size.ts';
import { subGrid } from '../../rendering/compose-slice.ts';
import {
  AXIS_NAMES,
  type Placement,
  PLANE_OF,
  type Plane,
  placeSlice,
} from '../../rendering/slice-geometry.ts';
import {
  type GreyWindow,
  type SliceViewId,
  useViewer,
  type VoxelIndex,
} from '../../stores/viewer.ts';
import type { Slab } from '../../../volume/slab.ts';
import type { Size3 } from '../../../volume/volume.ts';
import type { Before } from './before.ts';
import type { ComparedState } from './comparison.ts';
import { MeasureLayer } from './MeasureLayer.tsx';
import { GreyColourBar, PreviewBadge, SlabNote } from './SliceNotes.tsx';
import { useDraftPainting, usePaintedLabels } from './paint-slice.ts';
import { PaintLayer } from './PaintLayer.tsx';
import { SliceOverlay } from './SliceOverlay.tsx';
import { drawPicture, useDifference, usePicture } from './slice-picture.ts';
import type { SliceSource } from './slice-source.ts';
import { SwipeDivider } from './SwipeDivider.tsx';
import { clampTo, useSliceGestures, withAxis } from './use-slice-gestures.ts';
import { levelFor, useSlice } from './use-slice.ts';
import { ViewTitle } from './ViewTitle.tsx';
import styles from './viewer.module.css';

const IN_PLACE: VoxelIndex = [0, 0, 0];

interface SliceViewProps {
  readonly id: SliceViewId;
  readonly source: SliceSource;
  readonly image: VolumeInfo | null;
  readonly overlay: VolumeInfo | null;
  /** Grey intervals of the image to colour in place of the overlay. */
  readonly preview: readonly GreyInterval[] | null;
  /** What is shown in place of image and overlay while the user compares. */
  readonly before: Before | null;
  /** Whether this view explains the colours of all. */
  readonly hasColourBar: boolean;
  /** Another state of the recipe to be seen with it. */
  readonly compared: ComparedState | null;
  /** Its window where it is on another grey scale. */
  readonly comparedWindow: GreyWindow | null;
  /** Whether image or overlay are what steps would make that have not been run. */
  readonly isPreviewed: boolean;
  /** `beside`: this view shows the other state alone. */
  readonly compareMode: 'beside' | 'swipe' | 'difference' | 'off';
}

export function SliceView(props: SliceViewProps) {
  const { id, source, image, overlay, before, hasColourBar, compared, compareMode } = props;
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

  const placement: Placement | null = useMemo(
    () =>
      size === null || width === 0 || height === 0
        ? null
        : placeSlice(size, volume?.spacing ?? null, plane, frame, width, height),
    [size, volume?.spacing, plane, frame, width, height],
  );
  const isCut = [...(before?.offset ?? IN_PLACE), ...(compared?.offset ?? IN_PLACE)].some(Boolean);
  const pixelsPerVoxel = placement === null ? 0 : Math.max(placement.scaleX, placement.scaleY);
  // Parts of different place have voxels of level 0 alone in common.
  const level = isCut ? 0 : levelFor(volume, pixelsPerVoxel * globalThis.devicePixelRatio);

  const sliceCount = size?.[plane.normal] ?? 1;
  const index = clampTo(position, sliceCount);
  const slab = useViewer((state) => state.slab);
  // Each view that is there at the same time asks under a name of its own.
  const view = compareMode === 'beside' ? `${id} beside` : id;
  const part = (name: string, whole: VolumeInfo | null, offset: VoxelIndex) =>
    ({
      source,
      view: `${view} ${name}`,
      plane,
      whole,
      offset,
      shown: volume?.levels?.[level] ?? volume?.size ?? null,
      index,
      level,
    }) as const;
  const fetchedGrey = useSlice(source, view, image, plane.normal, index, slab, level);
  const fetchedLabels = usePaintedLabels(source, `${view} labels`, overlay, plane, index, level);
  const [grey, labels] = alike(fetchedGrey, fetchedLabels);
  const old = usePart(
    part('before', comparing ? before.volume : null, before?.offset ?? IN_PLACE),
    slab,
  );
  const ours = usePicture(
    image === null,
    overlay,
    old ?? grey,
    old === null ? labels : null,
    null,
    old === null ? image : null,
    old === null ? props.preview : null,
  );
  const offset = compared?.offset ?? IN_PLACE;
  const otherGrey = usePart(part('other', compared?.image ?? null, offset), slab);
  const otherLabels = usePart(part('other labels', compared?.overlay ?? null, offset), null);
  const theirs = usePicture(
    compared?.image === null,
    compared?.overlay ?? null,
    otherGrey,
    otherLabels,
    props.comparedWindow,
    compared?.image ?? null,
  );
  const difference = useDifference(
    compareMode === 'difference' ? grey : null,
    compareMode === 'difference' ? otherGrey : null,
  );
  const picture = compareMode === 'beside' ? theirs : (difference ?? ours);
  const share = useViewer((state) => state.swipe);
  const curtain = useMemo(
    () => (compareMode === 'swipe' ? { picture: theirs, share } : null),
    [compareMode, theirs, share],
  );

  useEffect(() => {
    const target = canvas.current;
    if (target === null) return;
    const voxels = [size?.[plane.across] ?? 0, size?.[plane.down] ?? 0] as const;
    const draw = (): void => {
      drawPicture(target, picture, curtain, placement, width, height, voxels);
    };
    draw();
    target.addEventListener('contextrestored', draw);
    return () => target.removeEventListener('contextrestored', draw);
  }, [picture, curtain, placement, width, height, size, plane]);
  useDraftPainting({
    canvas,
    picture: ours,
    labels,
    overlay,
    plane,
    index,
    placement,
    isShown: picture === ours && compareMode === 'off' && old === null,
  });

  const gestures = useSliceGestures({ id, plane, stage, size, index, placement, width, height });
  const shownName = props.isPreviewed ? 'Preview, not run' : 'Shown';
  const normalName = AXIS_NAMES[plane.normal];
  return (
    <div className={styles['pane']} data-view={id}>
      <div
        ref={stage}
        className={styles['stage']}
        role="application"
        aria-roledescription="slice view"
        aria-label={`${compareMode === 'beside' ? `${compared?.title}: ` : ''}${plane.title}, slice ${index} of 0 to ${sliceCount - 1}. Arrow keys move the crosshair, Page Up and Page Down change the slice.`}
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
        {placement !== null && overlay !== null && (
          <PaintLayer
            id={id}
            plane={plane}
            index={index}
            placement={placement}
            spacing={overlay.spacing}
            width={width}
            height={height}
          />
        )}
        {image !== null && hasColourBar && (
          <GreyColourBar
            image={image}
            isDifference={difference !== null}
            width={width}
            height={height}
          />
        )}
        {image !== null && slab !== null && (
          <SlabNote slab={slab} image={image} plane={plane} index={index} />
        )}
        {comparing && <span className={styles['badge']}>Input</span>}
        {props.isPreviewed && !comparing && compareMode === 'off' && (
          <PreviewBadge isSlab={slab !== null} />
        )}
        {compared !== null && compareMode === 'swipe' && (
          <SwipeDivider width={width} left={compared.title} right={shownName} />
        )}
        {compared !== null && compareMode === 'beside' && (
          <span className={styles['badge']}>{compared.title}</span>
        )}
        {compared !== null && compareMode === 'difference' && (
          <span className={styles['badge']}>
            {shownName} − {compared.title}
          </span>
        )}
      </div>
      <div className={styles['caption']}>
        <ViewTitle view={id} title={plane.title} />
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

interface Part {
  readonly source: SliceSource;
  readonly view: string;
  readonly plane: Plane;
  readonly whole: VolumeInfo | null;
  /** Voxel of `whole` that is the first of `shown`. */
  readonly offset: VoxelIndex;
  /** Size of the shown volume, at the level that is shown. */
  readonly shown: Size3 | null;
  readonly index: number;
  readonly level: number;
}

/** Grey values and labels of one level: for a moment after a zoom they may differ. */
function alike(
  grey: SlicePixels | null,
  labels: SlicePixels | null,
): readonly [SlicePixels | null, SlicePixels | null] {
  const differ = grey !== null && labels !== null && grey.width !== labels.width;
  return differ ? [grey, null] : [grey, labels];
}

/** The slice of another volume where the shown one's slice lies, cut to its size. */
function usePart(
  { source, view, plane, whole, offset, shown, index, level }: Part,
  slab: Slab | null,
): SlicePixels | null {
  const place = index + offset[plane.normal];
  const pixels = useSlice(source, view, whole, plane.normal, place, slab, level);
  const column = offset[plane.across];
  const row = offset[plane.down];
  const width = shown?.[plane.across] ?? 0;
  const height = shown?.[plane.down] ?? 0;
  return useMemo(
    () =>
      pixels === null || column + width > pixels.width || row + height > pixels.height
        ? null
        : subGrid(pixels, column, row, width, height),
    [pixels, column, row, width, height],
  );
}
