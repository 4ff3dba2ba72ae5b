/**
 * Which window an image is shown with. Images on the same grey scale share one, so that a raw
 * volume and its filtered copy can be compared; each other scale has its own and gets it back.
 */
import type { VolumeHandle } from '../../../../workers/engine-api.ts';
import { isSameScale } from '../../stores/grey-scales.ts';
import type { GreyWindow } from '../../stores/viewer.ts';

interface Scale {
  readonly span: GreyWindow;
  readonly handles: Set<VolumeHandle>;
  window: GreyWindow;
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
