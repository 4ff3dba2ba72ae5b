/**
 * Colour maps for grey values: 256 colours each, perceptually uniform and safe for colour-blind
 * readers. Viridis, magma and inferno: Smith and van der Walt (2015); cividis: Nuñez et al. (2018);
 * blue to red: the diverging RdBu of Harrower and Brewer (2003), as light at either end.
 */

export type ColourMapId =
  | 'grey'
  | 'inverted'
  | 'viridis'
  | 'cividis'
  | 'magma'
  | 'inferno'
  | 'blue-red';

type Rgb = readonly [red: number, green: number, blue: number];

/** Anchors at equal distances; colours between them are interpolated. */
const ANCHORS: Record<ColourMapId, readonly string[]> = {
  grey: ['#000000', '#ffffff'],
  inverted: ['#ffffff', '#000000'],
  viridis: [
    '#440154',
    '#482878',
    '#3e4989',
    '#31688e',
    '#26828e',
    '#1f9e89',
    '#35b779',
    '#6ece58',
    '#b5de2b',
    '#fde725',
  ],
  cividis: [
    '#00204d',
    '#00336f',
    '#39486b',
    '#575c6d',
    '#707173',
    '#8a8779',
    '#a69d75',
    '#c4b56c',
    '#e4cf5b',
    '#ffea46',
  ],
  magma: [
    '#000004',
    '#180f3e',
    '#451077',
    '#721f81',
    '#9f2f7f',
    '#cd4071',
    '#f1605d',
    '#fd9567',
    '#fec98d',
    '#fcfdbf',
  ],
  'blue-red': [
    '#053061',
    '#2166ac',
    '#4393c3',
    '#92c5de',
    '#d1e5f0',
    '#f7f7f7',
    '#fddbc7',
    '#f4a582',
    '#d6604d',
    '#b2182b',
    '#67001f',
  ],
  inferno: [
    '#000004',
    '#1b0c41',
    '#4a0c6b',
    '#781c6d',
    '#a52c60',
    '#cf4446',
    '#ed6925',
    '#fb9b06',
    '#f7d13d',
    '#fcffa4',
  ],
};

export const COLOUR_MAPS: readonly { readonly id: ColourMapId; readonly title: string }[] = [
  { id: 'grey', title: 'Grey' },
  { id: 'inverted', title: 'Inverted grey' },
  { id: 'viridis', title: 'Viridis' },
  { id: 'cividis', title: 'Cividis' },
  { id: 'magma', title: 'Magma' },
  { id: 'inferno', title: 'Inferno' },
  { id: 'blue-red', title: 'Blue to red (diverging)' },
];

/** `#rrggbb` as three numbers 0..255. */
export function parseColour(text: string): Rgb {
  const value = Number.parseInt(text.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

const tables = new Map<ColourMapId, Uint8Array>();

/** 256 × 3 bytes: red, green, blue of each step. */
export function colourTable(id: ColourMapId): Uint8Array {
  const known = tables.get(id);
  if (known !== undefined) return known;
  const anchors = ANCHORS[id].map(parseColour);
  const table = new Uint8Array(256 * 3);
  for (let step = 0; step < 256; step++) {
    const place = (step / 255) * (anchors.length - 1);
    const index = Math.min(anchors.length - 2, Math.floor(place));
    const from = anchors[index] as Rgb;
    const to = anchors[index + 1] as Rgb;
    for (let channel = 0; channel < 3; channel++) {
      const start = from[channel] as number;
      const end = to[channel] as number;
      table[3 * step + channel] = Math.round(start + (place - index) * (end - start));
    }
  }
  tables.set(id, table);
  return table;
}

/** The map as a CSS gradient from left to right. */
export function colourGradient(id: ColourMapId): string {
  return `linear-gradient(to right, ${ANCHORS[id].join(', ')})`;
}

/** The map's anchors with their places 0 to 1, for gradients in SVG. */
export function colourStops(
  id: ColourMapId,
): readonly { readonly at: number; readonly colour: string }[] {
  const anchors = ANCHORS[id];
  return anchors.map((colour, i) => ({ at: i / (anchors.length - 1), colour }));
}
