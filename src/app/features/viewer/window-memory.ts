/**
 * Which window an image is shown with. Images on the same grey scale share one, so that a raw
 * volume and its filtered copy can be compared; each other scale has its own and gets it back.
 */
import type { VolumeHandle } from '../../../../workers/engine-api.ts';
import type { GreyWindow } from '../../stores/viewer.ts';

/** Spans that share less than this of what they cover together are different grey scales. */
const LEAST_SHARED = 0.4;

interface Scale {
  readonly span: GreyWindow;
  readonly handles: Set<VolumeHandle>;
  window: GreyWindow;
}

/** Shared part of two spans relative to what they cover together, 0 to 1. */
export function sharedShare(a: GreyWindow, b: GreyWindow): number {
  const shared = Math.min(a.high, b.high) - Math.max(a.low, b.low);
  const covered = Math.max(a.high, b.high) - Math.min(a.low, b.low);
  if (covered <= 0) return 1;
  return Math.max(0, shared) / covered;
}

/** Whether two spans can be looked at through one window. */
export function isSameScale(a: GreyWindow, b: GreyWindow): boolean {
  return sharedShare(a, b) >= LEAST_SHARED;
}

export class WindowMemory {
  readonly #scales: Scale[] = [];

  /** The window of an image whose grey values lie mostly in `span`. */
  recall(handle: VolumeHandle, span: GreyWindow): GreyWindow {
    const known = this.#find(handle) ?? this.#scales.find((scale) => isSameScale(scale.span, span));
    if (known !== undefined) {
      known.handles.add(handle);
      return known.window;
    }
    this.#scales.push({ span, window: span, handles: new Set([handle]) });
    return span;
  }

  keep(handle: VolumeHandle, window: GreyWindow): void {
    const scale = this.#find(handle);
    if (scale !== undefined) scale.window = window;
  }

  #find(handle: VolumeHandle): Scale | undefined {
    return this.#scales.find((scale) => scale.handles.has(handle));
  }
}
