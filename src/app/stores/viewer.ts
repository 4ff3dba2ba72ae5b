/** How volumes are looked at: position, window, colours, layout. Plain data, shared by all views. */
import { create } from 'zustand';
import type { ColourMapId } from '../rendering/colour-maps.ts';
import { FITTED, type ViewFrame } from '../rendering/slice-geometry.ts';

export type ViewId = 'xy' | 'xz' | 'yz' | '3d';
export type VoxelIndex = readonly [x: number, y: number, z: number];

export interface GreyWindow {
  readonly low: number;
  readonly high: number;
}

export interface ViewerState {
  /** Voxel that all three slices pass through. */
  readonly crosshair: VoxelIndex;
  readonly crosshairShown: boolean;
  /** null until a volume's histogram is known. */
  readonly window: GreyWindow | null;
  readonly colourMap: ColourMapId;
  readonly frames: Readonly<Record<'xy' | 'xz' | 'yz', ViewFrame>>;
  readonly maximised: ViewId | null;
  readonly overlayOpacity: number;
  readonly overlayStyle: 'fill' | 'outline';
  readonly hiddenLabels: readonly number[];
  readonly showVolume: boolean;
  /** Voxel under the pointer; null outside all slices. */
  readonly probe: VoxelIndex | null;
}

interface ViewerActions {
  setCrosshair(crosshair: VoxelIndex): void;
  toggleCrosshair(): void;
  setWindow(window: GreyWindow | null): void;
  setColourMap(colourMap: ColourMapId): void;
  setFrame(view: 'xy' | 'xz' | 'yz', frame: ViewFrame): void;
  fitAll(): void;
  toggleMaximised(view: ViewId): void;
  setOverlayOpacity(opacity: number): void;
  setOverlayStyle(style: 'fill' | 'outline'): void;
  toggleLabel(label: number): void;
  setShowVolume(shown: boolean): void;
  setProbe(probe: VoxelIndex | null): void;
}

const SHOW_VOLUME_KEY = 'tauscope.show-volume';

function readShowVolume(): boolean {
  try {
    return globalThis.localStorage?.getItem(SHOW_VOLUME_KEY) !== 'no';
  } catch {
    // Storage is blocked in some private windows; the default is as good.
    return true;
  }
}

const FITTED_FRAMES = { xy: FITTED, xz: FITTED, yz: FITTED } as const;

export const useViewer = create<ViewerState & ViewerActions>()((set) => ({
  crosshair: [0, 0, 0],
  crosshairShown: true,
  window: null,
  colourMap: 'grey',
  frames: FITTED_FRAMES,
  maximised: null,
  overlayOpacity: 0.45,
  overlayStyle: 'fill',
  hiddenLabels: [],
  showVolume: readShowVolume(),
  probe: null,

  setCrosshair: (crosshair) => set({ crosshair }),
  toggleCrosshair: () => set((state) => ({ crosshairShown: !state.crosshairShown })),
  setWindow: (window) => set({ window }),
  setColourMap: (colourMap) => set({ colourMap }),
  setFrame: (view, frame) => set((state) => ({ frames: { ...state.frames, [view]: frame } })),
  fitAll: () => set({ frames: FITTED_FRAMES }),
  toggleMaximised: (view) =>
    set((state) => ({ maximised: state.maximised === view ? null : view })),
  setOverlayOpacity: (overlayOpacity) => set({ overlayOpacity }),
  setOverlayStyle: (overlayStyle) => set({ overlayStyle }),
  toggleLabel: (label) =>
    set(({ hiddenLabels }) => ({
      hiddenLabels: hiddenLabels.includes(label)
        ? hiddenLabels.filter((each) => each !== label)
        : [...hiddenLabels, label],
    })),
  setShowVolume: (showVolume) => {
    try {
      globalThis.localStorage?.setItem(SHOW_VOLUME_KEY, showVolume ? 'yes' : 'no');
    } catch {
      // Not remembered, but done.
    }
    set({ showVolume });
  },
  setProbe: (probe) => set({ probe }),
}));
