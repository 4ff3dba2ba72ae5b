/**
 * The 3-D picture as RGBA voxels: colours with light and shade drawn in once, so that the graphics
 * card only has to look voxels up. That keeps frames cheap where graphics run in software, and the
 * picture the same on every machine. Pure arithmetic over arrays.
 *
 * Layout: x fastest, one little-endian word `A B G R` for each voxel. Alpha is an occupancy: the
 * surface lies where it passes one half.
 */
import type { PreviewVolume } from '../../../workers/engine-api.ts';
import type { Phase, Size3, Vector3 } from '../../volume/volume.ts';
import { type ColourMapId, colourTable, parseColour } from './colour-maps.ts';
import { shareFinder, type ValueScale, valueAt } from '../../volume/value-scale.ts';
import { FIRST_LEVEL, LAST_LEVEL, PAINTED_ALPHA } from './transfer-function.ts';

export type VoxelWords = Uint32Array<ArrayBuffer>;

export interface BakedVolume {
  readonly words: VoxelWords;
  /**
   * Colour of each preview value on faces cut through the volume, where it is shown as in a slice;
   * 0 for values that are not shown there.
   */
  readonly faces: VoxelWords;
}

/** Brightness 0..255 of a face without relief: cut faces show their colours nearly unchanged. */
const FLAT = 244;
/** Towards the lamp: above, to the left and in front of the volume as it is first seen. */
const LAMP: Vector3 = [-0.25, -0.78, -0.57];
/** How far around a voxel matter takes light away. */
const SHADOW_RADIUS = 4;

/**
 * Mean of the 2r + 1 neighbours along one axis, in place; the edge repeats outwards. Time is that
 * of one pass, whatever the radius.
 */
function blurAxis(data: Uint8Array, size: Size3, axis: 0 | 1 | 2, radius: number): void {
  const count = size[axis];
  const stride = axis === 0 ? 1 : axis === 1 ? size[0] : size[0] * size[1];
  const block = stride * count;
  const line = new Uint8Array(count);
  const weight = 1 / (2 * radius + 1);
  for (let start = 0; start < data.length; start += block) {
    for (let inner = 0; inner < stride; inner++) {
      const base = start + inner;
      for (let i = 0; i < count; i++) line[i] = data[base + i * stride] as number;
      let sum = 0;
      for (let i = -radius; i <= radius; i++) {
        sum += line[Math.max(0, Math.min(count - 1, i))] as number;
      }
      for (let i = 0; i < count; i++) {
        data[base + i * stride] = sum * weight + 0.5;
        sum += line[Math.min(count - 1, i + radius + 1)] as number;
        sum -= line[Math.max(0, i - radius)] as number;
      }
    }
  }
}

/** Box mean with a radius along each axis; rounds to whole numbers after each axis. */
export function boxBlur(data: Uint8Array, size: Size3, radius: number): Uint8Array {
  const out = data.slice();
  for (const axis of [0, 1, 2] as const) blurAxis(out, size, axis, radius);
  return out;
}

/**
 * Brightness of each voxel from the slope of `field`: bright towards the lamp, `FLAT` where there is
 * no slope. `soft` is the slope (in grey values per voxel) from which the light counts in full.
 * `around` (or null) is the field seen from afar: where it is high, little light gets in.
 */
