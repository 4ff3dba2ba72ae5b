/** What the 3-D view shows, as plain data: sent from the page to the thread that draws. */
import type { PreviewVolume } from '../../../workers/engine-api.ts';
import type { Phase, Vector3 } from '../../volume/volume.ts';
import type { GreyLookOf3d } from './bake-volume.ts';
import type { ClipPlane } from './clipping.ts';
import type { GradientOpacity } from './gradient-opacity.ts';
import type { OrbitCamera } from './orbit-camera.ts';
import type { OpacityCurve } from './transfer-function.ts';
import type { SurfaceIn3d } from './surface-actors.ts';

export type VolumeLook =
  | {
      /** Volumes of the labels, or the scene's surfaces of them. */
      readonly kind: 'phases' | 'surfaces';
      readonly phases: readonly Phase[];
      readonly hidden: readonly number[];
    }
  | (GreyLookOf3d & {
      readonly kind: 'grey';
      /** null draws all that has a value as solid. */
      readonly opacity: OpacityCurve | null;
      /** Multiplies the opacity by the steepness of the values; null for no such thing. */
      readonly gradient: GradientOpacity | null;
    });

export interface CrosshairIn3d {
  /** Position of the three planes as shares 0 to 1 of the volume's edges. */
  readonly at: Vector3;
  /** Whether the corner before them is taken out. */
  readonly cut: boolean;
}

export interface VolumeScene {
  readonly preview: PreviewVolume;
  readonly look: VolumeLook;
  readonly surfaces: readonly SurfaceIn3d[];
  readonly crosshair: CrosshairIn3d;
  /** What everything in the view is cut by, in world coordinates: the longest edge is 1. */
  readonly clipping: readonly ClipPlane[];
  /** Whether faces that are cut are painted with the slice there. */
  readonly facesShown: boolean;
  readonly camera: OrbitCamera;
  readonly view: {
    /** CSS pixels. */
    readonly width: number;
    readonly height: number;
    readonly devicePixelRatio: number;
  };
}

/** One drawn picture. `coarse` while something moves, `fine` once it rests. */
export interface DrawnFrame {
  readonly quality: 'coarse' | 'fine';
  readonly milliseconds: number;
  /** From where it is seen: what lies over the picture goes with it. */
  readonly camera: OrbitCamera;
}

export type RendererEvent =
  | ({ readonly kind: 'drawn' } & DrawnFrame)
  /** The graphics context is gone; the thread cannot draw any more. */
  | { readonly kind: 'lost' };

/** In pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** What the drawing thread answers to. */
export interface VolumeRendererApi {
  /** Takes the canvas over. Throws UserError without WebGL 2. */
  start(
    canvas: OffscreenCanvas,
    report: (event: RendererEvent) => void,
  ): { readonly isSoftware: boolean };
  /** Changes parts of the scene and draws once it is complete. */
  change(part: Partial<VolumeScene>): void;
  /** Draws the scene in full as a camera sees it, as PNG: of the view's size, or of another once. */
  picture(camera: OrbitCamera, size?: PictureSize): Promise<Blob>;
}
