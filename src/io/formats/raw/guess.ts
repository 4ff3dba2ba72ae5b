/**
 * Guesses how the voxels of a file without a header are laid out: from its name first, then from the
 * factors of its size. Pure functions; `rank.ts` compares the guesses with the bytes.
 */
import { createSpacing, parseLengthUnit, type VoxelSpacing } from '../../../volume/length.ts';
import { type RawLayout, rawBytes, rawLayoutText } from '../../../volume/raw-layout.ts';
import { bytesPerVoxel, type VoxelType } from '../../../volume/volume.ts';

export interface RawGuess {
  readonly layout: RawLayout;
  /** Where it comes from, a few words. */
  readonly reason: string;
  /** The higher the likelier. */
  readonly score: number;
}

/** What a file's name says; null or empty for what it does not. */
export interface NameFacts {
  readonly edges: readonly number[];
  readonly types: readonly VoxelType[];
  readonly byteOrder: 'le' | 'be' | null;
  readonly skip: number | null;
  readonly spacing: VoxelSpacing | null;
}

const NUMBER = String.raw`\d+(?:\.\d+)?`;
const VOXEL_SIZE = new RegExp(
  String.raw`(?:(${NUMBER})x(${NUMBER})x(${NUMBER})|(?:vox(?:el)?s?|pixels?|px|res)[a-z]*[\s_=-]*(${NUMBER}))[\s_-]*(nm|um|µm|μm|microns?|mm)(?![a-z])`,
  'i',
);
const EDGES = /(?<![\d.])(\d{1,6})\s*[x×*]\s*(\d{1,6})(?:\s*[x×*]\s*(\d{1,6}))?(?![\d.]*\d)/i;
/** Numbers between underscores are sizes only where they fit the file. */
const LOOSE_EDGES = /(?<!\d)(\d{2,5})[_-](\d{2,5})[_-](\d{2,5})(?!\d)/;
const HEADER = /(?:header|hdr|skip|offset)[\s_=-]*(\d{1,9})/i;

const LITTLE = /(?<![a-z])(?:le|little(?:[ _-]?endian)?)(?![a-z])/i;
const BIG = /(?<![a-z])(?:be|big(?:[ _-]?endian)?)(?![a-z])/i;

/** Type words, each ended by something else than a letter or digit, or by the byte order. */
const TYPE_WORDS: readonly (readonly [words: string, types: readonly VoxelType[]])[] = [
  ['uint8|u8|uchar|byte|8ui?|unsigned[ _-]?char', ['uint8']],
  ['int8|i8|s8|schar|8si?', ['int8']],
  ['uint16|u16|ushort|16ui?|unsigned[ _-]?short', ['uint16']],
  ['int16|i16|s16|short|16si?', ['int16']],
  ['uint32|u32|uint|32ui?', ['uint32']],
  ['int32|i32|s32|int|32si?', ['int32']],
  ['float32|f32|float|32f|single|32[ _-]?bit[ _-]?(?:float|real)', ['float32']],
  ['float64|f64|double|64f|64[ _-]?bit[ _-]?(?:float|real)', ['float64']],
  ['8[ _-]?bits?', ['uint8', 'int8']],
  ['16[ _-]?bits?', ['uint16', 'int16']],
  ['32[ _-]?bits?', ['float32', 'uint32', 'int32']],
  ['64[ _-]?bits?', ['float64', 'uint64', 'int64']],
];

function hasWord(text: string, words: string): boolean {
  return new RegExp(`(?<![a-z0-9])(?:${words})(?:[ _-]?[lb]e)?(?![a-z0-9])`, 'i').test(text);
}

function spacingIn(match: RegExpExecArray | null): VoxelSpacing | null {
  if (match === null) return null;
  const [, x, y, z, edge, word = ''] = match;
  const unit = parseLengthUnit(word.replace(/^microns?$/i, 'um'));
  if (unit === null) return null;
  const values = [x ?? edge, y ?? edge, z ?? edge].map((text) => Number(text) * unit.factor);
  const [a = 0, b = 0, c = 0] = values;
  return a > 0 && b > 0 && c > 0 ? createSpacing([a, b, c], unit.unit) : null;
}

