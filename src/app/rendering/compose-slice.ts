/**
 * A slice as a picture: grey values through window and colour map, labels blended over them. Pure
 * arithmetic over arrays, so that the picture is the same on every machine and testable without a
 * browser.
 */
import type { VolumeInfo } from '../../../workers/engine-api.ts';
import { intervalFinder } from '../../declaration/grey-intervals.ts';
import type { GreyInterval } from '../../declaration/parameters.ts';
import { shareFinder, type ValueScale } from '../../volume/value-scale.ts';
import type { NumericVoxelArray } from '../../volume/volume.ts';
import { type ColourMapId, colourTable, parseColour } from './colour-maps.ts';
import { VIEW_BACKGROUND } from './view-colours.ts';

export interface PixelGrid {
  readonly width: number;
  readonly height: number;
  readonly data: NumericVoxelArray;
}

export interface GreyLook {
  /** Values at or below `low` are the map's first colour, at or above `high` its last. */
  readonly low: number;
  readonly high: number;
  readonly colourMap: ColourMapId;
  /** Values that mean no value: with those that are not finite drawn as nothing. null for none. */
  readonly outside?: number | null;
  /** How values are spread over the colours; evenly where it is not said. */
  readonly scale?: ValueScale;
}

export interface LabelLook {
  /** Labels that are not in the map are not drawn. */
  readonly colours: ReadonlyMap<number, readonly [red: number, green: number, blue: number]>;
  /** 0 to 1. */
  readonly opacity: number;
  readonly style: 'fill' | 'outline';
}

/** Colour of voxels that are not numbers: one that no grey value has. */
export const NOT_FINITE_COLOUR = [255, 0, 255] as const;

const OPAQUE = 0xff00_0000;

function pack(red: number, green: number, blue: number): number {
  return (OPAQUE | (blue << 16) | (green << 8) | red) >>> 0;
}

const packedMaps = new Map<ColourMapId, Uint32Array>();

/** The map's 256 colours as little-endian RGBA words. */
function packedMap(id: ColourMapId): Uint32Array {
  const known = packedMaps.get(id);
  if (known !== undefined) return known;
  const table = colourTable(id);
  const packed = Uint32Array.from({ length: 256 }, (_, step) =>
    pack(table[3 * step] as number, table[3 * step + 1] as number, table[3 * step + 2] as number),
  );
  packedMaps.set(id, packed);
  return packed;
}

/** Step 0..255 of the map for a finite value; half-steps round up. */
function mapStep(value: number, { low, high }: GreyLook): number {
  if (value <= low) return 0;
  if (value >= high) return 255;
  return Math.round(((value - low) / (high - low)) * 255);
}

function isSixteenBitsOrLess(
  data: NumericVoxelArray,
): data is Uint8Array | Int8Array | Uint16Array | Int16Array {
  return data.BYTES_PER_ELEMENT <= 2;
}

function lowestLevel(data: NumericVoxelArray): number {
  const isSigned = data instanceof Int8Array || data instanceof Int16Array;
  return isSigned ? -(256 ** data.BYTES_PER_ELEMENT) / 2 : 0;
}

/** Slices with fewer pixels than this are cheaper without a table of all levels. */
const TABLE_PAYS_FROM = 16_384;

/** The last table made: scrolling draws slice after slice with the same. */
let levelTable: { readonly key: string; readonly words: Uint32Array } | null = null;

/** The colour of each level of an 8 or 16 bit type, lowest first. */
function colourOfLevels(data: NumericVoxelArray, look: GreyLook): Uint32Array {
  const lowest = lowestLevel(data);
  const key = [data.BYTES_PER_ELEMENT, lowest, look.low, look.high, look.colourMap].join(' ');
  if (levelTable?.key === key) return levelTable.words;
  const map = packedMap(look.colourMap);
  const words = new Uint32Array(256 ** data.BYTES_PER_ELEMENT);
  for (let i = 0; i < words.length; i++) words[i] = map[mapStep(i + lowest, look)] as number;
  levelTable = { key, words };
  return words;
}

function composeLog({ data }: PixelGrid, look: GreyLook, words: Uint32Array): void {
  const map = packedMap(look.colourMap);
  const notFinite = pack(...NOT_FINITE_COLOUR);
  const shareOf = shareFinder(look, 'log');
  for (let i = 0; i < words.length; i++) {
    const value = data[i] as number;
    words[i] = Number.isFinite(value)
      ? (map[Math.round(255 * shareOf(value))] as number)
      : notFinite;
  }
}

function composeGrey(grid: PixelGrid, look: GreyLook, words: Uint32Array): void {
  const { data } = grid;
  if (look.scale === 'log') {
    composeLog(grid, look, words);
    return;
  }
  if (isSixteenBitsOrLess(data) && data.length >= TABLE_PAYS_FROM) {
    const table = colourOfLevels(data, look);
    const lowest = lowestLevel(data);
    for (let i = 0; i < words.length; i++) {
      words[i] = table[(data[i] as number) - lowest] as number;
    }
    return;
  }
  const map = packedMap(look.colourMap);
  const notFinite = pack(...NOT_FINITE_COLOUR);
  const { low, high } = look;
  const perStep = high - low;
  const first = map[0] as number;
  const last = map[255] as number;
  for (let i = 0; i < words.length; i++) {
    const value = data[i] as number;
    if (value > low && value < high) {
      // As `mapStep`, written out: this runs once for each pixel.
      words[i] = map[(((value - low) / perStep) * 255 + 0.5) | 0] as number;
    } else if (!Number.isFinite(value)) words[i] = notFinite;
    else words[i] = value <= low ? first : last;
  }
}

