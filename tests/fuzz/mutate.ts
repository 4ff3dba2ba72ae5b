/** Damage by number: a format's base files, a seed and an index name one mutant for ever. */
import type { FormatId } from '../../src/io/registry.ts';
import { integerBytes, type Place, seededNumbers } from '../support/tiff-fixtures.ts';
import type { FuzzBase, FuzzFile } from './bases.ts';

export interface Mutant {
  readonly base: FuzzBase;
  readonly files: readonly FuzzFile[];
}

type Random = () => number;

/** Now and then: text that would fill a worker's objects. */
const LONG_TEXT = 'x'.repeat(1 << 20);

const HOSTILE_TEXT: readonly string[] = [
  '0',
  '-1',
  '1e300',
  '-1e-300',
  'nan',
  'inf',
  '-inf',
  '0.5',
  '1',
  '2147483647',
  '2147483648',
  '4294967295',
  '4294967296',
  '9007199254740993',
  '99999999999999999999',
  '65536 65536 8',
  '1 1 1 1 1 1 1',
  '',
  ' ',
  '\n',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  '((((',
  '[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[',
  'null',
  'true',
  'none',
  'LIST',
  'LOCAL',
  'raw',
  'gzip',
  'bzip2',
  'zlib',
  'ascii',
  'big',
  '%9999999d 0 9999999 1',
  '%d 0 0 0',
  '%s%n%n',
  '__proto__',
  'constructor',
  '<img src=x onerror=alert(1)>',
  '=1+1',
  '\0',
  '\\n',
  '\u001b[31m',
  '\u00ff\u00fe',
  '../../etc/passwd',
  'x'.repeat(5000),
];

/** Borders of integer types, of the file, and factors whose products overflow. */
function hostileNumber(
  random: Random,
  size: number,
  here: number,
  links: readonly number[],
): bigint {
  const codes = [1, 2, 3, 5, 6, 7, 8, 32_773, 32_946, 34_887, 50_000, 50_001];
  const choices = [
    0n,
    1n,
    2n,
    3n,
    4n,
    0x7fn,
    0x80n,
    0xffn,
    0x7fffn,
    0xffffn,
    0x10000n,
    0x7fffffffn,
    0x80000000n,
    0xffffffffn,
    0x100000000n,
    0x1fffffffffffffn,
    0x7fffffffffffffffn,
    0xffffffffffffffffn,
    BigInt(here),
    BigInt(Math.max(0, size - 1)),
    BigInt(size),
    BigInt(size + 1),
    BigInt(Math.floor(random() * size)),
    BigInt(pick(random, codes) ?? 0),
    BigInt(pick(random, links) ?? here),
  ];
  return pick(random, choices) ?? 0n;
}

function pick<T>(random: Random, items: readonly T[]): T | undefined {
  return items[Math.floor(random() * items.length)];
}

function anyPlace(random: Random, { places }: FuzzFile, size: number): Place {
  const stated = random() < 0.9 && places !== undefined ? pick(random, places) : undefined;
  if (stated !== undefined) return stated;
  const length = pick(random, [1, 2, 4, 8]) ?? 4;
  // Headers stand at the start: half of the damage is done to the first tenth.
  const at = Math.floor(random() * (random() < 0.5 ? size / 10 : size));
  return { kind: 'value', at: random() < 0.7 ? at - (at % length) : at, length };
}

function isText(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 64);
  const printable = head.filter((byte) => byte === 10 || (byte >= 32 && byte < 127)).length;
  return printable > 0.9 * head.length;
}

function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}

