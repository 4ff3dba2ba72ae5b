/**
 * The session document: what was measured on which data, with what recipe, and the numbers that are
 * claimed. Plain data that is checked before anything of it is used: no code, no expressions, no
 * markup. Link, bundle and file carry the same document.
 */
import * as v from 'valibot';
import { UserError } from '../errors/errors.ts';
import { parseRecipe, type Recipe } from '../recipe/recipe.ts';
import { LENGTH_UNITS } from '../volume/length.ts';
import { canonicalJson } from '../volume/digest.ts';
import { parseRawLayout } from '../volume/raw-layout.ts';
import { VOXEL_TYPES } from '../volume/volume.ts';
import { migrate } from './migrations.ts';
import { isPublicAddress } from './web-address.ts';

export const SESSION_FORMAT = 'tauscope-session';
export const SESSION_VERSION = 1;

/** Longest text of a session, in characters: a recipe with many painted labels is the longest part. */
const MAX_TEXT = 2 ** 25;
const MAX_DATASETS = 64;
const MAX_FILES = 20_000;
const MAX_ADDRESSES = 8;
const MAX_PATH = 512;
const MAX_CHUNKS = 2 ** 20;
const MAX_AUTHORS = 100;
const MAX_COMMENTS = 1000;
const MAX_TABLES = 64;
const MAX_COLUMNS = 256;
const MAX_ROWS = 65_536;

/** Control characters and those that turn the direction of writing, which can hide what a text says. */
// oxlint-disable-next-line no-control-regex -- These are what is refused.
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

const text = (most: number) =>
  v.pipe(
    v.string(),
    v.maxLength(most, `it has more than ${most} characters`),
    v.check((value) => !HIDDEN.test(value), 'it holds hidden control characters'),
  );

const LINE = v.pipe(
  text(200),
  v.check((value) => !/[\n\t]/.test(value), 'it must be one line'),
);
const IDENTIFIER = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'it must be a short name of a–z, 0–9 and -'),
);
const SHA256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'it must be a SHA-256 in hexadecimal'));
const COUNT = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** What tables and columns are called by the operations that fill them. */
const KEY = text(128);
const LENGTH = v.pipe(v.number(), v.finite(), v.gtValue(0));
const NUMBER = v.pipe(v.number(), v.finite());

