/**
 * The recipe: the ordered steps that turn an input volume into results. It is the application's
 * state; undo, cache, command line and session links derive from it. A step that makes a volume
 * makes it the current one for the steps after it; a measuring step leaves the current volume.
 */
import * as v from 'valibot';
import type { RawParameters } from '../declaration/parameters.ts';
import { UserError } from '../errors/errors.ts';
import { canonicalJson, digestText } from '../volume/digest.ts';

export const RECIPE_FORMAT = 'tauscope-recipe';
export const RECIPE_VERSION = 1;
const MAX_STEPS = 200;
/** Twice what the longest recipe takes: every step with 256 named phases. */
const MAX_TEXT = 2 ** 24;
/** Deeper than the parameters of any operation: a list of records has depth 2. */
const MAX_DEPTH = 16;

export interface RecipeStep {
  /** Unique in the recipe; names the step in progress, results and errors. */
  readonly id: string;
  readonly operation: string;
  /** The operation's version when the step was written; a newer one gives other numbers. */
  readonly version: number;
  readonly params: RawParameters;
  readonly enabled: boolean;
}

export interface Recipe {
  readonly format: typeof RECIPE_FORMAT;
  readonly version: typeof RECIPE_VERSION;
  readonly title: string;
  readonly steps: readonly RecipeStep[];
}

const IDENTIFIER = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,63}$/));

function isShallow(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth < MAX_DEPTH && Object.values(value).every((part) => isShallow(part, depth + 1));
}

/**
 * Any names and values; which of them an operation has is for its declaration to say. Not a valibot
 * record, which silently drops names such as `constructor`.
 */
const PARAMS = v.custom<RawParameters>(
  (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && isShallow(value),
  'parameters must be an object of names and values',
);

const STEP = v.strictObject({
  id: IDENTIFIER,
  operation: IDENTIFIER,
  version: v.pipe(v.number(), v.integer(), v.minValue(1)),
  params: v.optional(PARAMS, {}),
  enabled: v.optional(v.boolean(), true),
});

const RECIPE = v.strictObject({
  format: v.literal(RECIPE_FORMAT),
  version: v.literal(RECIPE_VERSION),
  title: v.optional(v.pipe(v.string(), v.maxLength(200)), ''),
  steps: v.pipe(
    v.array(STEP),
    v.maxLength(MAX_STEPS),
    v.check(
      (steps) => new Set(steps.map((step) => step.id)).size === steps.length,
      'two steps have the same id',
    ),
  ),
});

/** Text from a file, short enough for a sentence. */
function cut(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

/** What is wrong with an entry, in words that a person who opened the file can use. */
function sentenceOf(issue: v.InferIssue<typeof RECIPE>): string {
  if (issue.type === 'strict_object') {
    if (issue.expected === 'never') return 'no such entry is known';
    return issue.received === 'undefined' ? 'this entry is missing' : issue.message;
  }
  if (issue.type === 'literal') return `it must be ${issue.expected}, not ${issue.received}`;
  return issue.message;
}

/**
 * Checks a recipe document. Parameters are checked by their operation when the recipe is planned,
 * since only that knows them.
 */
export function parseRecipe(document: unknown): Recipe {
  const version: unknown =
    typeof document === 'object' && document !== null && 'version' in document
      ? document.version
      : undefined;
  if (typeof version === 'number' && version > RECIPE_VERSION) {
    throw new UserError(
      'recipe/malformed',
      `The recipe has version ${version}, which is newer than this program knows (${RECIPE_VERSION}): update Tauscope.`,
      { version },
    );
  }
  const result = v.safeParse(RECIPE, document);
  if (!result.success) {
    const issue = result.issues[0];
    const where = cut(v.getDotPath(issue) ?? 'the document');
    throw new UserError(
      'recipe/malformed',
      `The recipe is not valid at ${where}: ${cut(sentenceOf(issue))}.`,
      { where },
    );
  }
  return result.output;
}

/** A results document holds the recipe that it came from. */
function recipeIn(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || !('recipe' in document)) return document;
  const { recipe } = document;
  const isRecipe =
    typeof recipe === 'object' &&
    recipe !== null &&
    'format' in recipe &&
    recipe.format === RECIPE_FORMAT;
  return isRecipe ? recipe : document;
}

/**
 * The recipe in the text of a file called `name`: a recipe, or results with their recipe. Throws
 * `recipe/malformed` for anything else.
 */
export function parseRecipeText(text: string, name: string): Recipe {
  if (text.length > MAX_TEXT) {
    throw new UserError(
      'recipe/malformed',
      `${name} is not a recipe: it has ${Math.round(text.length / 2 ** 20)} million characters; the longest recipe has ${MAX_TEXT / 2 ** 20}.`,
      { file: name },
    );
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new UserError(
      'recipe/malformed',
      `${name} is not a recipe: it is not valid JSON (${cut((cause as Error).message)}).`,
      { file: name },
      cause,
    );
  }
  return parseRecipe(recipeIn(document));
}

export function emptyRecipe(title = ''): Recipe {
  return { format: RECIPE_FORMAT, version: RECIPE_VERSION, title, steps: [] };
}

/** The recipe as the text of a file: readable, stable order, one trailing newline. */
export function recipeText(recipe: Recipe): string {
  return `${JSON.stringify(recipe, null, 2)}\n`;
}

/** Identity of what a recipe computes: titles, step ids and disabled steps do not count. */
export function recipeDigest(recipe: Recipe): string {
  const steps = recipe.steps
    .filter((step) => step.enabled)
    .map(({ operation, version, params }) => ({ operation, version, params }));
  return digestText(canonicalJson({ format: recipe.format, version: recipe.version, steps }));
}

/**
 * Identity of one step's result: what came in, which operation, which parameters; and which GPU where
 * the CPU did not compute it, so that neither result passes for the other.
 */
export function stepDigest(
  input: string,
  operation: string,
  version: number,
  params: RawParameters,
  gpuAdapter: string | null = null,
): string {
  const device = gpuAdapter === null ? {} : { gpuAdapter };
  return digestText(canonicalJson({ input, operation, version, params, ...device }));
}
