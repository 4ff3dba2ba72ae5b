/** Turns the 3-D view by itself, until anybody does anything. */
import { useEffect } from 'react';
import { turned } from '../../rendering/orbit-camera.ts';
import { useViewer } from '../../stores/viewer.ts';

const DEGREES_PER_SECOND = 24;

const INPUTS = ['pointerdown', 'wheel', 'keydown'] as const;

export function useOrbit(): void {
  const orbiting = useViewer((state) => state.orbiting);
  useEffect(() => {
    if (!orbiting) return;
    const { setOrbiting } = useViewer.getState();
    let last: number | null = null;
    let frame = 0;
    const step = (now: number): void => {
      const { camera, setCamera } = useViewer.getState();
      if (last !== null) setCamera(turned(camera, ((now - last) / 1000) * DEGREES_PER_SECOND, 0));
      last = now;
      frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    const stop = (event: Event): void => {
      // A press of the switch itself would switch it on again.
      const isOnSwitch = event.target instanceof Element && event.target.closest('[data-orbit]');
      const isPress = !(event instanceof KeyboardEvent) || ['Enter', ' '].includes(event.key);
      if (isPress && isOnSwitch !== false && isOnSwitch !== null) return;
      setOrbiting(false);
    };
    for (const input of INPUTS) globalThis.addEventListener(input, stop, { capture: true });
    return () => {
      cancelAnimationFrame(frame);
      for (const input of INPUTS) globalThis.removeEventListener(input, stop, { capture: true });
    };
  }, [orbiting]);
}