function shadeField(
  field: Uint8Array,
  around: Uint8Array | null,
  size: Size3,
  spacing: Vector3,
  soft: number,
): Uint8Array {
  const [nx, ny, nz] = size;
  const smallest = Math.min(...spacing);
  const [ux, uy, uz] = spacing.map((edge) => (0.5 * smallest) / edge) as [number, number, number];
  const out = new Uint8Array(field.length);
  for (let z = 0, i = 0; z < nz; z++) {
    const below = z > 0 ? -nx * ny : 0;
    const above = z < nz - 1 ? nx * ny : 0;
    for (let y = 0; y < ny; y++) {
      const before = y > 0 ? -nx : 0;
      const after = y < ny - 1 ? nx : 0;
      for (let x = 0; x < nx; x++, i++) {
        const left = x > 0 ? -1 : 0;
        const right = x < nx - 1 ? 1 : 0;
        const gx = ux * ((field[i + right] as number) - (field[i + left] as number));
        const gy = uy * ((field[i + after] as number) - (field[i + before] as number));
        const gz = uz * ((field[i + above] as number) - (field[i + below] as number));
        const slope = Math.sqrt(gx * gx + gy * gy + gz * gz);
        if (slope < 0.5) {
          out[i] = FLAT;
          continue;
        }
        // The surface looks down the slope. Light wraps around it: no side is ever black.
        const facing = -(gx * LAMP[0] + gy * LAMP[1] + gz * LAMP[2]) / slope;
        let light = 0.42 + 0.58 * (0.5 + 0.5 * facing);
        if (around !== null) light *= 1.1 - 0.65 * ((around[i] as number) / 255);
        const share = Math.min(1, slope / soft);
        out[i] = Math.min(255, FLAT + share * (255 * Math.min(1, light) - FLAT));
      }
    }
  }
  return out;
}

function word(red: number, green: number, blue: number, alpha: number): number {
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** A colour word with its channels multiplied by shade / 255 and another alpha. */
export function shaded(colour: number, shade: number, alpha: number): number {
  const s = shade + (shade >> 7);
  const red = ((colour & 255) * s) >> 8;
  const green = (((colour >> 8) & 255) * s) >> 8;
  const blue = (((colour >> 16) & 255) * s) >> 8;
  return word(red, green, blue, alpha);
}

/**
 * Labels that are drawn as solid: all but pore and hidden ones. Where nothing would be left, the
 * pores that are not hidden are.
 */
export function solidLabels(phases: readonly Phase[], hidden: readonly number[]): readonly Phase[] {
  const listed = phases.filter((phase) => !hidden.includes(phase.label));
  const solid = listed.filter((phase) => !phase.pore);
  return solid.length > 0 ? solid : listed;
}

/** Mean colour of the drawn neighbours of a clear voxel, so that edges have no dark rim. */
function neighbourColour(
  colours: Uint32Array,
  labels: Uint8Array,
  size: Size3,
  x: number,
  y: number,
  z: number,
): number {
  const [nx, ny, nz] = size;
  let red = 0;
  let green = 0;
  let blue = 0;
  let count = 0;
  for (let k = Math.max(0, z - 1); k <= Math.min(nz - 1, z + 1); k++) {
    for (let j = Math.max(0, y - 1); j <= Math.min(ny - 1, y + 1); j++) {
      for (let i = Math.max(0, x - 1); i <= Math.min(nx - 1, x + 1); i++) {
        const colour = colours[labels[i + nx * (j + ny * k)] as number] as number;
        if (colour === 0) continue;
        red += colour & 255;
        green += (colour >> 8) & 255;
        blue += (colour >> 16) & 255;
        count++;
      }
    }
  }
  return count === 0 ? 0 : word(red / count, green / count, blue / count, 255);
}

/** Phases as lit solids. Cost: about 80 ns a voxel. */
export function bakePhases(
  preview: PreviewVolume,
  phases: readonly Phase[],
  hidden: readonly number[],
): BakedVolume {
  const faces = new Uint32Array(256);
  for (const phase of phases) {
    if (hidden.includes(phase.label)) continue;
    faces[phase.label & 255] = word(...parseColour(phase.colour), 255);
  }
  const colours = new Uint32Array(256);
  for (const phase of solidLabels(phases, hidden)) {
    colours[phase.label & 255] = word(...parseColour(phase.colour), 255);
  }
  return { words: bakeSolid(preview, colours, true), faces };
}

/** Voxels as solids in the colours of their values; those without a colour are clear. */
function bakeSolid(
  { data, size, spacing }: PreviewVolume,
  colours: VoxelWords,
  lit: boolean,
): VoxelWords {
  const occupied = data.map((label) => (colours[label] === 0 ? 0 : 255));
  const soft = boxBlur(occupied, size, 1);
  const shade = shadeField(soft, boxBlur(occupied, size, SHADOW_RADIUS), size, spacing, 40);
  const out = new Uint32Array(data.length);
  const [nx, ny, nz] = size;
  for (let z = 0, i = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, i++) {
        const near = soft[i] as number;
        if (near === 0) continue;
        const own = colours[data[i] as number] as number;
        const colour = own === 0 ? neighbourColour(colours, data, size, x, y, z) : own;
        // Half the voxel's own, half its surroundings': steps melt, walls one voxel thick stay.
        const alpha = ((occupied[i] as number) + near + 1) >> 1;
        out[i] = shaded(colour, lit ? (shade[i] as number) : 255, alpha);
      }
    }
  }
  return out;
}

