/**
 * A figure of the views for print: where slices lie at the voxels' physical shape, and what is drawn
 * over them as SVG. Lengths are tenths of a millimetre. Pure functions.
 */
import { scaleLinear, scaleLog } from 'd3-scale';
import { at, escapeMarkup, FONT, POINT, textWidth } from '../../../figures/svg.ts';
import { relativeSpacing, type VoxelSpacing } from '../../../volume/length.ts';
import { logSpan, type ValueScale } from '../../../volume/value-scale.ts';
import type { Phase, Size3 } from '../../../volume/volume.ts';
import { type ColourMapId, colourStops } from '../../rendering/colour-maps.ts';
import {
  AXIS_NAMES,
  formatLength,
  PLANE_OF,
  VIEW_OF_AXIS,
  scaleBar,
} from '../../rendering/slice-geometry.ts';
import { PLANE_COLOURS } from '../../rendering/view-colours.ts';
import type { GreyWindow, SliceViewId, ViewId, VoxelIndex } from '../../stores/viewer.ts';

export type Background = 'white' | 'black' | 'transparent';

export interface FigureChoices {
  /** One view, the three slices, or these with the 3-D view. */
  readonly view: ViewId | 'slices' | 'all';
  /** In millimetres. */
  readonly width: number;
  readonly dpi: number;
  readonly scaleBar: boolean;
  readonly colourBar: boolean;
  readonly labels: boolean;
  readonly legend: boolean;
  readonly crosshair: boolean;
  readonly background: Background;
}

/** What the views show. */
export interface FigureScene {
  readonly size: Size3;
  readonly spacing: VoxelSpacing | null;
  readonly crosshair: VoxelIndex;
  /** Phases that are drawn. */
  readonly phases: readonly Phase[];
  readonly grey: {
    readonly window: GreyWindow;
    readonly colourMap: ColourMapId;
    readonly scale: ValueScale;
    /** What the values are, and in what unit; '' for none. */
    readonly title: string;
    readonly unit: string;
  } | null;
}

