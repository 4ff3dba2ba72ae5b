/** Pointer, wheel and keyboard on the 3-D view. */
import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef } from 'react';
import {
  HOME_CAMERA,
  type OrbitCamera,
  panned,
  turned,
  zoomed,
} from '../../rendering/orbit-camera.ts';
import { useViewer } from '../../stores/viewer.ts';

const DEGREES_PER_PIXEL = 0.4;
const KEY_DEGREES = 5;
const ZOOM_STEP = 1.25;

interface Press {
  readonly kind: 'turn' | 'pan' | 'zoom';
  readonly x: number;
  readonly y: number;
  readonly camera: OrbitCamera;
}

function pressKind(event: PointerEvent): Press['kind'] {
  if (event.button === 1 || (event.button === 0 && event.shiftKey)) return 'pan';
  return event.button === 2 ? 'zoom' : 'turn';
}

/** Left drag turns, Shift or middle drag moves, right drag or the wheel zooms. */
export function useOrbitGestures(stage: RefObject<HTMLDivElement | null>, height: number) {
  const press = useRef<Press | null>(null);
  const viewer = useViewer.getState;
  const change = (camera: OrbitCamera): void => viewer().setCamera(camera);

  useEffect(() => {
    const element = stage.current;
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      const { camera, setCamera } = useViewer.getState();
      const notch = event.deltaMode === 0 ? event.deltaY : 40 * event.deltaY;
      setCamera(zoomed(camera, Math.exp(-notch / 600)));
    };
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, [stage]);

  return {
    onPointerDown(event: PointerEvent<HTMLDivElement>): void {
      event.currentTarget.setPointerCapture(event.pointerId);
      event.currentTarget.focus({ preventScroll: true });
      const { camera } = viewer();
      press.current = { kind: pressKind(event), x: event.clientX, y: event.clientY, camera };
    },
    onPointerMove(event: PointerEvent<HTMLDivElement>): void {
      viewer().setActive('3d');
      const start = press.current;
      if (start === null || event.buttons === 0) return;
      const dx = event.clientX - start.x;
      const dy = event.clientY - start.y;
      if (start.kind === 'turn') {
        change(turned(start.camera, -dx * DEGREES_PER_PIXEL, dy * DEGREES_PER_PIXEL));
      } else if (start.kind === 'pan') {
        change(panned(start.camera, dx / Math.max(1, height), dy / Math.max(1, height)));
      } else {
        change(zoomed(start.camera, Math.exp(-dy / 150)));
      }
    },
    onPointerUp(): void {
      press.current = null;
    },
    onPointerCancel(): void {
      press.current = null;
    },
    onFocus: () => viewer().setActive('3d'),
    onDoubleClick: () => viewer().toggleMaximised('3d'),
    onContextMenu: (event: { preventDefault(): void }) => event.preventDefault(),
    onKeyDown(event: KeyboardEvent): void {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const by = KEY_DEGREES * (event.shiftKey ? 6 : 1);
      const { camera } = viewer();
      const cameras: Readonly<Record<string, () => OrbitCamera>> = {
        ArrowLeft: () => turned(camera, by, 0),
        ArrowRight: () => turned(camera, -by, 0),
        ArrowUp: () => turned(camera, 0, -by),
        ArrowDown: () => turned(camera, 0, by),
        '+': () => zoomed(camera, ZOOM_STEP),
        '=': () => zoomed(camera, ZOOM_STEP),
        '-': () => zoomed(camera, 1 / ZOOM_STEP),
        '0': () => ({ ...HOME_CAMERA, parallel: camera.parallel }),
      };
      const next = cameras[event.key];
      if (next === undefined) return;
      event.preventDefault();
      change(next());
    },
  };
}
