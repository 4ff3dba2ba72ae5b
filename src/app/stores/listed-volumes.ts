/** The volumes that are open side by side, in the order of the list; one of them is shown. */
import type { VolumeHandle, VolumeInfo } from '../../../workers/engine-api.ts';
import type { RawParameters } from '../../declaration/parameters.ts';
import { bytesPerVoxel, voxelCount } from '../../volume/volume.ts';
import { isUpToDate, type StepOutcome, type StepStatus } from './recipe-status.ts';

/** What was opened, to open it again. */
export interface OpenedBefore {
  /** `url` is the sample, `remote` any other address. */
  readonly kind: 'files' | 'url' | 'remote' | 'phantom';
  readonly name: string;
  /** What makes a phantom the same again. */
  readonly phantom?: MadePhantom;
}

export interface MadePhantom {
  readonly phantom: string;
  readonly params: RawParameters;
  /** The truth was opened as the input. */
  readonly isTruth: boolean;
}

export interface StepFailure {
  readonly stepId: string;
  readonly key: string;
  readonly message: string;
}

export interface ListedVolume {
  readonly id: string;
  /** As the user calls it; the name of the file until then. */
  readonly name: string;
  /** Where it stands on the axis of states (a state of charge, a time); null where nobody said. */
  readonly value: number | null;
  readonly opened: OpenedBefore;
  /** Bytes of the opened files; null for generated volumes. */
  readonly bytes: number | null;
  /** What is known of it, also while it is not loaded. */
  readonly info: VolumeInfo;
  /** The truth that came with a generated phantom. */
  readonly truth: VolumeInfo | null;
  /** Whether the engine has its voxels. */
  readonly isLoaded: boolean;
  readonly outcomes: Readonly<Record<string, StepOutcome>>;
  readonly failure: StepFailure | null;
  /** Whether results' volumes were given up for memory; their numbers are here. */
  readonly hasOnlyNumbers: boolean;
}

const NO_OUTCOMES: ListedVolume['outcomes'] = {};

/** What the rest of the page sees of the shown volume. */
export function shownFacts(volumes: readonly ListedVolume[], shownVolume: string | null) {
  const shown = volumes.find(({ id }) => id === shownVolume) ?? null;
  const isLoaded = shown?.isLoaded === true;
  return {
    shownVolume: shown?.id ?? null,
    source: isLoaded ? shown.info : null,
    truth: isLoaded ? shown.truth : null,
    sourceBytes: shown?.bytes ?? null,
    outcomes: shown?.outcomes ?? NO_OUTCOMES,
    failure: shown?.failure ?? null,
  };
}

function bytesOf({ size, type, levels }: VolumeInfo): number {
  // Kept on disk: what it takes of the memory does not depend on its size.
  if (levels !== undefined) return 0;
  return voxelCount(size) * bytesPerVoxel(type);
}

/** The volumes of a listed volume's results. */
export function pictures({ outcomes }: Pick<ListedVolume, 'outcomes'>): readonly VolumeInfo[] {
  return Object.values(outcomes).flatMap(({ summary }) => summary.volume ?? []);
}

/** Bytes that the volumes of results take. */
export function pictureBytes(volume: Pick<ListedVolume, 'outcomes'>): number {
  const distinct = new Map(pictures(volume).map((info) => [info.handle, bytesOf(info)]));
  return [...distinct.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** Bytes of voxels that the engine keeps for it: its own, its truth's and those of its results. */
export function memoryBytes(volume: ListedVolume): number {
  if (!volume.isLoaded) return 0;
  const truth = volume.truth === null ? 0 : bytesOf(volume.truth);
  return bytesOf(volume.info) + truth + pictureBytes(volume);
}

/** The same without what only the engine can give back: the numbers stay. */
export function withoutPictures(volume: ListedVolume): ListedVolume {
  if (pictures(volume).length === 0) return volume;
  const outcomes = Object.fromEntries(
    Object.entries(volume.outcomes).map(([stepId, outcome]) => [
      stepId,
      { ...outcome, summary: { ...outcome.summary, volume: null } },
    ]),
  );
  return { ...volume, outcomes, hasOnlyNumbers: true };
}

/** Handles that must not be released while this list is open. */
export function heldHandles(volumes: readonly ListedVolume[]): readonly VolumeHandle[] {
  return volumes.flatMap(({ isLoaded, info, truth }) =>
    isLoaded ? [info.handle, ...(truth === null ? [] : [truth.handle])] : [],
  );
}

/** The name, with a number behind it where the list has it already. */
export function distinctName(name: string, volumes: readonly ListedVolume[]): string {
  const taken = new Set(volumes.map((volume) => volume.name));
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name} (${number})`)) number += 1;
  return `${name} (${number})`;
}

/**
 * The number in which names differ where they differ in one and are alike otherwise, as in
 * "soc0.tif", "soc50.tif", "soc100.tif"; null where that tells no state for each.
 */
export function valuesInNames(names: readonly string[]): readonly number[] | null {
  const parts = names.map((name) => name.replace(/\.[^.]*$/, '').split(/(\d+(?:\.\d+)?)/));
  const [first] = parts;
  if (first === undefined || names.length < 2) return null;
  if (parts.some((each) => each.length !== first.length)) return null;
  const differing = first.flatMap((_, at) =>
    new Set(parts.map((each) => each[at])).size > 1 ? [at] : [],
  );
  const [at] = differing;
  // Numbers stand at the odd places.
  if (at === undefined || differing.length > 1 || at % 2 === 0) return null;
  const values = parts.map((each) => Number(each[at]));
  return new Set(values).size === values.length ? values : null;
}

export type VolumeStatus =
  | 'new'
  | 'running'
  | 'done'
  | 'numbers'
  | 'changed'
  | 'failed'
  | 'invalid';

/** How far the recipe is with a volume; `steps` are the recipe's, described for it. */
export function volumeStatus(
  volume: ListedVolume,
  steps: readonly StepStatus[],
  isRunning: boolean,
): VolumeStatus {
  if (isRunning) return 'running';
  const enabled = steps.filter(({ step }) => step.enabled);
  if (enabled.some(({ problem }) => problem !== null)) return 'invalid';
  const { failure, outcomes } = volume;
  if (enabled.some(({ step, key }) => failure?.stepId === step.id && failure.key === key)) {
    return 'failed';
  }
  const known = enabled.filter(({ step }) => outcomes[step.id] !== undefined);
  if (known.length === 0) return 'new';
  const isCurrent = enabled.every((status) => {
    const outcome = outcomes[status.step.id];
    return outcome !== undefined && isUpToDate(status, outcome);
  });
  if (!isCurrent) return 'changed';
  return volume.hasOnlyNumbers ? 'numbers' : 'done';
}