/**
 * A field in the colours of the window: solid where there is a value (see `hasOutside`), or with the
 * levels of the values as alpha, for an opacity curve.
 */
export function bakeField(
  preview: PreviewVolume,
  { low, high, colourMap, lit, scale = 'linear' }: GreyLookOf3d,
  hasLevels: boolean,
): BakedVolume {
  const table = colourTable(colourMap);
  const range = { low: preview.range[0], high: preview.range[1] };
  const shareOf = shareFinder({ low, high }, scale);
  const colours = new Uint32Array(256);
  for (let level = 1; level < 256; level++) {
    const step = 3 * Math.round(255 * shareOf(valueAt(range, preview.scale, (level - 1) / 254)));
    colours[level] = word(
      table[step] as number,
      table[step + 1] as number,
      table[step + 2] as number,
      PAINTED_ALPHA,
    );
  }
  const words = bakeSolid(preview, colours, lit);
  if (hasLevels) {
    for (let i = 0; i < words.length; i++) {
      const level = Math.min(LAST_LEVEL, preview.data[i] as number);
      words[i] = (((words[i] as number) & 0xff_ffff) | (level << 24)) >>> 0;
    }
  }
  return { words, faces: colours };
}

/** What of a grey preview does not depend on the window: made once. */
export interface LitGrey {
  readonly smooth: Uint8Array;
  readonly shade: Uint8Array;
}

export function lightGrey({ data, size, spacing }: PreviewVolume): LitGrey {
  const smooth = boxBlur(data, size, 1);
  return { smooth, shade: shadeField(smooth, null, size, spacing, 26) };
}

export interface GreyLookOf3d {
  readonly low: number;
  readonly high: number;
  readonly colourMap: ColourMapId;
  /** Whether light and shade show the relief. */
  readonly lit: boolean;
  /** How values are spread over the colours; evenly where it is not said. Fields alone have one. */
  readonly scale?: ValueScale;
}

/** How much brighter than its grey value a surface is drawn: the light takes some away again. */
const SURFACE_LIFT = 0.22;

/**
 * Grey values in the colours of the window, with their levels as alpha (see `alphaPoints`): which
 * of them are seen is up to the opacity curve. `range` is what 0 and 255 of the preview stand for.
 */
export function bakeGrey(
  { smooth, shade }: LitGrey,
  range: readonly [number, number],
  { low, high, colourMap, lit }: GreyLookOf3d,
): BakedVolume {
  const table = colourTable(colourMap);
  const span = (range[1] - range[0]) / 255;
  const width = Math.max(high - low, Number.EPSILON);
  // Colours that stand for values are not lifted.
  const lift = lit && colourMap === 'grey' ? SURFACE_LIFT : 0;
  const perLevel = (LAST_LEVEL - FIRST_LEVEL) / 255;
  const colourOf = (share: number, alpha: number): number => {
    const step = 3 * Math.round(255 * Math.max(0, Math.min(1, share)));
    return word(table[step] as number, table[step + 1] as number, table[step + 2] as number, alpha);
  };
  const surfaces = new Uint32Array(256);
  const faces = new Uint32Array(256);
  for (let level = 0; level < 256; level++) {
    const share = (range[0] + level * span - low) / width;
    surfaces[level] = colourOf(share + lift, Math.round(FIRST_LEVEL + level * perLevel));
    faces[level] = colourOf(share, PAINTED_ALPHA);
  }
  const words = new Uint32Array(smooth.length);
  for (let i = 0; i < words.length; i++) {
    const colour = surfaces[smooth[i] as number] as number;
    words[i] = lit ? shaded(colour, shade[i] as number, colour >>> 24) : colour;
  }
  return { words, faces };
}