export function readName(name: string): NameFacts {
  const voxel = VOXEL_SIZE.exec(name);
  const text = voxel === null ? name : name.replace(voxel[0], ' ');
  const edges = EDGES.exec(text) ?? LOOSE_EDGES.exec(text);
  const byteOrder = LITTLE.test(text) ? 'le' : BIG.test(text) ? 'be' : null;
  const header = HEADER.exec(text)?.[1];
  return {
    edges: (edges?.slice(1) ?? []).filter((each) => each !== undefined).map(Number),
    types: TYPE_WORDS.find(([words]) => hasWord(text, words))?.[1] ?? [],
    byteOrder,
    skip: header === undefined ? null : Number(header),
    spacing: spacingIn(voxel),
  };
}

/** Types by the bytes of a voxel, the likeliest first. */
const USUAL: Readonly<Record<number, VoxelType>> = { 2: 'uint16', 1: 'uint8', 4: 'float32' };
/** Headers that scanners and image programs write before raw voxels. */
const HEADERS = [0, 512, 1024, 2048, 4096, 256, 128] as const;
/** Many, since their order changes once the bytes are looked at. */
const MOST_GUESSES = 400;
/** How much rarer big-endian files are, as a score. */
const BIG_ENDIAN = 30;

/** How much an edge looks like one that a person or a detector chose, 0 to 8. */
function roundness(edge: number): number {
  if ((edge & (edge - 1)) === 0) return 8;
  const steps = [
    [64, 6],
    [50, 5],
    [16, 4],
    [10, 3],
    [4, 2],
    [2, 1],
  ] as const;
  return steps.find(([step]) => edge % step === 0)?.[1] ?? 0;
}

function octaves(a: number, b: number): number {
  return Math.abs(Math.log2(a / b));
}

interface Edges {
  readonly edges: readonly [number, number, number];
  readonly score: number;
}

/** Cubes, stacks of square slices and of others, that have exactly so many voxels. */
function boxesOf(voxels: number, onlySquare: boolean): readonly Edges[] {
  const found: Edges[] = [];
  const most = Math.min(8192, Math.floor(Math.sqrt(voxels)));
  for (let width = 16; width <= most; width++) {
    if (voxels % (width * width) !== 0) continue;
    const depth = voxels / (width * width);
    const isCube = depth === width;
    const score = (isCube ? 60 : 40 - 5 * octaves(depth, width)) + 2 * roundness(width);
    found.push({ edges: [width, width, depth], score });
  }
  if (onlySquare) return found;
  for (let width = 32; width <= 4096; width += 2) {
    if (roundness(width) < 2 || voxels % width !== 0) continue;
    for (let height = 32; height <= 4096; height += 2) {
      if (height === width || roundness(height) < 2 || (voxels / width) % height !== 0) continue;
      const depth = voxels / width / height;
      const shape = octaves(width, height) + octaves(depth, width);
      const score = 20 - 4 * shape + roundness(width) + roundness(height);
      if (score > 0) found.push({ edges: [width, height, depth], score });
    }
  }
  return found;
}

function layoutOf(
  [width, height, depth]: readonly [number, number, number],
  type: VoxelType,
  byteOrder: 'le' | 'be',
  skip: number,
): RawLayout {
  return { width, height, depth, type, byteOrder, skip, gap: 0 };
}

/** Types that the name leaves open, by what fits so many voxels. */
function typesFor({ types }: NameFacts, bytesEach: number): readonly VoxelType[] {
  if (types.length > 0) return types;
  const fitting = ([2, 1, 4] as const).filter((width) => width <= bytesEach);
  const exact = fitting.filter((width) => width === bytesEach);
  const all = exact.length > 0 ? exact : fitting.toSorted((a, b) => b - a);
  const found = all.map((width) => USUAL[width] as VoxelType);
  return bytesEach === 8 ? ['float64', ...found] : found;
}

