/**
 * The 3-D view: volume rendering of an 8-bit preview with vtk.js. One render window and one WebGL
 * context for the whole page; React only moves its element about. Rendering happens on demand.
 */
import '@kitware/vtk.js/Rendering/OpenGL/Profiles/Geometry.js';
import '@kitware/vtk.js/Rendering/OpenGL/Profiles/Volume.js';
import vtkPiecewiseFunction from '@kitware/vtk.js/Common/DataModel/PiecewiseFunction.js';
import vtkDataArray from '@kitware/vtk.js/Common/Core/DataArray.js';
import vtkImageData from '@kitware/vtk.js/Common/DataModel/ImageData.js';
import vtkPolyData from '@kitware/vtk.js/Common/DataModel/PolyData.js';
import vtkActor from '@kitware/vtk.js/Rendering/Core/Actor.js';
import vtkColorTransferFunction from '@kitware/vtk.js/Rendering/Core/ColorTransferFunction.js';
import vtkMapper from '@kitware/vtk.js/Rendering/Core/Mapper.js';
import vtkRenderer from '@kitware/vtk.js/Rendering/Core/Renderer.js';
import vtkRenderWindow from '@kitware/vtk.js/Rendering/Core/RenderWindow.js';
import vtkVolume from '@kitware/vtk.js/Rendering/Core/Volume.js';
import vtkVolumeMapper from '@kitware/vtk.js/Rendering/Core/VolumeMapper.js';
import vtkOpenGLRenderWindow from '@kitware/vtk.js/Rendering/OpenGL/RenderWindow.js';
import type { PreviewVolume } from '../../../workers/engine-api.ts';
import { UserError } from '../../errors/errors.ts';
import type { TransferPoint } from './transfer.ts';

type Vec3 = readonly [number, number, number];

export interface PlaneLine {
  /** 0 = x … 2 = z. */
  readonly axis: 0 | 1 | 2;
  /** 0 to 1 along the volume. */
  readonly at: number;
  readonly colour: Vec3;
}

export interface VolumeView {
  /** Put into the page by whoever shows the view. */
  readonly element: HTMLElement;
  /** Software rendering: previews and pictures must be small. */
  readonly isSoftware: boolean;
  setPreview(preview: PreviewVolume, interpolate: boolean): void;
  setTransfer(points: readonly TransferPoint[]): void;
  setPlanes(planes: readonly PlaneLine[]): void;
  resize(width: number, height: number): void;
  /** Degrees about the vertical and the horizontal axis of the view. */
  rotate(azimuth: number, elevation: number): void;
  /** Above 1 comes closer. */
  zoom(factor: number): void;
  resetCamera(): void;
  /** Share of pixels that are not background, for tests. */
  coverage(): Promise<number>;
}

/** Pixels of the drawing buffer per CSS pixel; software rendering pays for each pixel. */
const SOFTWARE_SCALE = 0.5;
const BACKGROUND: Vec3 = [0.043, 0.051, 0.059];

let shared: VolumeView | null = null;

/** The page's only 3-D view; made when first asked for. Throws UserError without WebGL2. */
export function sharedVolumeView(): VolumeView {
  shared ??= createVolumeView();
  return shared;
}

function rendererName(gl: WebGL2RenderingContext): string {
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  return String(gl.getParameter(info === null ? gl.RENDERER : info.UNMASKED_RENDERER_WEBGL));
}

function assertWebGl(): string {
  const gl = document.createElement('canvas').getContext('webgl2');
  if (gl === null) {
    throw new UserError(
      'file/unsupported',
      'The 3-D view needs WebGL 2, which this browser does not offer; slices and numbers work without it.',
    );
  }
  const name = rendererName(gl);
  // Contexts are few; a probe must give its own back at once.
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return name;
}

