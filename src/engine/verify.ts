/**
 * Checks what a session claims against a run of its recipe on this computer: data by digest, then each
 * step's settings, voxels and numbers, so that the first place that differs is named.
 */
import { isCancelled, isUserError, type UserError } from '../errors/errors.ts';
import type { Cell } from '../declaration/results.ts';
import type { FileCheck } from '../session/data-check.ts';
import type { ClaimedTable, Session, SessionClaim, SessionDataset } from '../session/session.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { digestSlices, digestVoxels } from '../volume/digest.ts';
import type { Volume } from '../volume/volume.ts';
import { claimedTable, settingsDigest } from './claims.ts';
import {
  type Engine,
  type IdentifiedVolume,
  type LoadedStep,
  loadSteps,
  type RunOptions,
  type StepOutcome,
} from './engine.ts';

/** `equal` to the last bit; `close` within the tolerance of the step; `differs` beyond it. */
export type Verdict = 'equal' | 'close' | 'differs';

const SEVERITY = ['equal', 'close', 'differs'] as const satisfies readonly Verdict[];

export function worstOf(verdicts: readonly Verdict[]): Verdict {
  const worst = Math.max(0, ...verdicts.map((verdict) => SEVERITY.indexOf(verdict)));
  return SEVERITY[worst] as Verdict;
}

/** Largest relative difference that passes for rounding. */
export const TOLERANCE = 1e-9;
/** The same where a GPU computed the claim: it may round each step differently. */
export const GPU_TOLERANCE = 1e-3;

export interface NumberCheck {
  readonly table: string;
  /** From 0. */
  readonly row: number;
  readonly column: string;
  readonly claimed: Cell;
  readonly found: Cell;
  readonly verdict: Verdict;
}

export interface StepCheck {
  readonly step: string;
  readonly title: string;
  /** Whether operation, version and parameters are those of the claim; null where one is missing. */
  readonly settings: 'equal' | 'differs' | null;
  /** `close` where a GPU made them, since they are not compared one by one; null where the step measured. */
  readonly voxels: Verdict | null;
  readonly numbers: readonly NumberCheck[];
  /** What was claimed and not found, or found and not claimed, in words. */
  readonly problems: readonly string[];
  readonly verdict: Verdict;
}

export interface DataCheck {
  readonly files: readonly FileCheck[];
  readonly voxels: 'equal' | 'differs';
  /** Slices along z that differ, first and last included, where the session can tell. */
  readonly differingSlices: readonly (readonly [first: number, last: number])[];
  readonly problems: readonly string[];
}

export interface DatasetCheck {
  readonly dataset: string;
  readonly name: string;
  readonly data: DataCheck;
  readonly steps: readonly StepCheck[];
  readonly verdict: Verdict;
  /** One sentence: where the claim and this run part; null where they do not. */
  readonly firstDifference: string | null;
}

/** Compares the input with what the session says of it. */
async function checkData(
  { voxels }: SessionDataset,
  volume: Volume,
  files: readonly FileCheck[],
  breathe: () => Promise<void>,
): Promise<DataCheck> {
  const problems: string[] = [];
  if (volume.size.join() !== voxels.size.join()) {
    problems.push(
      `the volume has ${volume.size.join(' × ')} voxels, and ${voxels.size.join(' × ')} are claimed`,
    );
  }
  if (volume.type !== voxels.type) {
    problems.push(`the voxels are ${volume.type}, and ${voxels.type} is claimed`);
  }
  const isEqual = problems.length === 0 && (await digestVoxels(volume, breathe)) === voxels.sha256;
  return {
    files,
    voxels: isEqual ? 'equal' : 'differs',
    differingSlices:
      isEqual || problems.length > 0 ? [] : await differingSlices(voxels, volume, breathe),
    problems,
  };
}

