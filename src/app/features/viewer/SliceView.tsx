/** One slice through the volume with crosshair, scale bar and read-out. */
import {
  type KeyboardEvent,
  type PointerEvent as ReactPointerEvent,
  useEffect,
  useMemo,
  useRef,
} from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import { parseColour } from '../../rendering/colour-maps.ts';
import { composeSlice, type LabelLook } from '../../rendering/compose-slice.ts';
import {
  AXIS_NAMES,
  type Axis,
  type Placement,
  PLANES,
  type Plane,
  placeSlice,
  scaleBar,
  voxelAt,
  zoomAbout,
} from '../../rendering/slice-geometry.ts';
import { useViewer, type VoxelIndex } from '../../stores/viewer.ts';
import type { SliceSource } from './slice-source.ts';
import { useSize } from '../../components/use-size.ts';
import { useSlice } from './use-slice.ts';
import styles from './viewer.module.css';

export type SliceViewId = 'xy' | 'xz' | 'yz';

const PLANE_OF: Record<SliceViewId, Plane> = { yz: PLANES[0], xz: PLANES[1], xy: PLANES[2] };
/** Colours of the planes' lines in the other views. */
export const PLANE_COLOURS: Record<SliceViewId, string> = {
  xy: '#4cc3ff',
  xz: '#8ee071',
  yz: '#ffb454',
};
const VIEW_OF_AXIS: readonly [SliceViewId, SliceViewId, SliceViewId] = ['yz', 'xz', 'xy'];
const SCALE_BAR_MAX = 110;
const NO_WINDOW = { low: 0, high: 1 };

interface SliceViewProps {
  readonly id: SliceViewId;
  readonly source: SliceSource;
  readonly image: VolumeInfo | null;
  readonly overlay: VolumeInfo | null;
}

function withAxis(index: VoxelIndex, axis: Axis, value: number): VoxelIndex {
  return index.with(axis, value) as unknown as VoxelIndex;
}

function clampTo(value: number, size: number): number {
  return Math.max(0, Math.min(size - 1, value));
}