function createVolumeView(): VolumeView {
  const isSoftware = /swiftshader|llvmpipe|software/i.test(assertWebGl());
  const element = document.createElement('div');
  element.style.cssText = 'position:absolute;inset:0';
  const renderWindow = vtkRenderWindow.newInstance();
  const renderer = vtkRenderer.newInstance({ background: [...BACKGROUND] });
  renderWindow.addRenderer(renderer);
  const view = vtkOpenGLRenderWindow.newInstance();
  view.setContainer(element);
  renderWindow.addView(view);
  const canvas = view.getCanvas();
  if (canvas !== undefined && canvas !== null) {
    canvas.style.cssText = 'width:100%;height:100%;display:block';
    canvas.setAttribute('aria-hidden', 'true');
  }

  const mapper = vtkVolumeMapper.newInstance();
  const volume = vtkVolume.newInstance();
  volume.setMapper(mapper);
  const opacity = vtkPiecewiseFunction.newInstance();
  const colours = vtkColorTransferFunction.newInstance();
  const property = volume.getProperty();
  property.setScalarOpacity(0, opacity);
  property.setRGBTransferFunction(0, colours);
  property.setShade(!isSoftware);
  property.setAmbient(0.25);
  property.setDiffuse(0.75);
  property.setSpecular(0.15);

  const box = createLines([1, 1, 1], 0.45);
  const planes = [0, 1, 2].map(() => createLines([1, 1, 1], 1));
  let extent: Vec3 = [1, 1, 1];
  let hasVolume = false;
  let pending = 0;

  /** Once per animation frame, however many changes asked for it. */
  const requestRender = (): void => {
    if (pending !== 0) return;
    pending = requestAnimationFrame(() => {
      pending = 0;
      if (hasVolume && element.isConnected) renderWindow.render();
    });
  };

  const resetCamera = (): void => {
    const camera = renderer.getActiveCamera();
    const centre = extent.map((edge) => edge / 2) as [number, number, number];
    const reach = Math.hypot(...extent);
    camera.setFocalPoint(...centre);
    // From above and in front, z towards the viewer's top as in the slices.
    camera.setPosition(centre[0] - 1.1 * reach, centre[1] - 1.5 * reach, centre[2] + 0.9 * reach);
    camera.setViewUp(0, 0, 1);
    renderer.resetCamera();
    camera.zoom(1.15);
    renderer.resetCameraClippingRange();
  };

  return {
    element,
    isSoftware,
    setPreview(preview, interpolate) {
      const image = vtkImageData.newInstance();
      image.setDimensions([...preview.size]);
      image.setSpacing([...preview.spacing]);
      image.setOrigin([0, 0, 0]);
      const scalars = vtkDataArray.newInstance({
        name: 'preview',
        numberOfComponents: 1,
        values: preview.data,
        // A range that is given spares vtk.js a pass over the data on this thread.
        ranges: [{ min: 0, max: 255, component: 0, name: 'preview' }],
      });
      image.getPointData().setScalars(scalars);
      if (interpolate) property.setInterpolationTypeToLinear();
      else property.setInterpolationTypeToNearest();
      const step = Math.min(...preview.spacing);
      mapper.setSampleDistance(isSoftware ? 1.6 * step : 0.7 * step);
      property.setScalarOpacityUnitDistance(0, 4 * step);
      mapper.setInputData(image);
      const before = extent;
      extent = preview.size.map(
        (n, axis) => n * (preview.spacing[axis] as number),
      ) as unknown as Vec3;
      box.set(boxLines(extent), [0.55, 0.6, 0.65]);
      if (!hasVolume) {
        renderer.addVolume(volume);
        for (const lines of [box, ...planes]) renderer.addActor(lines.actor);
      }
      if (
        !hasVolume ||
        before.some((edge, axis) => Math.abs(edge - (extent[axis] as number)) > 1e-9 * edge)
      ) {
        resetCamera();
      }
      hasVolume = true;
      requestRender();
    },
    setTransfer(points) {
      opacity.removeAllPoints();
      colours.removeAllPoints();
      for (const point of points) {
        opacity.addPoint(point.value, point.opacity);
        colours.addRGBPoint(point.value, ...point.colour);
      }
      requestRender();
    },
    setPlanes(lines) {
      planes.forEach((plane, i) => {
        const line = lines[i];
        plane.actor.setVisibility(line !== undefined);
        if (line !== undefined) plane.set(planeLines(extent, line.axis, line.at), line.colour);
      });
      requestRender();
    },
    resize(width, height) {
      const scale = isSoftware ? SOFTWARE_SCALE : globalThis.devicePixelRatio;
      view.setSize(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
      requestRender();
    },
    rotate(azimuth, elevation) {
      const camera = renderer.getActiveCamera();
      camera.azimuth(azimuth);
      camera.elevation(elevation);
      camera.orthogonalizeViewUp();
      renderer.resetCameraClippingRange();
      requestRender();
    },
    zoom(factor) {
      renderer.getActiveCamera().zoom(factor);
      requestRender();
    },
    resetCamera() {
      resetCamera();
      requestRender();
    },
    async coverage() {
      renderWindow.render();
      const [width, height] = view.getSize();
      const pixels = view.getPixelData(0, 0, width - 1, height - 1);
      const background = BACKGROUND.map((channel) => Math.round(channel * 255));
      let covered = 0;
      for (let i = 0; i < pixels.length; i += 4) {
        const differs = background.some(
          (channel, at) => Math.abs((pixels[i + at] as number) - channel) > 6,
        );
        if (differs) covered += 1;
      }
      return (4 * covered) / pixels.length;
    },
  };
}

interface Lines {
  readonly actor: ReturnType<typeof vtkActor.newInstance>;
  set(points: readonly Vec3[], colour: Vec3): void;
}

/** An actor of line segments; each two points are one segment. */
function createLines(colour: Vec3, alpha: number): Lines {
  const actor = vtkActor.newInstance();
  const mapper = vtkMapper.newInstance();
  actor.setMapper(mapper);
  actor.getProperty().setColor(...colour);
  actor.getProperty().setOpacity(alpha);
  actor.getProperty().setLighting(false);
  return {
    actor,
    set(points, to) {
      const data = vtkPolyData.newInstance();
      data.getPoints().setData(Float32Array.from(points.flat()), 3);
      const cells = points.flatMap((_, i) => (i % 2 === 0 ? [2, i, i + 1] : []));
      data.getLines().setData(Uint32Array.from(cells));
      mapper.setInputData(data);
      actor.getProperty().setColor(...to);
    },
  };
}

function boxLines([x, y, z]: Vec3): readonly Vec3[] {
  const corners = Array.from(
    { length: 8 },
    (_, i): Vec3 => [(i & 1) * x, ((i >> 1) & 1) * y, ((i >> 2) & 1) * z],
  );
  return corners.flatMap((from, i) =>
    [1, 2, 4].flatMap((bit) => ((i & bit) === 0 ? [from, corners[i | bit] as Vec3] : [])),
  );
}

function planeLines(extent: Vec3, axis: 0 | 1 | 2, at: number): readonly Vec3[] {
  const place = (u: number, v: number): Vec3 => {
    const point: [number, number, number] = [0, 0, 0];
    const [first, second] = [0, 1, 2].filter((each) => each !== axis) as [number, number];
    point[axis] = at * extent[axis];
    point[first] = u * (extent[first] as number);
    point[second] = v * (extent[second] as number);
    return point;
  };
  const ring = [place(0, 0), place(1, 0), place(1, 1), place(0, 1)];
  return ring.flatMap((point, i) => [point, ring[(i + 1) % 4] as Vec3]);
}