async function differingSlices(
  { chunks }: SessionDataset['voxels'],
  volume: Volume,
  breathe: () => Promise<void>,
): Promise<DataCheck['differingSlices']> {
  if (chunks === undefined) return [];
  const found = await digestSlices(volume, chunks.slices, breathe);
  const ranges: [first: number, last: number][] = [];
  for (const [i, digest] of found.entries()) {
    if (digest === chunks.sha256[i]) continue;
    const first = i * chunks.slices;
    const last = Math.min(first + chunks.slices, volume.size[2]) - 1;
    const before = ranges.at(-1);
    if (before !== undefined && before[1] + 1 === first) before[1] = last;
    else ranges.push([first, last]);
  }
  return ranges;
}

/**
 * Runs the session's recipe on one of its datasets and compares every number. `volume` is opened as
 * `dataset.opened` says. Throws what running throws; a number that differs is no error.
 */
export async function verifyDataset(
  engine: Engine,
  session: Session,
  dataset: SessionDataset,
  volume: Volume,
  files: readonly FileCheck[],
  breathe: () => Promise<void>,
  options: RunOptions,
): Promise<DatasetCheck> {
  const { id, name } = dataset;
  const data = await checkData(dataset, volume, files, breathe);
  const loaded = await loadSteps(session.recipe);
  const input = await engine.identify(volume, { signal: options.signal });
  const { outcomes, failure } = await runAsFarAsItGoes(engine, session.recipe, input, options);
  const claim = session.claims.find((each) => each.dataset === id) ?? { dataset: id, steps: [] };
  const steps = await checkSteps(claim, loaded, outcomes, failure, breathe);
  return {
    dataset: id,
    name,
    data,
    steps,
    verdict: worstOf([data.voxels, ...steps.map((step) => step.verdict)]),
    firstDifference: firstDifference(name, data, steps),
  };
}

/** A recipe that was tampered with may not run at all: that is a finding, not an error. */
async function runAsFarAsItGoes(
  engine: Engine,
  recipe: Recipe,
  input: IdentifiedVolume,
  options: RunOptions,
): Promise<{ readonly outcomes: readonly StepOutcome[]; readonly failure: UserError | null }> {
  const outcomes: StepOutcome[] = [];
  try {
    await engine.run(recipe, input, {
      ...options,
      onEvent: (event) => {
        if (event.kind === 'done') outcomes.push(event.outcome);
        return options.onEvent?.(event);
      },
    });
    return { outcomes, failure: null };
  } catch (error) {
    if (!isUserError(error) || isCancelled(error)) throw error;
    return { outcomes, failure: error };
  }
}

function isDifferent({ verdict }: StepCheck): boolean {
  return verdict === 'differs';
}

async function checkSteps(
  claim: SessionClaim,
  loaded: readonly LoadedStep[],
  outcomes: readonly StepOutcome[],
  failure: UserError | null,
  breathe: () => Promise<void>,
): Promise<readonly StepCheck[]> {
  const checks: StepCheck[] = [];
  for (const outcome of outcomes) {
    const { stepId, operation, version, params, tables, madeVolume, current } = outcome;
    const title = loaded.find(({ step }) => step.id === stepId)?.operation.title ?? operation;
    const claimed = claim.steps.find(({ step }) => step === stepId);
    if (claimed === undefined) {
      checks.push(notClaimed(stepId, title, tables.length > 0));
      continue;
    }
    const tolerance = claimed.onGpu === true ? GPU_TOLERANCE : TOLERANCE;
    const { numbers, problems } = compareTables(
      claimed.tables,
      tables.map(claimedTable),
      tolerance,
    );
    const isSet = settingsDigest(operation, version, params) === claimed.settingsSha256;
    const digest = madeVolume ? await digestVoxels(current.volume, breathe) : null;
    const areVoxelsEqual = digest === claimed.voxelSha256;
    const voxels = areVoxelsEqual ? 'equal' : claimed.onGpu === true ? 'close' : 'differs';
    checks.push({
      step: stepId,
      title,
      settings: isSet ? 'equal' : 'differs',
      voxels: digest === null ? null : voxels,
      numbers,
      problems,
      verdict: worstOf([
        isSet && problems.length === 0 ? 'equal' : 'differs',
        voxels,
        ...numbers.map(({ verdict }) => verdict),
      ]),
    });
  }
  for (const { step, operation } of loaded.slice(outcomes.length)) {
    const problem =
      failure?.details['step'] === step.id || failure?.details['step'] === undefined
        ? `it does not run: ${failure?.message ?? ''}`
        : 'it was not run';
    checks.push(missing(step.id, operation.title, problem.replace(/\.$/, '')));
  }
  for (const { step } of claim.steps) {
    if (loaded.some((each) => each.step.id === step)) continue;
    checks.push(missing(step, step, 'it is claimed, and the recipe does not run it'));
  }
  return checks;
}

