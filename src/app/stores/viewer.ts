/** How volumes are looked at: position, window, colours, layout. Plain data, shared by all views. */
import { create } from 'zustand';
import { type Display3d, FIRST_DISPLAY_3D } from './display-3d.ts';
import type { ColourMapId } from '../rendering/colour-maps.ts';
import { HOME_CAMERA, type OrbitCamera } from '../rendering/orbit-camera.ts';
import { FITTED, type ViewFrame } from '../rendering/slice-geometry.ts';
import type { Projection, Slab } from '../../volume/slab.ts';
import type { Size3 } from '../../volume/volume.ts';
import type { ValueScale } from '../../volume/value-scale.ts';

export type SliceViewId = 'xy' | 'xz' | 'yz';
export type ViewId = SliceViewId | '3d';
export type VoxelIndex = readonly [x: number, y: number, z: number];

export interface GreyWindow {
  readonly low: number;
  readonly high: number;
}

/** How the values of an image are spread over the colours: grey values always evenly. */
export function scaleOf(
  image: { readonly quantity?: unknown } | null,
  fieldScale: ValueScale,
): ValueScale {
  return image?.quantity === undefined ? 'linear' : fieldScale;
}

/** Slices of a slab until somebody says how many. */
export const FIRST_THICKNESS = 9;

export const SLAB_CHOICES: readonly {
  readonly projection: Projection | null;
  readonly title: string;
}[] = [
  { projection: null, title: 'Off' },
  { projection: 'mean', title: 'Mean' },
  { projection: 'max', title: 'Max' },
  { projection: 'min', title: 'Min' },
];

export type CompareMode = 'off' | 'swipe' | 'side' | 'difference';

export const COMPARE_MODES: readonly { readonly id: CompareMode; readonly title: string }[] = [
  { id: 'off', title: 'No comparison' },
  { id: 'swipe', title: 'Swipe' },
  { id: 'side', title: 'Side by side' },
  { id: 'difference', title: 'Difference' },
];

export type Content3d = 'phases' | 'surfaces' | 'grey';

export const CONTENTS_3D: readonly { readonly id: Content3d; readonly title: string }[] = [
  { id: 'phases', title: 'Phases' },
  { id: 'surfaces', title: 'Surfaces' },
  { id: 'grey', title: 'Grey' },
];

/** Where one was in a volume, for when one of that size opens again. */
export interface KeptPlace {
  readonly size: Size3;
  readonly crosshair: VoxelIndex;
  readonly frames: Readonly<Record<SliceViewId, ViewFrame>>;
  readonly camera: OrbitCamera;
}

/** A window with the smallest and largest value of the image that it was chosen for. */
export interface KeptWindow extends GreyWindow {
  readonly range: readonly [low: number, high: number];
}

export interface ViewerState {
  /** Of a page that was left, until its volume is open. */
  readonly keptPlace: KeptPlace | null;
  readonly keptWindow: KeptWindow | null;
  /** Voxel that all three slices pass through. */
  readonly crosshair: VoxelIndex;
  readonly crosshairShown: boolean;
  /** null until a volume's histogram is known. */
  readonly window: GreyWindow | null;
  readonly colourMap: ColourMapId;
  /** How the values of fields, as of a flux, are spread over the colours. */
  readonly fieldScale: ValueScale;
  readonly colourBarShown: boolean;
  /** Slices that each slice view shows as one; null for single slices. */
  readonly slab: Slab | null;
  readonly frames: Readonly<Record<SliceViewId, ViewFrame>>;
  readonly maximised: ViewId | null;
  /** The view that was pointed at or focused last: keys that need a view mean this one. */
  readonly active: ViewId;
  readonly overlayShown: boolean;
  readonly overlayOpacity: number;
  readonly overlayStyle: 'fill' | 'outline';
  readonly hiddenLabels: readonly number[];
  /** Whether the voxels in a step's grey intervals are coloured before it runs. */
  readonly previewShown: boolean;
  /** While true the opened volume is shown instead of the result. */
  readonly comparing: boolean;
  /** How another state of the recipe is seen with the shown one. */
  readonly compareMode: CompareMode;
  /** The step of that state; the first there is where this one is not. */
  readonly comparedId: string;
  /** Where the views are divided while swiping: 0 at the left edge, 1 at the right. */
  readonly swipe: number;
  readonly showVolume: boolean;
  readonly camera: OrbitCamera;
  /** Whether the 3-D view is cut open at the crosshair. */
  readonly cut: boolean;
  readonly content3d: Content3d;
  readonly display3d: Display3d;
  /** Whether the 3-D view turns by itself. */
  readonly orbiting: boolean;
  /** Share of a turn that is recorded; null while none is. */
  readonly recording: number | null;
  /** Voxel under the pointer; null outside all slices. */
  readonly probe: VoxelIndex | null;
}