/** The value of an image's voxels that have none; null where all have one. */
export function outsideOf(image: Pick<VolumeInfo, 'quantity'> | null): number | null {
  return image?.quantity?.outside ?? null;
}

/** Draws the ground of the views where there is no value. */
function clearOutside({ data }: PixelGrid, outside: number | null, words: Uint32Array): void {
  if (outside === null) return;
  const ground = pack(...parseColour(VIEW_BACKGROUND));
  for (let i = 0; i < words.length; i++) {
    const value = data[i] as number;
    // The difference of a number with itself is 0; of NaN and the infinities it is NaN.
    if (value === outside || value - value !== 0) words[i] = ground;
  }
}

/** Whether a pixel's label differs from that of a 4-neighbour; the slice's border is no edge. */
function isEdge({ width, height, data }: PixelGrid, pixel: number): boolean {
  const label = data[pixel];
  const column = pixel % width;
  return (
    (column > 0 && data[pixel - 1] !== label) ||
    (column < width - 1 && data[pixel + 1] !== label) ||
    (pixel >= width && data[pixel - width] !== label) ||
    (pixel < width * (height - 1) && data[pixel + width] !== label)
  );
}

type Rgb = readonly [red: number, green: number, blue: number];

/** Looks labels up; a table where all of them fit one, for it is asked for each pixel. */
function colourFinder(
  data: NumericVoxelArray,
  colours: LabelLook['colours'],
): (label: number) => Rgb | undefined {
  if (!(data instanceof Uint8Array)) return (label) => colours.get(label);
  const table = Array.from({ length: 256 }, (_, label) => colours.get(label));
  return (label) => table[label];
}

function blendLabels(labels: PixelGrid, look: LabelLook, rgba: Uint8ClampedArray): void {
  const { data } = labels;
  const { opacity, style } = look;
  const colourOf = colourFinder(data, look.colours);
  for (let pixel = 0, at = 0; pixel < data.length; pixel++, at += 4) {
    const colour = colourOf(data[pixel] as number);
    if (colour === undefined) continue;
    if (style === 'outline' && !isEdge(labels, pixel)) continue;
    const red = rgba[at] as number;
    const green = rgba[at + 1] as number;
    const blue = rgba[at + 2] as number;
    rgba[at] = red + opacity * (colour[0] - red);
    rgba[at + 1] = green + opacity * (colour[1] - green);
    rgba[at + 2] = blue + opacity * (colour[2] - blue);
  }
}

/**
 * Draws a slice into RGBA pixels, row by row. `labels` must have the slice's size.
 * `image` null draws the labels on black. Cost: about 2 ns a pixel for grey values, 10 with labels.
 */
export function composeSlice(
  image: PixelGrid | null,
  look: GreyLook,
  labels: PixelGrid | null,
  labelLook: LabelLook,
): Uint8ClampedArray<ArrayBuffer> {
  const grid = image ?? labels;
  const pixels = grid === null ? 0 : grid.width * grid.height;
  const words = new Uint32Array(pixels);
  if (image === null) words.fill(OPAQUE);
  else composeGrey(image, look, words);
  if (image !== null) clearOutside(image, look.outside ?? null, words);
  const rgba = new Uint8ClampedArray(words.buffer);
  if (labels !== null && labels.data.length === pixels && labelLook.opacity > 0) {
    blendLabels(labels, labelLook, rgba);
  }
  return rgba;
}

/**
 * The pixels inside grey intervals as labels: i + 1 in interval i, `NO_INTERVAL` elsewhere, by the
 * finder that operations mark voxels with.
 */
export function markGrid(
  { width, height, data }: PixelGrid,
  intervals: readonly GreyInterval[],
): PixelGrid {
  const find = intervalFinder(intervals);
  const marks = new Uint8Array(data.length);
  for (let i = 0; i < marks.length; i++) marks[i] = find(data[i] as number);
  return { width, height, data: marks };
}

/**
 * Value by value `ours` minus `theirs`, as float64: exact for whole numbers below 2⁵³. NaN where
 * either is not finite. Both have one size.
 */
export function differenceGrid(ours: PixelGrid, theirs: PixelGrid): PixelGrid {
  const data = new Float64Array(ours.data.length);
  for (let i = 0; i < data.length; i++) {
    const difference = (ours.data[i] as number) - (theirs.data[i] as number);
    data[i] = Number.isFinite(difference) ? difference : Number.NaN;
  }
  return { width: ours.width, height: ours.height, data };
}

/** A rectangle of a grid, copied; the grid itself where the rectangle is all of it. */
export function subGrid(
  grid: PixelGrid,
  column: number,
  row: number,
  width: number,
  height: number,
): PixelGrid {
  if (column === 0 && row === 0 && width === grid.width && height === grid.height) return grid;
  const data = grid.data.slice(0, width * height);
  for (let y = 0; y < height; y++) {
    const from = column + grid.width * (row + y);
    data.set(grid.data.subarray(from, from + width), width * y);
  }
  return { width, height, data };
}