function damageBytes(
  bytes: Uint8Array<ArrayBuffer>,
  file: FuzzFile,
  random: Random,
): Uint8Array<ArrayBuffer> {
  const place = anyPlace(random, file, bytes.length);
  const what = random();
  if (what < 0.5) {
    const width = Math.min(place.length, 8);
    if (place.at + width > bytes.length) return bytes;
    const value = hostileNumber(random, bytes.length, place.at, file.links ?? []);
    // A file's byte order is not known here: both are tried.
    bytes.set(integerBytes(value, width, random() < 0.5), place.at);
    return bytes;
  }
  if (what < 0.72) {
    const at = place.at + Math.floor(random() * place.length);
    if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << Math.floor(random() * 8));
    return bytes;
  }
  if (what < 0.8) {
    const other = anyPlace(random, file, bytes.length);
    const length = Math.min(place.length, other.length, 4096);
    const kept = bytes.slice(place.at, place.at + length);
    bytes.copyWithin(place.at, other.at, other.at + length);
    if (other.at + kept.length <= bytes.length) bytes.set(kept, other.at);
    return bytes;
  }
  if (what < 0.9) return bytes.slice(0, Math.max(0, place.at + Math.floor(random() * 3) - 1));
  const at = Math.min(place.at, bytes.length);
  if (what < 0.94) return join(bytes.subarray(0, at), bytes.subarray(at + place.length));
  const from = Math.floor(random() * bytes.length);
  const piece = bytes.slice(from, from + Math.floor(random() * 256));
  return join(bytes.subarray(0, at), piece, bytes.subarray(at));
}

/** Numbers, words and quoted texts of a header. */
const TOKEN = /[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?|[A-Za-z_]\w*|"[^"\n]*"/g;
const MOST_TEXT = 4096;

function damageText(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const head = Buffer.from(bytes.subarray(0, MOST_TEXT)).toString('latin1');
  const hostile = random() < 0.002 ? LONG_TEXT : (pick(random, HOSTILE_TEXT) ?? '');
  const what = random();
  let changed = head;
  if (what < 0.6) {
    const tokens = [...head.matchAll(TOKEN)];
    const token = pick(random, tokens);
    if (token === undefined) return bytes;
    // Another word of the same file is often one that is known there, in the wrong place.
    const word = random() < 0.3 ? (pick(random, tokens)?.[0] ?? '') : hostile;
    changed = head.slice(0, token.index) + word + head.slice(token.index + token[0].length);
  } else {
    const lines = head.split('\n');
    const at = Math.floor(random() * lines.length);
    if (what < 0.75) lines[at] = (lines[at] ?? '').replace(/[:=] ?.*$/, (end) => end[0] + hostile);
    else if (what < 0.85) lines.splice(at, 0, pick(random, lines) ?? '');
    else if (what < 0.95) lines.splice(at, 1);
    else lines.splice(at, 0, hostile);
    changed = lines.join('\n');
  }
  return join(Buffer.from(changed, 'latin1'), bytes.subarray(MOST_TEXT));
}

function damageFile(file: FuzzFile, random: Random, others: readonly FuzzFile[]): FuzzFile {
  let bytes = new Uint8Array(file.bytes);
  const changes = 1 + Math.floor(random() * random() * 5);
  for (let change = 0; change < changes; change++) {
    if (isText(bytes) ? random() < 0.6 : random() < 0.05) bytes = damageText(bytes, random);
    else bytes = damageBytes(bytes, file, random);
  }
  if (random() < 0.01) {
    const other = pick(random, others)?.bytes ?? bytes;
    const cut = Math.floor(random() * Math.min(bytes.length, other.length));
    bytes = join(bytes.subarray(0, cut), other.subarray(cut));
  }
  return { ...file, bytes };
}

/** A 32-bit number of a text (FNV-1a). */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

export function mutantName(format: FormatId, seed: number, index: number): string {
  return `${format}:${seed}:${index}`;
}

/** Mutant `index` of the seed. The first of each base, in turn, is the undamaged file. */
export function mutantOf(bases: readonly FuzzBase[], name: string, index: number): Mutant {
  const base = bases[index % bases.length] as FuzzBase;
  if (index < bases.length) return { base, files: base.files };
  const random = seededNumbers(hashText(name));
  // The first numbers of near seeds are alike.
  random();
  const files = [...base.files];
  const others = bases.flatMap((each) => each.files);
  const turns = files.length > 1 && random() < 0.2 ? 2 : 1;
  for (let turn = 0; turn < turns; turn++) {
    const at = random() < 0.5 ? 0 : Math.floor(random() * files.length);
    const chosen = files[at] as FuzzFile;
    if (files.length > 1 && random() < 0.02) files.splice(at, 1);
    else files[at] = damageFile(chosen, random, others);
  }
  return { base, files };
}