interface ViewerActions {
  setCrosshair(crosshair: VoxelIndex): void;
  toggleCrosshair(): void;
  setWindow(window: GreyWindow | null): void;
  setColourMap(colourMap: ColourMapId): void;
  toggleFieldScale(): void;
  toggleColourBar(): void;
  setSlab(slab: Slab | null): void;
  /** Shows slabs of the thickness before, or single slices for null. */
  setProjection(projection: Projection | null): void;
  setFrame(view: SliceViewId, frame: ViewFrame): void;
  /** Fits all slices and brings the 3-D camera home. */
  fitAll(): void;
  toggleMaximised(view: ViewId): void;
  setActive(view: ViewId): void;
  toggleOverlay(): void;
  setOverlayOpacity(opacity: number): void;
  setOverlayStyle(style: 'fill' | 'outline'): void;
  toggleLabel(label: number): void;
  togglePreview(): void;
  setComparing(comparing: boolean): void;
  setCompareMode(mode: CompareMode): void;
  /** Compares with another state, by swipe where nothing was compared. */
  setComparedId(id: string): void;
  setSwipe(swipe: number): void;
  setShowVolume(shown: boolean): void;
  setCamera(camera: OrbitCamera): void;
  toggleCut(): void;
  setContent3d(content: Content3d): void;
  setDisplay3d(part: Partial<Display3d>): void;
  setOrbiting(orbiting: boolean): void;
  setRecording(recording: number | null): void;
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

function isSame(a: VoxelIndex | null, b: VoxelIndex | null): boolean {
  return a === b || (a !== null && b !== null && a.every((value, axis) => value === b[axis]));
}

export const useViewer = create<ViewerState & ViewerActions>()((set) => ({
  keptPlace: null,
  keptWindow: null,
  crosshair: [0, 0, 0],
  crosshairShown: true,
  window: null,
  colourMap: 'grey',
  fieldScale: 'linear',
  colourBarShown: true,
  slab: null,
  frames: FITTED_FRAMES,
  maximised: null,
  active: 'xy',
  overlayShown: true,
  overlayOpacity: 0.45,
  overlayStyle: 'fill',
  hiddenLabels: [],
  previewShown: true,
  comparing: false,
  compareMode: 'off',
  comparedId: '',
  swipe: 0.5,
  showVolume: readShowVolume(),
  camera: HOME_CAMERA,
  cut: true,
  content3d: 'phases',
  display3d: FIRST_DISPLAY_3D,
  orbiting: false,
  recording: null,
  probe: null,

  setCrosshair: (crosshair) =>
    set((state) => (isSame(state.crosshair, crosshair) ? state : { crosshair })),
  toggleCrosshair: () => set((state) => ({ crosshairShown: !state.crosshairShown })),
  setWindow: (window) => set({ window }),
  setColourMap: (colourMap) => set({ colourMap }),
  toggleFieldScale: () =>
    set(({ fieldScale }) => ({ fieldScale: fieldScale === 'log' ? 'linear' : 'log' })),
  toggleColourBar: () => set((state) => ({ colourBarShown: !state.colourBarShown })),
  setSlab: (slab) => set({ slab }),
  setProjection: (projection) =>
    set(({ slab }) => ({
      slab: projection === null ? null : { thickness: FIRST_THICKNESS, ...slab, projection },
    })),
  setFrame: (view, frame) => set((state) => ({ frames: { ...state.frames, [view]: frame } })),
  fitAll: () =>
    set(({ camera: { parallel } }) => ({
      frames: FITTED_FRAMES,
      camera: { ...HOME_CAMERA, parallel },
    })),
  toggleMaximised: (view) =>
    set((state) => ({ maximised: state.maximised === null ? view : null })),
  setActive: (active) => set((state) => (state.active === active ? state : { active })),
  toggleOverlay: () => set((state) => ({ overlayShown: !state.overlayShown })),
  setOverlayOpacity: (overlayOpacity) => set({ overlayOpacity }),
  setOverlayStyle: (overlayStyle) => set({ overlayStyle }),
  toggleLabel: (label) =>
    set(({ hiddenLabels }) => ({
      hiddenLabels: hiddenLabels.includes(label)
        ? hiddenLabels.filter((each) => each !== label)
        : [...hiddenLabels, label],
    })),
  togglePreview: () => set((state) => ({ previewShown: !state.previewShown })),
  setComparing: (comparing) =>
    set((state) => (state.comparing === comparing ? state : { comparing })),
  setCompareMode: (compareMode) => set({ compareMode }),
  setComparedId: (comparedId) =>
    set(({ compareMode }) => ({
      comparedId,
      compareMode: compareMode === 'off' ? 'swipe' : compareMode,
    })),
  setSwipe: (swipe) => set({ swipe: Math.max(0, Math.min(1, swipe)) }),
  setShowVolume: (showVolume) => {
    try {
      globalThis.localStorage?.setItem(SHOW_VOLUME_KEY, showVolume ? 'yes' : 'no');
    } catch {
      // Not remembered, but done.
    }
    set({ showVolume });
  },
  setCamera: (camera) => set({ camera }),
  toggleCut: () => set((state) => ({ cut: !state.cut })),
  setContent3d: (content3d) => set({ content3d }),
  setDisplay3d: (part) => set(({ display3d }) => ({ display3d: { ...display3d, ...part } })),
  setOrbiting: (orbiting) => set({ orbiting }),
  setRecording: (recording) => set({ recording }),
  setProbe: (probe) => set((state) => (isSame(state.probe, probe) ? state : { probe })),
}));
