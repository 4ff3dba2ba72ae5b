/**
 * Slices from the worker: a small cache, one request under way for each view, the latest wish wins.
 * While a slice is on its way the view keeps what it shows.
 */
import type { SlicePixels, SliceRequest, VolumeHandle } from '../../../../workers/engine-api.ts';
import type { Vector3 } from '../../../volume/volume.ts';
import type { EngineClient } from '../../engine-client.ts';

/** The slices used longest ago go first when the cache holds more. */
const MAX_BYTES = 192 * 2 ** 20;

type Answer = (pixels: SlicePixels) => void;

function keyText({ handle, axis, index, slab, level = 0 }: SliceRequest): string {
  const kind = slab === undefined ? '' : `/${slab.projection} of ${slab.thickness}`;
  return `${handle}/${axis}/${index}/${level}${kind}`;
}

export class SliceSource {
  readonly #client: Pick<EngineClient, 'slice' | 'profile'>;
  readonly #maxBytes: number;
  readonly #cache = new Map<string, SlicePixels>();
  #bytes = 0;
  /** Per view: whether something is being fetched, and how what is wanted next is. */
  readonly #busy = new Set<string>();
  readonly #wanted = new Map<string, () => Promise<void>>();

  constructor(client: Pick<EngineClient, 'slice' | 'profile'>, maxBytes = MAX_BYTES) {
    this.#client = client;
    this.#maxBytes = maxBytes;
  }

  /** Fetches a slice for a view, then calls `done`; an older wish of the same view is dropped. */
  want(view: string, key: SliceRequest, done: Answer): void {
    const known = this.#recall(key);
    if (known !== undefined) {
      this.#wanted.delete(view);
      done(known);
      return;
    }
    this.#next(view, async () => {
      let pixels = this.#recall(key);
      if (pixels === undefined) {
        pixels = await this.#client.slice(key);
        this.#keep(key, pixels);
      }
      done(pixels);
    });
  }

  /** As `want`, one voxel's value alone; for a volume whose slices are too large to look one up in. */
  wantValue(view: string, handle: VolumeHandle, at: Vector3, done: (value: number) => void): void {
    this.#next(view, async () => {
      const [value] = await this.#client.profile(handle, at, at);
      if (value !== undefined) done(value);
    });
  }

  #next(view: string, fetch: () => Promise<void>): void {
    this.#wanted.set(view, fetch);
    if (!this.#busy.has(view)) void this.#serve(view);
  }

  async #serve(view: string): Promise<void> {
    this.#busy.add(view);
    for (;;) {
      const fetch = this.#wanted.get(view);
      if (fetch === undefined) break;
      this.#wanted.delete(view);
      try {
        await fetch();
      } catch {
        // The volume was released or the worker replaced; whoever did that sends a new handle.
      }
    }
    this.#busy.delete(view);
  }

  #recall(key: SliceRequest): SlicePixels | undefined {
    const text = keyText(key);
    const pixels = this.#cache.get(text);
    if (pixels !== undefined) {
      // To the young end of the map's order.
      this.#cache.delete(text);
      this.#cache.set(text, pixels);
    }
    return pixels;
  }

  #keep(key: SliceRequest, pixels: SlicePixels): void {
    const text = keyText(key);
    if (this.#cache.has(text)) return;
    this.#cache.set(text, pixels);
    this.#bytes += pixels.data.byteLength;
    for (const [oldest, { data }] of this.#cache) {
      if (this.#bytes <= this.#maxBytes || oldest === text) break;
      this.#cache.delete(oldest);
      this.#bytes -= data.byteLength;
    }
  }
}
