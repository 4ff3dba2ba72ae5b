/**
 * The text header of an NRRD file, versions NRRD0001 to NRRD0006
 * (Kindlmann, "Definition of NRRD file format", teem.sourceforge.net/nrrd/format.html).
 */
import { UserError } from '../../../errors/errors.ts';
import type { VoxelType } from '../../../volume/volume.ts';
import type { ByteSource } from '../../format.ts';

export type NrrdEncoding = 'raw' | 'ascii' | 'hex' | 'gzip' | 'bzip2';

/** Where the samples are: behind the header, or in files that the header names. */
export type NrrdDataFiles =
  | { readonly kind: 'attached' }
  | {
      readonly kind: 'detached';
      readonly names: readonly string[];
      /** Dimension of the slab in each file, or null for the format's own rule. */
      readonly dimension: number | null;
    };

export interface NrrdHeader {
  readonly type: VoxelType;
  readonly sizes: readonly number[];
  readonly encoding: NrrdEncoding;
  readonly bigEndian: boolean;
  readonly lineSkip: number;
  /** -1: the samples are the last bytes of the file. */
  readonly byteSkip: number;
  readonly kinds: readonly string[];
  /** Per axis; NaN where the header says "nan", null where it has no `spacings`. */
  readonly spacings: readonly number[] | null;
  /** Per axis one vector, or null for "none". */
  readonly spaceDirections: readonly (readonly number[] | null)[] | null;
  readonly spaceOrigin: readonly number[] | null;
  /** Lower case, '' where the header has no `space`. */
  readonly space: string;
  readonly spaceUnits: readonly string[];
  readonly units: readonly string[];
  readonly dataFiles: NrrdDataFiles;
  /** Offset of the first byte behind the header. */
  readonly dataOffset: number;
  /** Every field and key/value pair as it stands in the file. */
  readonly fields: ReadonlyMap<string, string>;
  readonly keyValues: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

const FIRST_READ = 64 * 1024;
/** A list of 20 000 data files fits; a file of text that never ends does not. */
const MAX_HEADER_BYTES = 4 * 1024 * 1024;
const MAX_DIMENSION = 16;
const MAX_DATA_FILES = 65_536;
/** Longest value of a field; key/value pairs and comments may be longer. */
const MAX_FIELD_CHARACTERS = 16_384;

const TYPES: ReadonlyMap<string, VoxelType> = new Map(
  Object.entries({
    'signed char': 'int8',
    int8: 'int8',
    int8_t: 'int8',
    uchar: 'uint8',
    'unsigned char': 'uint8',
    uint8: 'uint8',
    uint8_t: 'uint8',
    short: 'int16',
    'short int': 'int16',
    'signed short': 'int16',
    'signed short int': 'int16',
    int16: 'int16',
    int16_t: 'int16',
    ushort: 'uint16',
    'unsigned short': 'uint16',
    'unsigned short int': 'uint16',
    uint16: 'uint16',
    uint16_t: 'uint16',
    int: 'int32',
    'signed int': 'int32',
    int32: 'int32',
    int32_t: 'int32',
    uint: 'uint32',
    'unsigned int': 'uint32',
    uint32: 'uint32',
    uint32_t: 'uint32',
    longlong: 'int64',
    'long long': 'int64',
    'long long int': 'int64',
    'signed long long': 'int64',
    'signed long long int': 'int64',
    int64: 'int64',
    int64_t: 'int64',
    ulonglong: 'uint64',
    'unsigned long long': 'uint64',
    'unsigned long long int': 'uint64',
    uint64: 'uint64',
    uint64_t: 'uint64',
    float: 'float32',
    double: 'float64',
  }),
);

const ENCODINGS: ReadonlyMap<string, NrrdEncoding> = new Map(
  Object.entries({
    raw: 'raw',
    txt: 'ascii',
    text: 'ascii',
    ascii: 'ascii',
    hex: 'hex',
    gz: 'gzip',
    gzip: 'gzip',
    bz2: 'bzip2',
    bzip2: 'bzip2',
  }),
);

/** Spellings of a field's name that mean the same field. */
const FIELD_ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    datafile: 'data file',
    lineskip: 'line skip',
    byteskip: 'byte skip',
    blocksize: 'block size',
    centers: 'centerings',
    axismins: 'axis mins',
    axismaxs: 'axis maxs',
    oldmin: 'old min',
    oldmax: 'old max',
    sampleunits: 'sample units',
  }),
);

