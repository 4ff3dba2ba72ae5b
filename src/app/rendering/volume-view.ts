/**
 * The page's side of the 3-D view: one canvas and one drawing thread for the whole page. React only
 * moves the element about; a mount that follows an unmount at once finds everything in place.
 */
import { proxy, type Remote, transfer, wrap } from 'comlink';
import { sendErrorsWhole } from '../../errors/over-comlink.ts';
import { UserError } from '../../errors/errors.ts';
import type { OrbitCamera } from './orbit-camera.ts';
import type {
  DrawnFrame,
  RendererEvent,
  VolumeRendererApi,
  VolumeScene,
  PictureSize,
} from './volume-scene.ts';

export type VolumeViewStatus =
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready'; readonly isSoftware: boolean; readonly last: DrawnFrame | null }
  | { readonly kind: 'failed'; readonly message: string };

export interface VolumeView {
  /** Put into the page by whoever shows the view. */
  readonly element: HTMLElement;
  status(): VolumeViewStatus;
  subscribe(listener: () => void): () => void;
  /** Changes parts of the scene; what is the same as before costs nothing. */
  show(part: Partial<VolumeScene>): void;
  /** The scene as a camera sees it, drawn in full: a PNG as large as the view. */
  picture(camera: OrbitCamera, size?: PictureSize): Promise<Blob>;
}

const STARTING: VolumeViewStatus = { kind: 'starting' };
const NO_WEBGL =
  'The 3-D view needs WebGL 2 in a worker, which this browser does not offer; slices and numbers work without it.';
const LOST = 'The 3-D view lost its graphics context; slices and numbers go on without it.';
/** A thread nobody shows any more is ended after this long. */
const IDLE_MS = 4000;

interface SharedView {
  readonly view: VolumeView;
  end(): void;
}

let shared: SharedView | null = null;
let users = 0;
let idle: ReturnType<typeof setTimeout> | null = null;

/** The page's only 3-D view, started when first asked for. Give it back with `releaseVolumeView`. */
export function acquireVolumeView(): VolumeView {
  if (idle !== null) clearTimeout(idle);
  idle = null;
  users += 1;
  shared ??= createVolumeView();
  return shared.view;
}

/** The 3-D view that is there now; null where none is. */
export function currentVolumeView(): VolumeView | null {
  return shared?.view ?? null;
}

export function releaseVolumeView(): void {
  users -= 1;
  if (users > 0) return;
  idle = setTimeout(() => {
    shared?.end();
    shared = null;
  }, IDLE_MS);
}

function canDraw(): boolean {
  return (
    typeof OffscreenCanvas !== 'undefined' &&
    'transferControlToOffscreen' in HTMLCanvasElement.prototype
  );
}

function createVolumeView(): SharedView {
  const element = document.createElement('div');
  element.style.cssText = 'position:absolute;inset:0';
  const listeners = new Set<() => void>();
  let status: VolumeViewStatus = STARTING;
  let worker: Worker | null = null;
  let remote: Remote<VolumeRendererApi> | null = null;
  /** All that was shown, for parts that come before the thread is ready. */
  let scene: Partial<VolumeScene> = {};

  function become(next: VolumeViewStatus): void {
    status = next;
    for (const listener of listeners) listener();
  }

  function fail(message: string): void {
    worker?.terminate();
    worker = null;
    remote = null;
    become({ kind: 'failed', message });
  }

  async function start(): Promise<void> {
    const canvas = document.createElement('canvas');
    canvas.style.cssText = 'position:absolute;inset:0;width:100%;height:100%';
    canvas.setAttribute('aria-hidden', 'true');
    const offscreen = canvas.transferControlToOffscreen();
    const onEvent = (event: RendererEvent): void => {
      if (event.kind === 'lost') {
        fail(LOST);
      } else if (status.kind === 'ready') {
        // Before its first picture a canvas is black.
        if (status.last === null) element.replaceChildren(canvas);
        canvas.dataset['quality'] = event.quality;
        canvas.dataset['milliseconds'] = event.milliseconds.toFixed(1);
        become({ ...status, last: event });
      }
    };
    sendErrorsWhole();
    const thread = new Worker(new URL('./volume-renderer.worker.ts', import.meta.url), {
      type: 'module',
      name: 'tauscope-3d',
    });
    worker = thread;
    thread.addEventListener('error', () => {
      if (worker === thread) fail(LOST);
    });
    const drawing = wrap<VolumeRendererApi>(thread);
    const { isSoftware } = await drawing.start(transfer(offscreen, [offscreen]), proxy(onEvent));
    if (worker !== thread) return;
    remote = drawing;
    become({ kind: 'ready', isSoftware, last: null });
    if (Object.keys(scene).length > 0) void remote.change(scene);
  }

  if (canDraw()) {
    start().catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));
  } else {
    status = { kind: 'failed', message: NO_WEBGL };
  }

  return {
    view: {
      element,
      status: () => status,
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      show(part) {
        scene = { ...scene, ...part };
        void remote?.change(part);
      },
      async picture(camera, size) {
        if (remote === null || status.kind !== 'ready' || status.last === null) {
          throw new UserError('usage', 'The 3-D view is not drawn yet: wait until it is.');
        }
        return remote.picture(camera, size);
      },
    },
    end() {
      worker?.terminate();
      worker = null;
      remote = null;
    },
  };
}

/** Ends a failed view, so that the next `acquireVolumeView` starts another. */
export function forgetVolumeView(): void {
  shared?.end();
  shared = null;
}