function fromName(facts: NameFacts, bytes: number): readonly RawGuess[] {
  const [x, y, z] = facts.edges;
  if (x === undefined || y === undefined || x * y === 0 || z === 0) return [];
  const guesses: RawGuess[] = [];
  const offered = typesFor(facts, z === undefined ? 2 : Math.floor(bytes / (x * y * z)));
  for (const [rank, type] of offered.entries()) {
    const sliceBytes = x * y * bytesPerVoxel(type);
    const slices = z ?? Math.floor((bytes - (facts.skip ?? 0)) / sliceBytes);
    const skip = facts.skip ?? Math.max(0, bytes - slices * sliceBytes);
    const layout = layoutOf(
      [x, y, slices],
      type,
      facts.byteOrder ?? 'le',
      z === undefined ? 0 : skip,
    );
    if (slices < 1 || rawBytes(layout) > bytes) continue;
    const score = 200 - rank - (rawBytes(layout) === bytes && skip === 0 ? 0 : 20);
    guesses.push({ layout, reason: 'from the name', score });
  }
  return guesses;
}

function fromSize(facts: NameFacts, bytes: number): readonly RawGuess[] {
  const guesses: RawGuess[] = [];
  const types = facts.types.length > 0 ? facts.types : Object.values(USUAL);
  const order = ['uint16', 'uint8', 'float32'];
  const headers = facts.skip === null ? HEADERS : [facts.skip];
  for (const type of types) {
    for (const skip of headers) {
      const voxels = (bytes - skip) / bytesPerVoxel(type);
      if (!Number.isInteger(voxels) || voxels < 1) continue;
      const penalty =
        Math.max(0, order.indexOf(type)) * 3 + (skip > 0 && facts.skip === null ? 15 : 0);
      for (const { edges, score } of boxesOf(voxels, skip > 0)) {
        guesses.push({
          layout: layoutOf(edges, type, facts.byteOrder ?? 'le', skip),
          reason: skip === 0 ? 'from the size' : `from the size, after ${skip} bytes`,
          score: score - penalty,
        });
      }
    }
  }
  return guesses;
}

/** What fits every file: slices as square as they can be, the rest left over. */
function anyLayout(facts: NameFacts, bytes: number): RawGuess {
  const type = facts.types[0] ?? 'uint8';
  const voxels = Math.max(1, Math.floor(bytes / bytesPerVoxel(type)));
  const edge = Math.max(1, Math.floor(Math.cbrt(voxels)));
  const layout = layoutOf([edge, edge, Math.floor(voxels / edge ** 2)], type, 'le', 0);
  return { layout, reason: 'no size fits the file exactly', score: -100 };
}

/** The same in the other byte order, which only the bytes can tell. */
function inBothOrders(guess: RawGuess): readonly RawGuess[] {
  const { layout, score } = guess;
  if (bytesPerVoxel(layout.type as VoxelType) === 1) return [guess];
  return [guess, { ...guess, layout: { ...layout, byteOrder: 'be' }, score: score - BIG_ENDIAN }];
}

/** The likeliest first, at least one. `bytes` is the file's size. */
export function guessRawLayouts(name: string, bytes: number): readonly RawGuess[] {
  const facts = readName(name);
  const seen = new Set<string>();
  const all = [...fromName(facts, bytes), ...fromSize(facts, bytes), anyLayout(facts, bytes)]
    .toSorted((a, b) => b.score - a.score)
    .filter(({ layout }) => {
      const text = rawLayoutText(layout);
      return !seen.has(text) && seen.add(text);
    })
    .slice(0, MOST_GUESSES);
  return facts.byteOrder === null
    ? all.flatMap(inBothOrders).toSorted((a, b) => b.score - a.score)
    : all;
}