interface Line {
  readonly number: number;
  readonly text: string;
}

function malformed(source: ByteSource, line: Line | null, problem: string): UserError {
  const place = line === null ? '' : `, header line ${line.number}`;
  return new UserError(
    'file/malformed',
    `${source.name}${place}: ${problem}; the NRRD header must be corrected.`,
    { file: source.name, ...(line === null ? {} : { line: line.number }) },
  );
}

export function isNrrdMagic(head: Uint8Array): boolean {
  return /^NRRD\d{4}[\r\n]/.test(String.fromCharCode(...head.subarray(0, 9)));
}

/** Reads header text until its blank line, or to the end of a detached header. */
async function readHeaderLines(
  source: ByteSource,
): Promise<{ lines: readonly Line[]; dataOffset: number }> {
  let length = Math.min(FIRST_READ, source.size);
  for (;;) {
    const bytes = await source.read(0, length);
    const end = findBlankLine(bytes);
    if (end !== null || length >= source.size) {
      const text = new TextDecoder().decode(bytes.subarray(0, end?.start ?? bytes.length));
      const lines = text
        .split('\n')
        .map((line, index) => ({ number: index + 1, text: line.replace(/\r$/, '') }));
      return { lines, dataOffset: end?.next ?? source.size };
    }
    if (length >= MAX_HEADER_BYTES) {
      throw malformed(source, null, 'the header has no blank line in its first 4 MiB');
    }
    length = Math.min(length * 8, MAX_HEADER_BYTES, source.size);
  }
}

function findBlankLine(bytes: Uint8Array): { start: number; next: number } | null {
  for (let i = bytes.indexOf(0x0a); i !== -1; i = bytes.indexOf(0x0a, i + 1)) {
    if (bytes[i + 1] === 0x0a) return { start: i, next: i + 2 };
    if (bytes[i + 1] === 0x0d && bytes[i + 2] === 0x0a) return { start: i, next: i + 3 };
  }
  return null;
}

function unescapeValue(text: string): string {
  return text.replace(/\\([n\\])/g, (_, character: string) => (character === 'n' ? '\n' : '\\'));
}

function splitFields(source: ByteSource, lines: readonly Line[]) {
  const fields = new Map<string, Line>();
  const keyValues = new Map<string, string>();
  let list: Line[] | null = null;
  for (const line of lines.slice(1)) {
    if (line.text.startsWith('#')) continue;
    if (list !== null) {
      if (line.text.trim() !== '') list.push(line);
      continue;
    }
    if (line.text.trim() === '') continue;
    const match = /^([^:]*?):(=| )?(.*)$/.exec(line.text);
    if (match === null)
      throw malformed(source, line, 'this is neither "field: value" nor a comment');
    const [, left = '', separator = '', right = ''] = match;
    if (separator === '=') {
      keyValues.set(unescapeValue(left), unescapeValue(right));
      continue;
    }
    const key = left.trim().toLowerCase();
    const name = FIELD_ALIASES.get(key) ?? key;
    if (right.length > MAX_FIELD_CHARACTERS) {
      throw malformed(source, line, `the field is ${right.length} characters long`);
    }
    if (fields.has(name)) throw malformed(source, line, `the field "${name}" is given twice`);
    fields.set(name, { number: line.number, text: right.trim() });
    // The names of a LIST run to the end of the header.
    if (name === 'data file' && /^LIST\b/.test(right.trim())) list = [];
  }
  return { fields, keyValues, list: list ?? [] };
}

const INTEGER = /^[+-]?\d{1,15}$/;

function parseInteger(source: ByteSource, line: Line, text: string, least: number): number {
  const value = Number(text);
  if (!INTEGER.test(text) || value < least) {
    throw malformed(source, line, `"${text}" is not a whole number of at least ${least}`);
  }
  return value;
}

/** NRRD writes not-a-number as "nan" and infinities as "inf", in any case. */
function parseNumber(source: ByteSource, line: Line, text: string): number {
  const lower = text.toLowerCase();
  if (/^[+-]?nan/.test(lower)) return Number.NaN;
  if (/^[+-]?inf/.test(lower)) return lower.startsWith('-') ? -Infinity : Infinity;
  const value = text === '' ? Number.NaN : Number(text);
  if (Number.isNaN(value) || /x/i.test(text)) {
    throw malformed(source, line, `"${text}" is not a number`);
  }
  return value;
}

