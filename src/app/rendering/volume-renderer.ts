/**
 * Draws the 3-D view with vtk.js on a canvas, in a thread of its own: neither the compilation of
 * shaders nor a slow picture ever holds up the page. Draws on demand only; while something moves in
 * fewer pixels where that is needed, in full after a rest.
 *
 * World coordinates are volume coordinates with the longest edge scaled to 1.
 */
import '@kitware/vtk.js/Rendering/OpenGL/Profiles/Volume.js';
import vtkDataArray from '@kitware/vtk.js/Common/Core/DataArray.js';
import vtkImageData from '@kitware/vtk.js/Common/DataModel/ImageData.js';
import vtkPiecewiseFunction from '@kitware/vtk.js/Common/DataModel/PiecewiseFunction.js';
import vtkColorTransferFunction from '@kitware/vtk.js/Rendering/Core/ColorTransferFunction.js';
import vtkRenderer from '@kitware/vtk.js/Rendering/Core/Renderer.js';
import vtkRenderWindow from '@kitware/vtk.js/Rendering/Core/RenderWindow.js';
import vtkVolume from '@kitware/vtk.js/Rendering/Core/Volume.js';
import vtkVolumeMapper from '@kitware/vtk.js/Rendering/Core/VolumeMapper.js';
import vtkOpenGLRenderWindow from '@kitware/vtk.js/Rendering/OpenGL/RenderWindow.js';
import { UserError } from '../../errors/errors.ts';
import type { Size3, Vector3 } from '../../volume/volume.ts';
import {
  type BakedVolume,
  bakeField,
  bakeGrey,
  bakePhases,
  type LitGrey,
  lightGrey,
} from './bake-volume.ts';
import { clipMapper } from './clip-mapper.ts';
import { steepness, withGradient } from './gradient-opacity.ts';
import { boxWithin, WHOLE_BOX } from './clipping.ts';
import { cutOpen } from './cut-volume.ts';
import { cameraPose, type OrbitCamera } from './orbit-camera.ts';
import { VIEW_BACKGROUND } from './view-colours.ts';
import { relativeExtent } from './volume-outline.ts';
import { coarseArea, fullScale, meshScale, nextScale } from './render-budget.ts';
import { parseColour } from './colour-maps.ts';
import { createSurfaceActors } from './surface-actors.ts';
import { alphaPoints, LAYER, levelValue, OPACITY_AS_ALPHA } from './transfer-function.ts';
import type { RendererEvent, VolumeLook, VolumeScene, PictureSize } from './volume-scene.ts';

/** The surface lies where an occupancy (see `BakedVolume`) passes one half. */
const OCCUPANCY = [
  [0, 0],
  [104, 0],
  [150, 1],
  [255, 1],
] as const;

const REST_MS = 200;
/** Voxels between two samples of a ray. */
const STEP = { software: 0.8, hardware: 0.5 } as const;

export interface VolumeRenderer {
  readonly isSoftware: boolean;
  change(part: Partial<VolumeScene>): void;
  picture(camera: OrbitCamera, size?: PictureSize): Promise<Blob>;
}

function rendererName(gl: WebGL2RenderingContext): string {
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  return String(gl.getParameter(info === null ? gl.RENDERER : info.UNMASKED_RENDERER_WEBGL));
}

/**
 * Stands in for vtk.js's interactor, which the volume mapper asks whether something moves and then
 * draws with fewer pixels. It listens to no events: the page turns the camera.
 */
function createPace() {
  let isMoving = false;
  /** How many times fewer pixels the mapper draws while moving, and should draw. */
  let area = 1;
  let wanted = 1;
  const listeners = new Set<() => void>();
  return {
    setMoving(pixelsSaved: number): void {
      isMoving = pixelsSaved > 1.5;
      wanted = pixelsSaved;
      const change = wanted / area;
      if (!isMoving || listeners.size === 0 || (change > 0.85 && change < 1.15)) return;
      // The mapper multiplies its area by the wanted over the recent rate.
      for (const listener of listeners) listener();
      area = wanted;
    },
    interactor: {
      isAnimating: () => isMoving,
      onAnimationFrameRateUpdate(listener: () => void) {
        listeners.add(listener);
        return { unsubscribe: () => listeners.delete(listener) };
      },
      getRecentAnimationFrameRate: () => area,
      getDesiredUpdateRate: () => wanted,
    },
  };
}

