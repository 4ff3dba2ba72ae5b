/** Numbers of the TIFF 6.0 specification and its technical notes, as far as a volume needs them. */

export const Tag = {
  newSubfileType: 254,
  subfileType: 255,
  imageWidth: 256,
  imageLength: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  imageDescription: 270,
  make: 271,
  model: 272,
  stripOffsets: 273,
  orientation: 274,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  xResolution: 282,
  yResolution: 283,
  planarConfiguration: 284,
  resolutionUnit: 296,
  software: 305,
  dateTime: 306,
  artist: 315,
  predictor: 317,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  sampleFormat: 339,
  jpegTables: 347,
} as const;

export const KNOWN_TAGS: ReadonlySet<number> = new Set(Object.values(Tag));

/** Bytes of one value by field type; absent = unknown type. */
export const FIELD_BYTES: Readonly<Record<number, number>> = {
  1: 1, // BYTE
  2: 1, // ASCII
  3: 2, // SHORT
  4: 4, // LONG
  5: 8, // RATIONAL
  6: 1, // SBYTE
  7: 1, // UNDEFINED
  8: 2, // SSHORT
  9: 4, // SLONG
  10: 8, // SRATIONAL
  11: 4, // FLOAT
  12: 8, // DOUBLE
  13: 4, // IFD
  16: 8, // LONG8
  17: 8, // SLONG8
  18: 8, // IFD8
};

export const FieldType = {
  byte: 1,
  ascii: 2,
  short: 3,
  long: 4,
  rational: 5,
  sbyte: 6,
  undefined: 7,
  sshort: 8,
  slong: 9,
  srational: 10,
  float: 11,
  double: 12,
  ifd: 13,
  long8: 16,
  slong8: 17,
  ifd8: 18,
} as const;

export const Compression = {
  none: 1,
  lzw: 5,
  jpeg: 7,
  adobeDeflate: 8,
  deflate: 32946,
  packBits: 32773,
  zstd: 50000,
} as const;

const COMPRESSION_NAMES: Readonly<Record<number, string>> = {
  1: 'none',
  2: 'CCITT Huffman',
  3: 'CCITT group 3',
  4: 'CCITT group 4',
  5: 'LZW',
  6: 'old-style JPEG',
  7: 'JPEG',
  8: 'Deflate',
  32773: 'PackBits',
  32809: 'ThunderScan',
  32946: 'Deflate',
  33003: 'JPEG 2000',
  33005: 'JPEG 2000',
  34661: 'JBIG',
  34676: 'SGI LogLuv',
  34677: 'SGI LogLuv',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34892: 'lossy JPEG',
  34925: 'LZMA',
  50000: 'ZSTD',
  50001: 'WebP',
  50002: 'JPEG XL',
};

export function compressionName(compression: number): string {
  return COMPRESSION_NAMES[compression] ?? `number ${compression}`;
}

const PHOTOMETRIC_NAMES: Readonly<Record<number, string>> = {
  0: 'min is white',
  1: 'min is black',
  2: 'RGB',
  3: 'palette',
  4: 'transparency mask',
  5: 'CMYK',
  6: 'YCbCr',
  8: 'CIE L*a*b*',
};

export function photometricName(photometric: number): string {
  return PHOTOMETRIC_NAMES[photometric] ?? `number ${photometric}`;
}

/**
 * The most bytes one stored byte can become. A page that declares more than its chunks can hold is
 * refused before anything is allocated. Deflate: 258 bytes for 2 bits. LZW without table resets:
 * 3838 bytes for 12 bits. PackBits: 128 for 2. ZSTD: a 128 KiB block for 4. JPEG: no bound is known,
 * so one is set.
 */
export function largestRatio(compression: number): number {
  switch (compression) {
    case Compression.none:
      return 1;
    case Compression.packBits:
      return 64;
    case Compression.lzw:
      return 2560;
    case Compression.adobeDeflate:
    case Compression.deflate:
      return 1032;
    case Compression.zstd:
      return 32768;
    default:
      return 4096;
  }
}