function words(line: Line): string[] {
  return line.text.split(/\s+/).filter((word) => word !== '');
}

function quotedWords(line: Line): string[] {
  return [...line.text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  );
}

function parseVectors(source: ByteSource, line: Line): (readonly number[] | null)[] {
  const rest = line.text.replace(/\(([^()]*)\)|none/gi, ' ').trim();
  if (rest !== '') throw malformed(source, line, `"${rest}" is not a vector (a,b,c) or "none"`);
  return [...line.text.matchAll(/\(([^()]*)\)|none/gi)].map((match) =>
    match[1] === undefined
      ? null
      : match[1].split(',').map((word) => parseNumber(source, line, word.trim())),
  );
}

/** Axis vectors of the space, whose dimension `space` or `space dimension` states. */
function spaceDimension(fields: ReadonlyMap<string, Line>): number | null {
  const stated = fields.get('space dimension');
  if (stated !== undefined) return Number(stated.text);
  const space = fields.get('space')?.text.toLowerCase();
  if (space === undefined) return null;
  return /time|^(ras|las|lps)t$/.test(space) ? 4 : 3;
}

function expandPattern(source: ByteSource, line: Line): NrrdDataFiles | null {
  // The name itself may hold spaces: the numbers are the last three or four words.
  const match = /^(.*%[0-9]*[di].*?)\s+(-?\d+)\s+(-?\d+)\s+(-?\d+)(?:\s+(\d+))?$/.exec(line.text);
  if (match === null) return null;
  const [, pattern = '', first, last, by, subdimension] = match;
  const min = Number(first);
  const max = Number(last);
  const step = Number(by);
  const count = Math.floor((max - min) / step) + 1;
  if (step === 0 || !(count >= 1)) {
    throw malformed(source, line, `the numbers ${min} to ${max} by ${step} name no file`);
  }
  if (count > MAX_DATA_FILES) {
    throw malformed(
      source,
      line,
      `${count} data files are more than the limit of ${MAX_DATA_FILES}`,
    );
  }
  const names = Array.from({ length: count }, (_, i) =>
    pattern.replace(/%(0?)(\d*)[di]/, (_conversion, zero: string, width: string) =>
      String(min + i * step).padStart(Math.min(Number(width), 32), zero === '0' ? '0' : ' '),
    ),
  );
  return {
    kind: 'detached',
    names,
    dimension: subdimension === undefined ? null : Number(subdimension),
  };
}

function parseDataFiles(
  source: ByteSource,
  line: Line | undefined,
  list: readonly Line[],
): NrrdDataFiles {
  if (line === undefined) return { kind: 'attached' };
  const listed = /^LIST(?:\s+(\d+))?$/.exec(line.text);
  if (listed !== null) {
    if (list.length === 0) throw malformed(source, line, 'the LIST of data files is empty');
    if (list.length > MAX_DATA_FILES) {
      throw malformed(source, line, `more than ${MAX_DATA_FILES} data files are listed`);
    }
    return {
      kind: 'detached',
      names: list.map((entry) => entry.text.trim()),
      dimension: listed[1] === undefined ? null : Number(listed[1]),
    };
  }
  const pattern = expandPattern(source, line);
  if (pattern !== null) return pattern;
  if (line.text === '') throw malformed(source, line, 'the data file has no name');
  return { kind: 'detached', names: [line.text], dimension: null };
}