export interface PlacedView {
  readonly view: ViewId;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface FigureLayout {
  readonly width: number;
  readonly height: number;
  readonly views: readonly PlacedView[];
  readonly bar: { readonly left: number; readonly top: number; readonly height: number } | null;
  readonly legend: readonly {
    readonly phase: Phase;
    readonly left: number;
    readonly middle: number;
  }[];
}

const TEXT = 7 * POINT;
const GAP = 15;
const BAR = { width: 25, room: 150, most: 400 } as const;
const SWATCH = 22;

function viewsOf(view: FigureChoices['view']): readonly ViewId[] {
  if (view === 'slices') return ['xy', 'yz', 'xz'];
  return view === 'all' ? ['xy', 'yz', 'xz', '3d'] : [view];
}

export function isSlice(view: ViewId): view is SliceViewId {
  return view !== '3d';
}

/** Slices share one scale: rows and columns of a plate have the same axis. */
function placeViews(
  scene: FigureScene,
  ids: readonly ViewId[],
  width: number,
): readonly PlacedView[] {
  const edges = relativeSpacing(scene.spacing);
  const [x = 1, y = 1, z = 1] = scene.size.map((count, axis) => count * (edges[axis] as number));
  if (ids.length === 1) {
    const [view = 'xy'] = ids;
    const [across, down] = isSlice(view)
      ? [[x, y, z][PLANE_OF[view].across] as number, [x, y, z][PLANE_OF[view].down] as number]
      : [4, 3];
    return [{ view, left: 0, top: 0, width, height: (width * down) / across }];
  }
  const scale = (width - GAP) / (x + z);
  const right = x * scale + GAP;
  const below = y * scale + GAP;
  const box = { width: z * scale, height: z * scale };
  const places: Readonly<Record<ViewId, Omit<PlacedView, 'view'>>> = {
    xy: { left: 0, top: 0, width: x * scale, height: y * scale },
    yz: { left: right, top: 0, width: z * scale, height: y * scale },
    xz: { left: 0, top: below, width: x * scale, height: z * scale },
    '3d': { left: right, top: below, ...box },
  };
  return ids.map((view) => ({ view, ...places[view] }));
}

export function layoutFigure(scene: FigureScene, choices: FigureChoices): FigureLayout {
  const width = 10 * choices.width;
  const ids = viewsOf(choices.view);
  const hasBar = choices.colourBar && scene.grey !== null && ids.some(isSlice);
  const room = hasBar ? BAR.room : 0;
  const views = placeViews(scene, ids, width - room);
  const bottom = Math.max(...views.map(({ top, height }) => top + height));
  const step = 1.35 * TEXT;
  let left = 0;
  let row = 0;
  const entries = (choices.legend ? scene.phases : []).map((phase) => {
    const needs = SWATCH + 8 + textWidth(phase.name, TEXT);
    if (left > 0 && left + needs > width) {
      left = 0;
      row += 1;
    }
    const entry = { phase, left, middle: bottom + GAP + (row + 0.5) * step };
    left += needs + 24;
    return entry;
  });
  const height = bottom + (entries.length === 0 ? 0 : GAP + (row + 1) * step);
  const bar = hasBar
    ? { left: width - room + GAP, top: 36, height: Math.min(BAR.most, bottom - 48) }
    : null;
  return { width, height, views, bar, legend: entries };
}

/** White with a dark rim: to be read on any grey. */
const ON_IMAGE =
  'fill="#ffffff" stroke="#000000" stroke-width="5" stroke-linejoin="round" paint-order="stroke"';

function drawScaleBar({ view, left, top, width, height }: PlacedView, scene: FigureScene): string {
  if (!isSlice(view) || scene.spacing === null) return '';
  const plane = PLANE_OF[view];
  const placement = {
    left,
    top,
    scaleX: width / scene.size[plane.across],
    scaleY: height / scene.size[plane.down],
  };
  const bar = scaleBar(placement, scene.spacing, plane, width / 3);
  const right = left + width - 18;
  const bottom = top + height - 18;
  return [
    `<rect data-scale-bar="${escapeMarkup(bar.text)}" x="${at(right - bar.pixels)}" y="${at(bottom - 10)}" width="${at(bar.pixels)}" height="10" fill="#ffffff" stroke="#000000" stroke-width="1.2"/>`,
    `<text x="${at(right - bar.pixels / 2)}" y="${at(bottom - 18)}" text-anchor="middle" ${ON_IMAGE}>${escapeMarkup(bar.text)}</text>`,
  ].join('');
}

function drawLabel({ view, left, top }: PlacedView, scene: FigureScene): string {
  const name = isSlice(view) ? positionText(view, scene) : '3-D';
  return `<text x="${at(left + 16)}" y="${at(top + 14 + TEXT)}" ${ON_IMAGE}>${escapeMarkup(name)}</text>`;
}

/** "xy, z = 16 µm": of the slice's voxel centres from the volume's face. */
export function positionText(view: SliceViewId, { crosshair, spacing }: FigureScene): string {
  const { normal } = PLANE_OF[view];
  const index = crosshair[normal];
  const place =
    spacing === null
      ? `slice ${index}`
      : `${formatLength(Number(((index + 0.5) * spacing.values[normal]).toPrecision(4)))} ${spacing.unit}`;
  return `${view}, ${AXIS_NAMES[normal]} = ${place}`;
}

function drawCrosshair({ view, left, top, width, height }: PlacedView, scene: FigureScene): string {
  if (!isSlice(view)) return '';
  const { across, down } = PLANE_OF[view];
  const x = left + ((scene.crosshair[across] + 0.5) * width) / scene.size[across];
  const y = top + ((scene.crosshair[down] + 0.5) * height) / scene.size[down];
  return [
    `<path d="M${at(x)} ${at(top)}v${at(height)}" stroke="${PLANE_COLOURS[VIEW_OF_AXIS[across]]}" stroke-width="2.5"/>`,
    `<path d="M${at(left)} ${at(y)}h${at(width)}" stroke="${PLANE_COLOURS[VIEW_OF_AXIS[down]]}" stroke-width="2.5"/>`,
  ].join('');
}

function drawColourBar(
  { left, top, height }: NonNullable<FigureLayout['bar']>,
  { window, colourMap, scale, title, unit }: NonNullable<FigureScene['grey']>,
  ink: string,
): string {
  const isLog = scale === 'log' && window.high > 0;
  const { low, high } = isLog ? logSpan(window) : window;
  const y = (isLog ? scaleLog : scaleLinear)([low, high], [top + height, top]);
  const write = y.tickFormat(4);
  const stops = colourStops(colourMap)
    .map(({ at: share, colour }) => `<stop offset="${share}" stop-color="${colour}"/>`)
    .join('');
  const right = left + BAR.width;
  return [
    `<linearGradient id="grey" x1="0" y1="1" x2="0" y2="0">${stops}</linearGradient>`,
    `<text x="${at(left)}" y="${at(top - 12)}">${escapeMarkup(unit === '' ? title : `${title} (${unit})`)}</text>`,
    `<rect x="${at(left)}" y="${at(top)}" width="${BAR.width}" height="${at(height)}" fill="url(#grey)" stroke="${ink}" stroke-width="1.5"/>`,
    ...y
      .ticks(4)
      .map(
        (tick) =>
          `<path d="M${at(right)} ${at(y(tick))}h8" stroke="${ink}" stroke-width="1.8"/><text x="${at(right + 12)}" y="${at(y(tick) + 0.35 * TEXT)}">${write(tick).replaceAll(',', '\u2009')}</text>`,
      ),
  ].join('');
}

/** The figure; pictures by view as addresses, or null for what lies over and beside them alone. */
export function figureSvg(
  scene: FigureScene,
  choices: FigureChoices,
  layout: FigureLayout,
  pictures: ReadonlyMap<ViewId, string> | null,
): string {
  const { width, height, views, bar, legend } = layout;
  const ink = choices.background === 'black' ? '#ffffff' : '#000000';
  const paper =
    pictures === null || choices.background === 'transparent'
      ? ''
      : `<rect width="100%" height="100%" fill="${choices.background}"/>`;
  const images = views.map((place) => {
    const href = pictures?.get(place.view);
    return href === undefined
      ? ''
      : `<image x="${at(place.left)}" y="${at(place.top)}" width="${at(place.width)}" height="${at(place.height)}" preserveAspectRatio="none" image-rendering="pixelated" href="${href}"/>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${at(width / 10)}mm" height="${at(height / 10)}mm" viewBox="0 0 ${at(width)} ${at(height)}" font-family="${FONT}" font-size="${at(TEXT)}" fill="${ink}">`,
    paper,
    ...images,
    ...(choices.crosshair ? views.map((place) => drawCrosshair(place, scene)) : []),
    ...(choices.labels ? views.map((place) => drawLabel(place, scene)) : []),
    ...(choices.scaleBar ? views.map((place) => drawScaleBar(place, scene)) : []),
    bar === null || scene.grey === null ? '' : drawColourBar(bar, scene.grey, ink),
    ...legend.map(
      ({ phase, left, middle }) =>
        `<rect x="${at(left + 1)}" y="${at(middle - SWATCH / 2)}" width="${SWATCH}" height="${SWATCH}" fill="${escapeMarkup(phase.colour)}"/><text x="${at(left + SWATCH + 8)}" y="${at(middle + 0.35 * TEXT)}">${escapeMarkup(phase.name)}</text>`,
    ),
    '</svg>',
    '',
  ]
    .filter((part) => part !== '')
    .join('\n');
}