function missing(step: string, title: string, problem: string): StepCheck {
  return {
    step,
    title,
    settings: null,
    voxels: null,
    numbers: [],
    problems: [problem],
    verdict: 'differs',
  };
}

/** A step without a claim differs only where it measures: nobody vouched for its numbers. */
function notClaimed(step: string, title: string, measures: boolean): StepCheck {
  return {
    step,
    title,
    settings: null,
    voxels: null,
    numbers: [],
    problems: measures ? ['the session claims no numbers of it'] : [],
    verdict: measures ? 'differs' : 'equal',
  };
}

function compareTables(
  claimed: readonly ClaimedTable[],
  found: readonly ClaimedTable[],
  tolerance: number,
): { readonly numbers: readonly NumberCheck[]; readonly problems: readonly string[] } {
  const numbers: NumberCheck[] = [];
  const problems: string[] = [];
  for (const { id } of found) {
    if (!claimed.some((table) => table.id === id)) problems.push(`table ${id} is not claimed`);
  }
  for (const { id, columns, rows } of claimed) {
    const table = found.find((each) => each.id === id);
    if (table === undefined) {
      problems.push(`table ${id} is claimed and does not come out`);
      continue;
    }
    if (table.columns.join('\n') !== columns.join('\n')) {
      problems.push(`table ${id} has other columns than claimed`);
      continue;
    }
    if (table.rows.length !== rows.length) {
      problems.push(`table ${id} has ${table.rows.length} rows, and ${rows.length} are claimed`);
      continue;
    }
    for (const [row, cells] of rows.entries()) {
      for (const [i, cell] of cells.entries()) {
        const other = table.rows[row]?.[i] ?? null;
        const column = columns[i] as string;
        const verdict = compareCells(cell, other, tolerance);
        numbers.push({ table: id, row, column, claimed: cell, found: other, verdict });
      }
    }
  }
  return { numbers, problems };
}

function compareCells(claimed: Cell, found: Cell, tolerance: number): Verdict {
  // JSON has one zero, so 0 and -0 are equal.
  if (claimed === found) return 'equal';
  if (typeof claimed !== 'number' || typeof found !== 'number') return 'differs';
  const scale = Math.max(Math.abs(claimed), Math.abs(found));
  return Math.abs(claimed - found) <= tolerance * scale ? 'close' : 'differs';
}

function firstDifference(
  name: string,
  data: DataCheck,
  steps: readonly StepCheck[],
): string | null {
  const step = steps.find(isDifferent);
  if (data.voxels === 'differs') {
    const [problem] = data.problems;
    if (problem !== undefined) return `${name}: ${problem}.`;
    const where = data.differingSlices
      .slice(0, 5)
      .map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`))
      .join(', ');
    return `${name}: its voxels are not those of the session${where === '' ? '' : `, in slices ${where} of z`}.`;
  }
  if (step === undefined) return null;
  const place = `Step ${step.step}, ${step.title}`;
  if (step.settings === 'differs') {
    return `${place}: its operation, version or parameters are not those that the claimed numbers were made with.`;
  }
  if (step.voxels === 'differs') return `${place}: it gives other voxels than claimed.`;
  const [problem] = step.problems;
  if (problem !== undefined) return `${place}: ${problem}.`;
  const number = step.numbers.find(({ verdict }) => verdict === 'differs');
  if (number === undefined) return null;
  const { table, row, column, claimed, found } = number;
  return `${place}: table ${table}, row ${row + 1}, ${column} is claimed as ${String(claimed)} and comes out as ${String(found)}.`;
}