export function SliceView({ id, source, image, overlay }: SliceViewProps) {
  const plane = PLANE_OF[id];
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useSize(stage);
  const volume = image ?? overlay;
  const size = volume?.size ?? null;
  const crosshair = useViewer((state) => state.crosshair);
  const crosshairShown = useViewer((state) => state.crosshairShown);
  const frame = useViewer((state) => state.frames[id]);
  const window = useViewer((state) => state.window) ?? NO_WINDOW;
  const colourMap = useViewer((state) => state.colourMap);
  const opacity = useViewer((state) => state.overlayOpacity);
  const style = useViewer((state) => state.overlayStyle);
  const hidden = useViewer((state) => state.hiddenLabels);
  const { setCrosshair, setFrame, setProbe, toggleMaximised, setWindow } = useViewer.getState();

  const index = size === null ? 0 : clampTo(crosshair[plane.normal], size[plane.normal]);
  const grey = useSlice(source, id, image, plane.normal, index);
  const labels = useSlice(source, `${id} labels`, overlay, plane.normal, index);

  const look = useMemo<LabelLook>(() => {
    const shown = (overlay?.phases ?? []).filter((phase) => !hidden.includes(phase.label));
    return {
      colours: new Map(shown.map((phase) => [phase.label, parseColour(phase.colour)])),
      opacity: image === null ? 1 : opacity,
      style,
    };
  }, [overlay, hidden, opacity, style, image]);

  const placement: Placement | null = useMemo(
    () =>
      size === null || width === 0
        ? null
        : placeSlice(size, volume?.spacing ?? null, plane, frame, width, height),
    [size, volume?.spacing, plane, frame, width, height],
  );

  const picture = useMemo(() => {
    const grid = grey ?? labels;
    if (grid === null) return null;
    const rgba = composeSlice(grey, { ...window, colourMap }, labels, look);
    return new ImageData(rgba, grid.width, grid.height);
  }, [grey, labels, window, colourMap, look]);

  useEffect(() => {
    const target = canvas.current;
    const context = target?.getContext('2d');
    if (target === null || context === null || context === undefined) return;
    const ratio = globalThis.devicePixelRatio;
    target.width = Math.max(1, Math.round(width * ratio));
    target.height = Math.max(1, Math.round(height * ratio));
    if (picture === null || placement === null) return;
    const voxels = new OffscreenCanvas(picture.width, picture.height);
    voxels.getContext('2d')?.putImageData(picture, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    // Enlarged voxels stay squares with their own value; only a reduced picture is smoothed.
    context.imageSmoothingEnabled = placement.scaleX < 1;
    context.imageSmoothingQuality = 'high';
    context.drawImage(
      voxels,
      placement.left,
      placement.top,
      picture.width * placement.scaleX,
      picture.height * placement.scaleY,
    );
  }, [picture, placement, width, height]);

  const step = (by: number): void => {
    if (size === null) return;
    setCrosshair(withAxis(crosshair, plane.normal, clampTo(index + by, size[plane.normal])));
  };

  // React listens to wheel events passively; scrolling slices must keep the page still.
  const onWheel = useRef<(event: WheelEvent) => void>(() => undefined);
  onWheel.current = (event) => {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) {
      const box = stage.current?.getBoundingClientRect();
      const factor = Math.exp(-event.deltaY / 300);
      setFrame(
        id,
        zoomAbout(
          frame,
          factor,
          event.clientX - (box?.left ?? 0),
          event.clientY - (box?.top ?? 0),
          width,
          height,
        ),
      );
    } else {
      step(event.deltaY > 0 ? 1 : -1);
    }
  };
  useEffect(() => {
    const element = stage.current;
    const listener = (event: WheelEvent): void => onWheel.current(event);
    element?.addEventListener('wheel', listener, { passive: false });
    return () => element?.removeEventListener('wheel', listener);
  }, []);

  const indexAt = (event: { clientX: number; clientY: number }, clip: boolean) => {
    const box = stage.current?.getBoundingClientRect();
    if (box === undefined || placement === null || size === null) return null;
    const [column, row] = voxelAt(placement, event.clientX - box.left, event.clientY - box.top);
    const columns = size[plane.across];
    const rows = size[plane.down];
    const isInside = column >= 0 && row >= 0 && column < columns && row < rows;
    if (!isInside && !clip) return null;
    const at = withAxis(crosshair, plane.across, clampTo(column, columns));
    return withAxis(withAxis(at, plane.down, clampTo(row, rows)), plane.normal, index);
  };

  const startDrag = (event: ReactPointerEvent<HTMLDivElement>): void => {
    if (size === null) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    event.currentTarget.focus({ preventScroll: true });
    if (event.button === 0 && !event.shiftKey) {
      const at = indexAt(event, false);
      if (at !== null) setCrosshair(at);
    }
  };

  const drag = (event: ReactPointerEvent<HTMLDivElement>): void => {
    setProbe(indexAt(event, false));
    if (event.buttons === 0) return;
    const isPan = (event.buttons & 4) !== 0 || ((event.buttons & 1) !== 0 && event.shiftKey);
    if (isPan) {
      setFrame(id, {
        ...frame,
        panX: frame.panX + event.movementX,
        panY: frame.panY + event.movementY,
      });
    } else if ((event.buttons & 2) !== 0) {
      // Right drag: across changes the width, up brightens, as in every radiology viewer.
      const span = Math.max(window.high - window.low, Number.EPSILON);
      const grow = Math.exp(event.movementX / 200);
      const centre = (window.low + window.high) / 2 + (span * event.movementY) / 300;
      setWindow({ low: centre - (span * grow) / 2, high: centre + (span * grow) / 2 });
    } else if ((event.buttons & 1) !== 0) {
      const at = indexAt(event, true);
      if (at !== null) setCrosshair(at);
    }
  };

  const onKey = (event: KeyboardEvent): void => {
    if (size === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const reach = event.shiftKey ? 10 : 1;
    const move = (axis: Axis, by: number): void =>
      setCrosshair(withAxis(crosshair, axis, clampTo(crosshair[axis] + by, size[axis])));
    switch (event.key) {
      case 'ArrowLeft':
        move(plane.across, -reach);
        break;
      case 'ArrowRight':
        move(plane.across, reach);
        break;
      case 'ArrowUp':
        move(plane.down, -reach);
        break;
      case 'ArrowDown':
        move(plane.down, reach);
        break;
      case 'PageUp':
        step(-reach);
        break;
      case 'PageDown':
        step(reach);
        break;
      case 'm':
        toggleMaximised(id);
        break;
      case 'f':
        useViewer.getState().fitAll();
        break;
      case '+':
        setFrame(id, zoomAbout(frame, 1.25, width / 2, height / 2, width, height));
        break;
      case '-':
        setFrame(id, zoomAbout(frame, 0.8, width / 2, height / 2, width, height));
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  const sliceCount = size?.[plane.normal] ?? 1;
  const normalName = AXIS_NAMES[plane.normal];
  return (
    <div className={styles['pane']} data-view={id}>
      <div
        ref={stage}
        className={styles['stage']}
        role="application"
        aria-label={`${plane.title} slice ${index + 1} of ${sliceCount}. Arrow keys move the crosshair, Page Up and Page Down change the slice.`}
        tabIndex={0}
        onPointerDown={startDrag}
        onPointerMove={drag}
        onPointerLeave={() => setProbe(null)}
        onDoubleClick={() => toggleMaximised(id)}
        onContextMenu={(event) => event.preventDefault()}
        onKeyDown={onKey}
      >
        <canvas ref={canvas} className={styles['canvas']} aria-hidden="true" />
        {placement !== null && size !== null && (
          <SliceOverlay
            plane={plane}
            placement={placement}
            crosshair={crosshair}
            crosshairShown={crosshairShown}
            volume={volume}
            width={width}
            height={height}
          />
        )}
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
          disabled={size === null}
          aria-label={`${normalName} position of the ${plane.title} slice`}
          onChange={(event) =>
            setCrosshair(withAxis(crosshair, plane.normal, Number(event.currentTarget.value)))
          }
        />
        <span className={styles['count']}>
          {normalName} {index} / {sliceCount - 1}
        </span>
      </div>
    </div>
  );
}

function SliceOverlay(props: {
  readonly plane: Plane;
  readonly placement: Placement;
  readonly crosshair: VoxelIndex;
  readonly crosshairShown: boolean;
  readonly volume: VolumeInfo | null;
  readonly width: number;
  readonly height: number;
}) {
  const { plane, placement, crosshair, crosshairShown, volume, width, height } = props;
  const x = placement.left + (crosshair[plane.across] + 0.5) * placement.scaleX;
  const y = placement.top + (crosshair[plane.down] + 0.5) * placement.scaleY;
  const bar = scaleBar(
    placement,
    volume?.spacing ?? null,
    plane,
    Math.min(SCALE_BAR_MAX, width / 3),
  );
  const across = AXIS_NAMES[plane.across];
  const down = AXIS_NAMES[plane.down];
  return (
    <svg className={styles['overlay']} width={width} height={height} aria-hidden="true">
      {crosshairShown && (
        <>
          <line
            x1={x}
            x2={x}
            y1={0}
            y2={height}
            stroke={PLANE_COLOURS[VIEW_OF_AXIS[plane.across]]}
          />
          <line x1={0} x2={width} y1={y} y2={y} stroke={PLANE_COLOURS[VIEW_OF_AXIS[plane.down]]} />
        </>
      )}
      <g className={styles['axes']} transform="translate(10 12)">
        <path d="M0 0H22M18 -3.5L22 0L18 3.5M0 0V22M-3.5 18L0 22L3.5 18" />
        <text x={26} y={4}>
          {across}
        </text>
        <text x={-3} y={35}>
          {down}
        </text>
      </g>
      <g
        className={styles['scale']}
        transform={`translate(${width - 14 - bar.pixels} ${height - 14})`}
      >
        <rect x={0} y={-4} width={bar.pixels} height={4} />
        <text x={bar.pixels / 2} y={-9} textAnchor="middle">
          {bar.text}
        </text>
      </g>
    </svg>
  );
}
