/** Pointer, wheel and keyboard on a slice. */
import {
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type RefObject,
  useEffect,
  useRef,
} from 'react';
import type { Size3 } from '../../../volume/volume.ts';
import {
  type Axis,
  FITTED,
  type Placement,
  type Plane,
  type ViewFrame,
  voxelAt,
  zoomAbout,
} from '../../rendering/slice-geometry.ts';
import { useCorrect } from '../../stores/correct.ts';
import { useMeasures } from '../../stores/measures.ts';
import {
  type GreyWindow,
  type SliceViewId,
  useViewer,
  type VoxelIndex,
} from '../../stores/viewer.ts';
import { useWorkspace } from '../../workbench-context.tsx';
import { paintGestures } from './paint-gestures.ts';

interface SliceGestureOptions {
  readonly id: SliceViewId;
  readonly plane: Plane;
  readonly stage: RefObject<HTMLDivElement | null>;
  readonly size: Size3 | null;
  readonly index: number;
  readonly placement: Placement | null;
  readonly width: number;
  readonly height: number;
}

/** What a press began with, so that a drag never adds up rounding. */
interface Press {
  readonly kind: 'crosshair' | 'pan' | 'window' | 'measure' | 'paint';
  readonly x: number;
  readonly y: number;
  readonly frame: ViewFrame;
  readonly window: GreyWindow;
}

/** Wheel travel in pixels for one slice; a notch of a mouse wheel is always one. */
const WHEEL_PER_SLICE = 40;
const ZOOM_STEP = 1.25;
/** Pixels from which a press is a drag. */
const DRAG_FROM = 4;

export function withAxis(index: VoxelIndex, axis: Axis, value: number): VoxelIndex {
  return index.with(axis, value) as unknown as VoxelIndex;
}

export function clampTo(value: number, size: number): number {
  return Math.max(0, Math.min(size - 1, value));
}

/**
 * Right or Ctrl drag: across changes the width, upwards brightens, as in radiology. A view's width doubles
 * or halves the window about twice.
 */
function draggedWindow({ low, high }: GreyWindow, dx: number, dy: number): GreyWindow {
  const span = Math.max(high - low, Number.MIN_VALUE);
  const half = (span * Math.exp(dx / 200)) / 2;
  const centre = (low + high) / 2 + (span * dy) / 300;
  return { low: centre - half, high: centre + half };
}

function pressKind(event: PointerEvent): Press['kind'] {
  if (event.button === 1 || (event.button === 0 && event.shiftKey)) return 'pan';
  // With a tool in hand the plain left button measures or paints.
  const measures = useMeasures.getState().tool === null ? 'crosshair' : 'measure';
  const plain = useCorrect.getState().tool === null ? measures : 'paint';
  const isWindow = event.button === 2 || (event.button === 0 && (event.ctrlKey || event.metaKey));
  return isWindow ? 'window' : plain;
}

