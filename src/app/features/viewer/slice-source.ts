/**
 * Slices from the worker: a small cache, one request under way for each view, the latest wish wins.
 * While a slice is on its way the view keeps what it shows.
 */
import type { SlicePixels, VolumeHandle } from '../../../../workers/engine-api.ts';
import type { EngineClient } from '../../engine-client.ts';
import type { Axis } from '../../rendering/slice-geometry.ts';

const MAX_CACHED = 96;

export interface SliceKey {
  readonly handle: VolumeHandle;
  readonly axis: Axis;
  readonly index: number;
}

function keyText({ handle, axis, index }: SliceKey): string {
  return `${handle}/${axis}/${index}`;
}

export class SliceSource {
  readonly #client: Pick<EngineClient, 'slice'>;
  readonly #cache = new Map<string, SlicePixels>();
  /** Per view: what is being fetched and what is wanted next. */
  readonly #busy = new Set<string>();
  readonly #wanted = new Map<string, { readonly key: SliceKey; readonly done: () => void }>();

  constructor(client: Pick<EngineClient, 'slice'>) {
    this.#client = client;
  }

  /** The slice where it is at hand. */
  peek(key: SliceKey): SlicePixels | undefined {
    return this.#cache.get(keyText(key));
  }

  /** Fetches a slice for a view, then calls `done`; an older wish of the same view is dropped. */
  want(view: string, key: SliceKey, done: () => void): void {
    if (this.peek(key) !== undefined) {
      this.#wanted.delete(view);
      done();
      return;
    }
    this.#wanted.set(view, { key, done });
    if (!this.#busy.has(view)) void this.#serve(view);
  }

  async #serve(view: string): Promise<void> {
    this.#busy.add(view);
    for (;;) {
      const wish = this.#wanted.get(view);
      if (wish === undefined) break;
      this.#wanted.delete(view);
      try {
        if (this.peek(wish.key) === undefined) {
          this.#keep(wish.key, await this.#client.slice(wish.key));
        }
        wish.done();
      } catch {
        // The volume was released or the worker replaced; whoever did that sends a new handle.
      }
    }
    this.#busy.delete(view);
  }

  #keep(key: SliceKey, pixels: SlicePixels): void {
    this.#cache.set(keyText(key), pixels);
    const oldest = this.#cache.keys().next();
    if (this.#cache.size > MAX_CACHED && oldest.done !== true) this.#cache.delete(oldest.value);
  }
}