/** Reads and checks the header. Throws `file/malformed` that names the line, `file/unsupported`. */
export async function readNrrdHeader(source: ByteSource): Promise<NrrdHeader> {
  if (source.size === 0) {
    throw new UserError('file/empty', `${source.name} is empty (0 bytes).`, { file: source.name });
  }
  const { lines, dataOffset } = await readHeaderLines(source);
  const magic = /^NRRD(\d{4})$/.exec(lines[0]?.text.trim() ?? '');
  if (magic === null) {
    throw malformed(
      source,
      { number: 1, text: '' },
      'an NRRD file starts with "NRRD000" and a version',
    );
  }
  const version = Number(magic[1]);
  if (version < 1 || version > 6) {
    throw new UserError(
      'file/unsupported',
      `${source.name} says it is NRRD version ${version}; Tauscope reads versions 1 to 6.`,
      { file: source.name, version },
    );
  }
  const { fields, keyValues, list } = splitFields(source, lines);
  const warnings: string[] = [];

  const required = (name: string): Line => {
    const line = fields.get(name);
    if (line === undefined) throw malformed(source, null, `the field "${name}" is missing`);
    return line;
  };

  const dimensionLine = required('dimension');
  const dimension = parseInteger(source, dimensionLine, dimensionLine.text, 1);
  if (dimension > MAX_DIMENSION) {
    throw malformed(source, dimensionLine, `dimension ${dimension} is more than ${MAX_DIMENSION}`);
  }
  const perAxis = <T>(name: string, values: readonly T[], line: Line): readonly T[] => {
    if (values.length !== dimension) {
      throw malformed(
        source,
        line,
        `"${name}" has ${values.length} entries for dimension ${dimension}`,
      );
    }
    return values;
  };

  const typeLine = required('type');
  const type = TYPES.get(typeLine.text.toLowerCase().replace(/\s+/g, ' '));
  if (type === undefined) {
    throw new UserError(
      'file/unsupported',
      `${source.name}, header line ${typeLine.number}: the sample type "${typeLine.text.slice(0, 80)}" is not supported; Tauscope reads 8 to 64-bit integers, float and double.`,
      { file: source.name, line: typeLine.number },
    );
  }

  const sizesLine = required('sizes');
  const sizes = perAxis(
    'sizes',
    words(sizesLine).map((word) => parseInteger(source, sizesLine, word, 0)),
    sizesLine,
  );

  const encodingLine = required('encoding');
  const encoding = ENCODINGS.get(encodingLine.text.toLowerCase());
  if (encoding === undefined) {
    throw new UserError(
      'file/unsupported',
      `${source.name}, header line ${encodingLine.number}: the encoding "${encodingLine.text.slice(0, 80)}" is not supported; Tauscope reads raw, text, hex, gzip and bzip2.`,
      { file: source.name, line: encodingLine.number },
    );
  }

  const endianLine = fields.get('endian');
  const endian = endianLine?.text.toLowerCase() ?? 'little';
  if (endian !== 'little' && endian !== 'big') {
    throw malformed(source, endianLine ?? null, `the byte order "${endian}" is not little or big`);
  }
  const multibyte = !['int8', 'uint8'].includes(type) && encoding !== 'ascii';
  if (endianLine === undefined && multibyte) {
    warnings.push('The header does not state the byte order: little endian was taken.');
  }

  const optionalInteger = (name: string, least: number): number => {
    const line = fields.get(name);
    return line === undefined ? 0 : parseInteger(source, line, line.text, least);
  };

  const kindsLine = fields.get('kinds');
  const spacingsLine = fields.get('spacings');
  const directionsLine = fields.get('space directions');
  const originLine = fields.get('space origin');
  const spaceUnitsLine = fields.get('space units');
  const unitsLine = fields.get('units');

  const inSpace = spaceDimension(fields);
  let spaceDirections: readonly (readonly number[] | null)[] | null = null;
  if (directionsLine !== undefined) {
    spaceDirections = perAxis(
      'space directions',
      parseVectors(source, directionsLine),
      directionsLine,
    );
    const length = inSpace ?? spaceDirections.find((vector) => vector !== null)?.length;
    if (spaceDirections.some((vector) => vector !== null && vector.length !== length)) {
      throw malformed(source, directionsLine, `a direction does not have ${length} numbers`);
    }
  }

  return {
    type,
    sizes,
    encoding,
    bigEndian: endian === 'big',
    lineSkip: optionalInteger('line skip', 0),
    byteSkip: optionalInteger('byte skip', -1),
    kinds:
      kindsLine === undefined
        ? []
        : perAxis(
            'kinds',
            words(kindsLine).map((kind) => kind.toLowerCase()),
            kindsLine,
          ),
    spacings:
      spacingsLine === undefined
        ? null
        : perAxis(
            'spacings',
            words(spacingsLine).map((word) => parseNumber(source, spacingsLine, word)),
            spacingsLine,
          ),
    spaceDirections,
    spaceOrigin: originLine === undefined ? null : (parseVectors(source, originLine)[0] ?? null),
    space: fields.get('space')?.text.toLowerCase() ?? '',
    spaceUnits: spaceUnitsLine === undefined ? [] : quotedWords(spaceUnitsLine),
    units: unitsLine === undefined ? [] : perAxis('units', quotedWords(unitsLine), unitsLine),
    dataFiles: parseDataFiles(source, fields.get('data file'), list),
    dataOffset,
    fields: new Map([...fields].map(([name, line]) => [name, line.text])),
    keyValues,
    warnings,
  };
}