export function useSliceGestures(options: SliceGestureOptions) {
  const { id, plane, stage, size, index, placement, width, height } = options;
  const press = useRef<Press | null>(null);
  const measures = useMeasures.getState;
  const travel = useRef(0);
  const viewer = useViewer.getState;
  const painting = paintGestures(useWorkspace(), id, plane.normal);

  const step = (by: number): void => {
    if (size === null) return;
    const at = clampTo(index + by, size[plane.normal]);
    const { crosshair, probe, setCrosshair, setProbe } = viewer();
    setCrosshair(withAxis(crosshair, plane.normal, at));
    // The slice moves under a pointer that rests.
    if (probe !== null) setProbe(withAxis(probe, plane.normal, at));
  };

  const zoom = (factor: number, x: number, y: number): void =>
    viewer().setFrame(id, zoomAbout(viewer().frames[id], factor, x, y, width, height));

  const indexAt = (event: { clientX: number; clientY: number }, clip: boolean) => {
    const box = stage.current?.getBoundingClientRect();
    if (box === undefined || placement === null || size === null) return null;
    const [column, row] = voxelAt(placement, event.clientX - box.left, event.clientY - box.top);
    const columns = size[plane.across];
    const rows = size[plane.down];
    const isInside = column >= 0 && row >= 0 && column < columns && row < rows;
    if (!isInside && !clip) return null;
    const across = withAxis(viewer().crosshair, plane.across, clampTo(column, columns));
    const both = withAxis(across, plane.down, clampTo(row, rows));
    return withAxis(both, plane.normal, index);
  };

  const placePoint = (at: VoxelIndex | null): void => {
    if (at !== null && size !== null) measures().place(id, at, size);
  };

  /** The draft stays in its own slice. */
  const stretchDraft = (at: VoxelIndex | null): void => {
    const { draft, stretch } = measures();
    if (at === null || draft === null || draft.view !== id) return;
    stretch(withAxis(at, plane.normal, draft.from[plane.normal]));
  };

  const clampedCrosshair = (): VoxelIndex =>
    viewer().crosshair.map((at, axis) => clampTo(at, size?.[axis] ?? 1)) as unknown as VoxelIndex;

  // React listens to wheel events passively; scrolling slices must keep the page still.
  const onWheel = useRef<(event: WheelEvent) => void>(() => undefined);
  onWheel.current = (event) => {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) {
      const box = stage.current?.getBoundingClientRect();
      const at = [event.clientX - (box?.left ?? 0), event.clientY - (box?.top ?? 0)] as const;
      zoom(Math.exp(-event.deltaY / 300), ...at);
      return;
    }
    // Browsers turn Shift and the wheel into a sideways scroll.
    const delta = event.deltaY === 0 ? event.deltaX : event.deltaY;
    const reach = event.shiftKey ? 10 : 1;
    if (event.deltaMode !== 0 || Math.abs(delta) >= 50) {
      travel.current = 0;
      step(Math.sign(delta) * reach);
      return;
    }
    travel.current += delta;
    const slices = Math.trunc(travel.current / WHEEL_PER_SLICE);
    travel.current -= slices * WHEEL_PER_SLICE;
    if (slices !== 0) step(slices * reach);
  };
  useEffect(() => {
    const element = stage.current;
    const listener = (event: WheelEvent): void => onWheel.current(event);
    element?.addEventListener('wheel', listener, { passive: false });
    return () => element?.removeEventListener('wheel', listener);
  }, [stage]);

  return {
    onPointerDown(event: PointerEvent<HTMLDivElement>): void {
      if (size === null) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      event.currentTarget.focus({ preventScroll: true });
      const { frames, window, setCrosshair } = viewer();
      press.current = {
        kind: pressKind(event),
        x: event.clientX,
        y: event.clientY,
        frame: frames[id],
        window: window ?? { low: 0, high: 1 },
      };
      const at = press.current.kind === 'crosshair' ? indexAt(event, false) : null;
      if (at !== null) setCrosshair(at);
      if (press.current.kind === 'measure') placePoint(indexAt(event, true));
      if (press.current.kind === 'paint') painting.press(indexAt(event, false));
    },
    onPointerMove(event: PointerEvent<HTMLDivElement>): void {
      const { setProbe, setFrame, setWindow, setCrosshair, setActive } = viewer();
      setActive(id);
      setProbe(indexAt(event, false));
      const start = press.current;
      if (start === null || start.kind === 'measure') stretchDraft(indexAt(event, true));
      if (start === null || event.buttons === 0) return;
      if (start.kind === 'paint') {
        const passed = event.nativeEvent.getCoalescedEvents?.() ?? [];
        for (const each of [...passed, event]) painting.move(indexAt(each, true));
        return;
      }
      const dx = event.clientX - start.x;
      const dy = event.clientY - start.y;
      if (start.kind === 'pan') {
        const { zoom: kept, panX, panY } = start.frame;
        setFrame(id, { zoom: kept, panX: panX + dx, panY: panY + dy });
      } else if (start.kind === 'window') {
        setWindow(draggedWindow(start.window, dx, dy));
      } else if (start.kind === 'crosshair') {
        const at = indexAt(event, true);
        if (at !== null) setCrosshair(at);
      }
    },
    onPointerUp(event: PointerEvent<HTMLDivElement>): void {
      const start = press.current;
      press.current = null;
      if (start?.kind === 'paint') painting.release();
      if (start?.kind !== 'measure' || measures().draft === null) return;
      // A drag sets both points, a click one.
      const travelled = Math.hypot(event.clientX - start.x, event.clientY - start.y);
      if (travelled > DRAG_FROM) placePoint(indexAt(event, true));
    },
    onPointerCancel(): void {
      if (press.current?.kind === 'paint') useCorrect.getState().escape();
      press.current = null;
    },
    onPointerLeave(): void {
      viewer().setProbe(null);
    },
    onMouseDown(event: MouseEvent): void {
      // The middle button would start the browser's own scrolling.
      if (event.button === 1) event.preventDefault();
    },
    onFocus: () => viewer().setActive(id),
    onDoubleClick: () => {
      if (measures().tool === null && useCorrect.getState().tool === null)
        viewer().toggleMaximised(id);
    },
    onContextMenu: (event: MouseEvent) => event.preventDefault(),
    onKeyDown(event: KeyboardEvent): void {
      if (size === null || event.ctrlKey || event.metaKey || event.altKey) return;
      const reach = event.shiftKey ? 10 : 1;
      const move = (axis: Axis, by: number): void => {
        const { crosshair, setCrosshair } = viewer();
        const at = withAxis(crosshair, axis, clampTo(crosshair[axis] + by, size[axis]));
        setCrosshair(at);
        stretchDraft(withAxis(at, plane.normal, index));
      };
      const removeSelected = (): void => {
        const { selected, remove } = measures();
        if (selected !== null) remove(selected);
      };
      const last = size[plane.normal];
      const actions: Readonly<Record<string, () => void>> = {
        ArrowLeft: () => move(plane.across, -reach),
        ArrowRight: () => move(plane.across, reach),
        ArrowUp: () => move(plane.down, -reach),
        ArrowDown: () => move(plane.down, reach),
        PageUp: () => step(-reach),
        PageDown: () => step(reach),
        Home: () => step(-last),
        End: () => step(last),
        '+': () => zoom(ZOOM_STEP, width / 2, height / 2),
        '=': () => zoom(ZOOM_STEP, width / 2, height / 2),
        '-': () => zoom(1 / ZOOM_STEP, width / 2, height / 2),
        '0': () => viewer().setFrame(id, FITTED),
        Delete: removeSelected,
        Backspace: removeSelected,
      };
      if (painting.key(event, withAxis(clampedCrosshair(), plane.normal, index))) {
        event.preventDefault();
        return;
      }
      if (event.key === 'Enter' && measures().tool !== null) {
        event.preventDefault();
        placePoint(withAxis(clampedCrosshair(), plane.normal, index));
        return;
      }
      // Escape cancels a running job where there is nothing to take back here.
      if (event.key === 'Escape' && measures().escape()) event.preventDefault();
      const action = actions[event.key];
      if (action === undefined) return;
      event.preventDefault();
      action();
    },
  };
}