/** Whether a file's name or path may be written to a disk: no way out of its folder. */
export function isSafePath(path: string): boolean {
  return (
    path.length <= MAX_PATH &&
    !HIDDEN.test(path) &&
    !/[\\\n\t]|^[a-z]:/i.test(path) &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

const FILE_PATH = v.pipe(
  v.string(),
  v.check(isSafePath, 'it must be the name of a file, without a way out of its folder'),
);

function isRawLayout(value: string): boolean {
  try {
    parseRawLayout(value, 'raw');
    return true;
  } catch {
    return false;
  }
}

const ADDRESS = v.pipe(
  v.string(),
  v.check(isPublicAddress, 'it must be a public https address without a password'),
);

const FILE = v.strictObject({
  path: FILE_PATH,
  bytes: COUNT,
  sha256: SHA256,
  /** Where the file can be had; tried in this order, after the reader has agreed. */
  addresses: v.optional(v.pipe(v.array(ADDRESS), v.maxLength(MAX_ADDRESSES)), []),
});

const VOXELS = v.strictObject({
  size: v.strictTuple([COUNT, COUNT, COUNT]),
  type: v.picklist(VOXEL_TYPES),
  sha256: SHA256,
  /** SHA-256 of each so many slices along z, to say which slices differ; left out of links. */
  chunks: v.optional(
    v.strictObject({
      slices: v.pipe(COUNT, v.minValue(1)),
      sha256: v.pipe(v.array(SHA256), v.maxLength(MAX_CHUNKS)),
    }),
  ),
});

const DATASET = v.strictObject({
  id: IDENTIFIER,
  name: LINE,
  files: v.pipe(v.array(FILE), v.minLength(1), v.maxLength(MAX_FILES)),
  /** How the files were opened. */
  opened: v.strictObject({
    /** The volume meant, in a file that holds several. */
    dataset: v.optional(text(1024)),
    /** The layout of a file without a header, as `rawLayoutText` writes it. */
    raw: v.optional(
      v.pipe(
        text(200),
        v.check(isRawLayout, 'it must be the layout of raw voxels, 512x512x300:uint16:le'),
      ),
    ),
    kind: v.picklist(['grey', 'labels']),
    voxelSize: v.nullable(
      v.strictObject({
        /** x, y and z. */
        values: v.strictTuple([LENGTH, LENGTH, LENGTH]),
        unit: v.picklist(LENGTH_UNITS),
      }),
    ),
  }),
  voxels: VOXELS,
  doi: v.optional(
    v.pipe(v.string(), v.regex(/^10\.\d{4,9}\/[^\s<>"]{1,200}$/, 'it must be a DOI')),
  ),
});

const CELL = v.union([NUMBER, text(2000), v.boolean(), v.null()]);

/** Numbers of one table: what its columns are called is for the operation to say. */
const CLAIMED_TABLE = v.pipe(
  v.strictObject({
    id: KEY,
    columns: v.pipe(v.array(KEY), v.maxLength(MAX_COLUMNS)),
    rows: v.pipe(v.array(v.array(CELL)), v.maxLength(MAX_ROWS)),
  }),
  v.check(
    ({ columns, rows }) => rows.every((row) => row.length === columns.length),
    'each row must have a value for each column',
  ),
);

const CLAIMED_STEP = v.strictObject({
  step: IDENTIFIER,
  /** Of operation, version and parameters as run, see `settingsDigest`. */
  settingsSha256: SHA256,
  /** SHA-256 of the voxels that the step made; null where it measured. */
  voxelSha256: v.nullable(SHA256),
  tables: v.pipe(v.array(CLAIMED_TABLE), v.maxLength(MAX_TABLES)),
  /** Only where a GPU computed the step or what reached it. */
  onGpu: v.optional(v.literal(true)),
});

const CLAIM = v.strictObject({
  dataset: IDENTIFIER,
  steps: v.array(CLAIMED_STEP),
});

const VIEW = v.strictObject({
  dataset: IDENTIFIER,
  /** The volume seen: of this step; null for the input. */
  step: v.nullable(IDENTIFIER),
  /** Voxel under the crosshair. */
  position: v.strictTuple([COUNT, COUNT, COUNT]),
  window: v.nullable(v.strictTuple([NUMBER, NUMBER])),
  colourMap: v.nullable(IDENTIFIER),
});

const COMMENT = v.strictObject({
  id: IDENTIFIER,
  author: LINE,
  /** Day in ISO 8601. */
  date: v.pipe(v.string(), v.isoDate('it must be a day as 2026-11-23')),
  text: text(5000),
  at: v.nullable(
    v.strictObject({
      dataset: IDENTIFIER,
      step: v.nullable(IDENTIFIER),
      position: v.strictTuple([COUNT, COUNT, COUNT]),
    }),
  ),
});

const RECIPE = v.custom<Recipe>((value) => typeof value === 'object' && value !== null);

const SESSION = v.strictObject({
  format: v.literal(SESSION_FORMAT),
  version: v.literal(SESSION_VERSION),
  software: v.strictObject({
    version: LINE,
    /** Of the compiled kernels. */
    kernelsSha256: SHA256,
  }),
  title: LINE,
  authors: v.pipe(
    v.array(
      v.strictObject({
        name: LINE,
        orcid: v.optional(
          v.pipe(v.string(), v.regex(/^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$/, 'it must be an ORCID iD')),
        ),
      }),
    ),
    v.maxLength(MAX_AUTHORS),
  ),
  /** Plain text. */
  note: text(20_000),
  /** SPDX identifier, "CC-BY-4.0"; '' where nothing is granted. */
  licence: v.pipe(v.string(), v.regex(/^[A-Za-z0-9.+-]{0,64}$/, 'it must be an SPDX identifier')),
  datasets: v.pipe(v.array(DATASET), v.minLength(1), v.maxLength(MAX_DATASETS)),
  recipe: RECIPE,
  claims: v.pipe(v.array(CLAIM), v.maxLength(MAX_DATASETS)),
  view: v.nullable(VIEW),
  comments: v.pipe(v.array(COMMENT), v.maxLength(MAX_COMMENTS)),
});

export type Session = v.InferOutput<typeof SESSION>;
export type SessionDataset = Session['datasets'][number];
export type SessionClaim = Session['claims'][number];
export type ClaimedTable = SessionClaim['steps'][number]['tables'][number];

function malformed(where: string, problem: string, cause?: unknown): UserError {
  return new UserError(
    'session/malformed',
    `The session is not valid at ${where}: ${problem}.`,
    { where },
    cause,
  );
}

/** Text from a stranger, short enough for a sentence. */
function cut(value: string): string {
  const shown = value.replace(HIDDEN, '�');
  return shown.length > 120 ? `${shown.slice(0, 120)}…` : shown;
}

/** Says that an entry is missing or unknown as a person would; valibot's own words elsewhere. */
function sentenceOf(issue: v.InferIssue<typeof SESSION>): string {
  if (issue.type !== 'strict_object') return issue.message;
  if (issue.expected === 'never') return 'no such entry is known';
  return issue.received === 'undefined' ? 'this entry is missing' : issue.message;
}

function duplicateOf(values: readonly string[]): string | null {
  const seen = new Set<string>();
  for (const value of values) {
    if (seen.has(value)) return value;
    seen.add(value);
  }
  return null;
}

const MAX_DEPTH = 32;
/** Names with a meaning to the language: a document has no use for them but to cause harm. */
const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Refuses what the schema cannot see: names that every object has, and nesting without end. */
function assertPlain(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) throw malformed('the document', `it is nested ${MAX_DEPTH} levels deep`);
  for (const [name, part] of Object.entries(value)) {
    if (FORBIDDEN_NAMES.has(name)) throw malformed('the document', `it has an entry ${name}`);
    assertPlain(part, depth + 1);
  }
}

/** What the schema cannot say: names that occur once, and names that exist. */
function assertConsistent(session: Session): void {
  const { datasets, recipe, claims, view, comments } = session;
  const ids = datasets.map(({ id }) => id);
  const twice =
    duplicateOf(ids) ??
    duplicateOf(claims.map(({ dataset }) => dataset)) ??
    duplicateOf(comments.map(({ id }) => id));
  if (twice !== null) throw malformed('its names', `${twice} occurs twice`);
  const steps = new Set(recipe.steps.map(({ id }) => id));
  const assertKnown = (where: string, dataset: string, step: string | null): void => {
    if (!ids.includes(dataset)) throw malformed(where, `there is no dataset ${dataset}`);
    if (step !== null && !steps.has(step)) throw malformed(where, `there is no step ${step}`);
  };
  for (const { dataset, steps: claimed } of claims) {
    for (const { step } of claimed) assertKnown('claims', dataset, step);
    assertKnown('claims', dataset, null);
    const double = duplicateOf(claimed.map(({ step }) => step));
    if (double !== null) throw malformed('claims', `step ${double} occurs twice`);
  }
  if (view !== null) assertKnown('view', view.dataset, view.step);
  for (const { at } of comments) if (at !== null) assertKnown('comments', at.dataset, at.step);
  for (const { id, files } of datasets) {
    // Two names that differ in case are one file on some disks.
    const path = duplicateOf(files.map((file) => file.path.toLowerCase()));
    if (path !== null) throw malformed(`dataset ${id}`, `the file ${cut(path)} occurs twice`);
  }
}

/**
 * Checks a session document of this or an older version. Throws `session/malformed` with the place
 * and what is wrong; parameters are checked by their operations when the recipe is planned.
 */
export function parseSession(document: unknown): Session {
  assertPlain(document);
  const result = v.safeParse(SESSION, migrate(document, SESSION_VERSION));
  if (!result.success) {
    const issue = result.issues[0];
    throw malformed(cut(v.getDotPath(issue) ?? 'the document'), cut(sentenceOf(issue)));
  }
  try {
    const session = { ...result.output, recipe: parseRecipe(result.output.recipe) };
    assertConsistent(session);
    return session;
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'session/malformed') throw error;
    throw malformed('recipe', error.message.replace(/\.$/, ''), error);
  }
}

/** The session in the text of a file called `name`. */
export function parseSessionText(source: string, name: string): Session {
  if (source.length > MAX_TEXT) {
    throw new UserError(
      'session/malformed',
      `${name} is not a session: it has ${Math.round(source.length / 2 ** 20)} million characters; the longest session has ${MAX_TEXT / 2 ** 20}.`,
      { file: name },
    );
  }
  let document: unknown;
  try {
    document = JSON.parse(source);
  } catch (cause) {
    throw new UserError(
      'session/malformed',
      `${name} is not a session: it is not valid JSON (${cut((cause as Error).message)}).`,
      { file: name },
      cause,
    );
  }
  return parseSession(document);
}

/** The session as the text of a file: readable, one trailing newline. */
export function sessionText(session: Session): string {
  return `${JSON.stringify(session, null, 2)}\n`;
}

/** The same session without what only says where in the data a difference lies. */
export function withoutChunks(session: Session): Session {
  const datasets = session.datasets.map((dataset) => {
    const { size, type, sha256 } = dataset.voxels;
    return { ...dataset, voxels: { size, type, sha256 } };
  });
  return { ...session, datasets };
}

/** Equal sessions give equal text, without white space. */
export function compactSessionText(session: Session): string {
  return canonicalJson(session);
}