/** Whether two looks differ in opacities at most, which cost no new voxels. */
function isSameColours(a: VolumeLook, b: VolumeLook | undefined): boolean {
  if (a.kind !== 'grey' || b?.kind !== 'grey') return a === b;
  // With a gradient the voxels hold the opacities.
  if (a.gradient !== null) return JSON.stringify(a) === JSON.stringify(b);
  const { opacity: ofA, ...restA } = a;
  const { opacity: ofB, ...restB } = b;
  // Solids of fields have other voxels than levels.
  return (ofA === null) === (ofB === null) && JSON.stringify(restA) === JSON.stringify(restB);
}

/** What surfaces and their cut faces follow. */
const SURFACE_PARTS = [
  'preview',
  'look',
  'surfaces',
  'crosshair',
  'clipping',
  'facesShown',
] as const satisfies readonly (keyof VolumeScene)[];

/** What has to be made anew before the next picture. */
interface Stale {
  picture: boolean;
  cuts: boolean;
  surfaces: boolean;
}

/**
 * Takes the canvas over. `report` hears of each picture and of a lost context. Throws UserError
 * where there is no WebGL 2.
 */
export function createVolumeRenderer(
  canvas: OffscreenCanvas,
  report: (event: RendererEvent) => void,
): VolumeRenderer {
  const gl = canvas.getContext('webgl2', {
    alpha: false,
    antialias: false,
    powerPreference: 'high-performance',
  });
  if (gl === null) {
    throw new UserError(
      'file/unsupported',
      'The 3-D view needs WebGL 2, which this browser does not offer; slices and numbers work without it.',
    );
  }
  canvas.addEventListener('webglcontextlost', () => report({ kind: 'lost' }));
  const isSoftware = /swiftshader|llvmpipe|software|basic render/i.test(rendererName(gl));

  const renderWindow = vtkRenderWindow.newInstance();
  const renderer = vtkRenderer.newInstance({
    background: parseColour(VIEW_BACKGROUND).map((channel) => channel / 255) as [
      number,
      number,
      number,
    ],
  });
  renderWindow.addRenderer(renderer);
  const view = vtkOpenGLRenderWindow.newInstance({
    // Its declaration knows canvases of the page only.
    canvas: canvas as unknown as HTMLCanvasElement,
    manageCanvas: false,
  });
  renderWindow.addView(view);
  const pace = createPace();
  renderWindow.setInteractor(
    pace.interactor as unknown as Parameters<typeof renderWindow.setInteractor>[0],
  );

  const surfaces = createSurfaceActors(renderer);
  const mapper = vtkVolumeMapper.newInstance();
  const volume = vtkVolume.newInstance();
  volume.setMapper(mapper);
  const property = volume.getProperty();
  property.setIndependentComponents(false);
  property.setShade(false);
  property.setInterpolationTypeToLinear();
  const opacity = vtkPiecewiseFunction.newInstance();
  property.setScalarOpacity(0, opacity);
  // Colours come from the voxels; vtk.js scales them by the span of this map, which must be 255.
  const colours = vtkColorTransferFunction.newInstance();
  colours.addRGBPoint(0, 0, 0, 0);
  colours.addRGBPoint(255, 1, 1, 1);
  property.setRGBTransferFunction(0, colours);

  let scene: Partial<VolumeScene> = {};
  let extent: Vector3 = [1, 1, 1];
  let lit: LitGrey | null = null;
  let steep: Uint8Array | null = null;
  let baked: BakedVolume | null = null;
  const stale: Stale = { picture: false, cuts: false, surfaces: false };
  let full = 1;
  let scale: number | null = null;
  let fineMs = 0;
  let meshMs = 0;
  let pending = false;
  let rest: ReturnType<typeof setTimeout> | null = null;

  function bake(): void {
    const { preview, look } = scene;
    if (preview === undefined || look === undefined) return;
    if (look.kind !== 'grey') {
      baked = bakePhases(preview, look.phases, look.hidden);
      return;
    }
    const { opacity: curve, gradient } = look;
    if (preview.hasOutside) {
      baked = bakeField(preview, look, curve !== null || gradient !== null);
    } else {
      lit ??= lightGrey(preview);
      baked = bakeGrey(lit, preview.range, look);
    }
    if (gradient === null) return;
    const { data, size, spacing, range, scale: valueScale, hasOutside } = preview;
    // Without the noise of single voxels, where there is no border to voxels without a value.
    steep ??= steepness(hasOutside ? data : (lit?.smooth ?? data), size, spacing, hasOutside);
    const valueOf = levelValue(range, valueScale);
    baked = { ...baked, words: withGradient(baked.words, steep, curve, valueOf, gradient) };
  }

  function upload(): void {
    const { preview, crosshair, clipping = [], facesShown = true } = scene;
    if (preview === undefined || crosshair === undefined || baked === null) return;
    const { size } = preview;
    const corner = crosshair.at.map((share, axis) =>
      Math.max(0, Math.min((size[axis] as number) - 1, Math.floor(share * (size[axis] as number)))),
    ) as unknown as Size3;
    const box = facesShown ? boxWithin(clipping, extent) : WHOLE_BOX;
    const shown = cutOpen(baked, preview, box, crosshair.cut ? corner : null);
    const edges = size.map((n, axis) => (extent[axis] as number) / n) as [number, number, number];
    const image = vtkImageData.newInstance();
    image.setDimensions([...size]);
    image.setSpacing(edges);
    // vtk.js places voxel centres; the box begins half a voxel before the first.
    image.setOrigin(edges.map((edge) => edge / 2) as [number, number, number]);
    image.getPointData().setScalars(
      vtkDataArray.newInstance({
        name: 'picture',
        numberOfComponents: 4,
        values: new Uint8Array(shown.buffer),
        // Ranges that are given spare vtk.js a pass over the data.
        ranges: Array.from({ length: 5 }, (_, component) => ({
          min: 0,
          max: 255,
          component,
          name: 'picture',
        })),
      }),
    );
    mapper.setInputData(image);
  }

  function measure(): void {
    const { preview } = scene;
    if (preview === undefined) return;
    extent = relativeExtent(preview.size, preview.spacing);
    const voxel = Math.min(...preview.size.map((n, axis) => (extent[axis] as number) / n));
    const step = STEP[isSoftware ? 'software' : 'hardware'] * voxel;
    mapper.setSampleDistance(step);
    mapper.setMaximumSamplesPerRay(4096);
  }

  /** Sets how alpha is seen through. */
  function applyOpacity(): void {
    const { preview, look } = scene;
    if (preview === undefined || look === undefined) return;
    const curve = look.kind === 'grey' ? look.opacity : null;
    const hasGradient = look.kind === 'grey' && look.gradient !== null;
    const ofCurve = curve === null ? OCCUPANCY : alphaPoints(curve, preview.range, preview.scale);
    opacity.removeAllPoints();
    for (const [alpha, share] of hasGradient ? OPACITY_AS_ALPHA : ofCurve) {
      opacity.addPoint(alpha, share);
    }
    const isSolid = curve === null && !hasGradient;
    property.setScalarOpacityUnitDistance(0, isSolid ? mapper.getSampleDistance() : LAYER);
  }

  function place(pixelScale: number): void {
    const { camera, view: size } = scene;
    if (camera === undefined || size === undefined) return;
    const width = Math.max(1, Math.round(size.width * pixelScale));
    const height = Math.max(1, Math.round(size.height * pixelScale));
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    view.setSize(width, height);
    const pose = cameraPose(camera, extent, size.width / size.height);
    const active = renderer.getActiveCamera();
    active.setPosition(...pose.position);
    active.setFocalPoint(...pose.focalPoint);
    active.setViewUp(...pose.viewUp);
    active.setViewAngle(pose.viewAngle);
    active.setParallelProjection(camera.parallel);
    active.setParallelScale(pose.height / 2);
    renderer.resetCameraClippingRange();
  }

  function showSurfaces(
    look: Parameters<typeof surfaces.show>[0],
    { at, cut }: VolumeScene['crosshair'],
  ): void {
    const { clipping = [], facesShown = true } = scene;
    const corner = at.map((share, axis) => share * (extent[axis] as number));
    const cuts = { planes: clipping, corner: cut ? (corner as unknown as Vector3) : null, extent };
    surfaces.cut(cuts, facesShown);
    surfaces.show(look);
    stale.surfaces = false;
  }

  function draw(quality: 'coarse' | 'fine'): void {
    if (gl === null || gl.isContextLost()) return;
    const { view: size, camera, crosshair, look } = scene;
    const isMesh = look?.kind === 'surfaces';
    if (!isMesh) {
      if (stale.picture) bake();
      if (stale.picture || stale.cuts) upload();
      Object.assign(stale, { picture: false, cuts: false } satisfies Partial<Stale>);
    }
    if ((baked === null && !isMesh) || size === undefined || camera === undefined) return;
    if (crosshair === undefined) return;
    if (stale.surfaces) showSurfaces(isMesh ? look : null, crosshair);
    volume.setVisibility(!isMesh);
    full = fullScale(isSoftware, size.devicePixelRatio);
    scale ??= full;
    const isCoarse = quality === 'coarse' && coarseArea(isMesh ? meshMs : fineMs) > 1;
    const pixels = isMesh ? meshScale(full, isCoarse) : scale;
    place(pixels);
    if (baked !== null && !renderer.hasViewProp(volume)) {
      renderer.addVolume(volume);
      place(pixels);
    }
    pace.setMoving(isCoarse && !isMesh ? coarseArea(fineMs) : 1);
    const from = performance.now();
    view.traverseAllPasses();
    // One pixel read back waits for the picture, so that pictures never queue up.
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
    const milliseconds = performance.now() - from;
    if (!isCoarse && isMesh) {
      meshMs = milliseconds;
    } else if (!isCoarse) {
      fineMs = milliseconds;
      scale = nextScale(scale, full, fineMs);
    }
    report({ kind: 'drawn', quality: isCoarse ? 'coarse' : 'fine', milliseconds, camera });
    if (rest !== null) clearTimeout(rest);
    rest = isCoarse ? setTimeout(() => request('fine'), REST_MS) : null;
  }

  function request(quality: 'coarse' | 'fine'): void {
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => {
      pending = false;
      draw(quality);
    });
  }

  return {
    isSoftware,
    change(part) {
      const isNewPreview = part.preview !== undefined && part.preview !== scene.preview;
      const before = scene;
      scene = { ...scene, ...part };
      if (isNewPreview) {
        lit = null;
        steep = null;
        measure();
      }
      if (part.surfaces !== undefined) surfaces.setSurfaces(part.surfaces);
      // The camera turns without anything made anew.
      stale.surfaces ||= SURFACE_PARTS.some((key) => part[key] !== undefined);
      if (isNewPreview || part.look !== undefined) applyOpacity();
      if (isNewPreview || (part.look !== undefined && !isSameColours(part.look, before.look))) {
        stale.picture = true;
      }
      if (part.crosshair !== undefined || part.facesShown !== undefined) stale.cuts = true;
      if (part.clipping !== undefined) {
        clipMapper(mapper, part.clipping);
        stale.cuts = true;
      }
      request('coarse');
    },
    picture(camera, size) {
      const { view: shown } = scene;
      const before = scale;
      scene = { ...scene, camera };
      if (size !== undefined) {
        scene = { ...scene, view: { ...size, devicePixelRatio: 1 } };
        scale = 1;
      }
      draw('fine');
      // What was drawn is there until this task ends: the copy is taken at once.
      const picture = canvas.convertToBlob({ type: 'image/png' });
      if (size !== undefined && shown !== undefined) {
        scene = { ...scene, view: shown };
        scale = before;
        draw('fine');
      }
      return picture;
    },
  };
}
