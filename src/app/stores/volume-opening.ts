/** How volumes come onto the list, change, leave it and come back. */
import type {
  AddressFacts,
  NamedFile,
  OpenChoices,
  RemoteVolume,
  VolumeFiles,
  VolumeHandle,
  VolumeInfo,
} from '../../../workers/engine-api.ts';
import type { RawParameters } from '../../declaration/parameters.ts';
import { cancelled, isCancelled, isUserError, UserError } from '../../errors/errors.ts';
import { createHistory, currentState, pushState, redo, undo } from '../../recipe/history.ts';
import { PRESETS, presetFor, recipeFromPreset } from '../../recipe/presets.ts';
import { recipeDigest } from '../../recipe/recipe.ts';
import { shapeBytes } from '../../volume/volume.ts';
import type { ReplacementReason } from '../engine-client.ts';
import { changeToRedo, changeToUndo, withoutChanges } from './change-history.ts';
import {
  distinctName,
  type ListedVolume,
  memoryBytes,
  type OpenedBefore,
  pictures,
  withoutPictures,
} from './listed-volumes.ts';
import { createQuestion } from './question.ts';
import type { RawQuestions } from './raw-questions.ts';
import type { WorkspaceCore } from './workspace-core.ts';
import type {
  AddressQuestion,
  ChoicesAnswer,
  ChoicesQuestion,
  DatasetQuestion,
  KeptVolume,
  OfferedDataset,
  Place,
  PlaceQuestion,
  VolumeFacts,
  Workspace,
  WorkspaceState,
} from './workspace.ts';

/** How a volume can be had again. */
type Origin =
  | {
      readonly kind: 'files';
      readonly files: VolumeFiles;
      /** What the files do not say themselves. */
      readonly choices: OpenChoices;
      /** Whether to ask how much of it is loaded, however small it is. */
      readonly asksChoices?: boolean;
    }
  | { readonly kind: 'url'; readonly url: string; readonly title: string }
  | {
      readonly kind: 'phantom';
      readonly phantom: string;
      readonly params: RawParameters;
      /** The truth is opened as the input. */
      readonly isTruth: boolean;
    };

type Change = (handle: VolumeHandle) => Promise<VolumeInfo>;

type FilesOrigin = Extract<Origin, { kind: 'files' }>;

interface Loaded {
  readonly source: VolumeInfo;
  readonly truth: VolumeInfo | null;
}

const MAX_REMOVED = 20;

/** Files of fewer bytes are opened without a look at how large their volume is. */
const SMALL_BYTES = 32 * 2 ** 20;
/** What the volumes of a page may take where the device does not say. */
const LARGE_BYTES = 8 * 2 ** 30;
/** Of that, a volume that takes more is asked about. */
const LARGE_SHARE = 0.25;

/** What changed of the volume, as undo names it. */
function nameOfChange(before: VolumeFacts, after: VolumeFacts): string {
  if (before.kind !== after.kind) {
    return `Read the input as ${after.kind === 'grey' ? 'grey values' : 'labels'}`;
  }
  const { values = [], unit = 'unknown' } = after.spacing ?? {};
  const edges = values.every((edge) => edge === values[0]) ? values.slice(0, 1) : values;
  return ['Voxel size', edges.join(' × '), unit].filter(Boolean).join(' ');
}

function factsOf({ spacing, spacingSource, kind }: VolumeInfo): VolumeFacts {
  return { spacing, spacingSource, kind };
}

function inGiB(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

function isRemote(files: VolumeFiles): files is RemoteVolume {
  return 'url' in files;
}

/** Files as a person would look for them: by name, by folder, or by number. */
function nameFiles(files: VolumeFiles): string {
  if (isRemote(files)) return files.name;
  const [first] = files;
  const folder = first?.path.split('/').find((part) => part !== '') ?? '';
  if (files.length === 1 || first === undefined) return first?.file.name ?? '';
  return folder === '' ? `the ${files.length} files` : folder;
}

/** null where it is not known. */
function sizeOf(files: VolumeFiles): number | null {
  return isRemote(files) ? null : files.reduce((sum, { file }) => sum + file.size, 0);
}

/** What messages call it. */
function titleOf(origin: Origin): string {
  if (origin.kind === 'phantom') return 'the phantom';
  if (origin.kind === 'url') return origin.title;
  if (isRemote(origin.files)) return origin.files.name;
  const [first] = origin.files;
  const { length } = origin.files;
  return length === 1 && first !== undefined ? first.file.name : `${length} files`;
}

/** The volumes that a file offers, where that is why it could not be opened. */
function datasetsOf(error: unknown): readonly OfferedDataset[] | null {
  if (!isUserError(error) || error.code !== 'file/several-datasets') return null;
  const { datasets } = error.details;
  return Array.isArray(datasets) ? (datasets as unknown as readonly OfferedDataset[]) : null;
}

function isRaw(origin: Origin): boolean {
  return origin.kind === 'files' && origin.choices.raw !== undefined;
}

function openedAs(origin: Origin, source: VolumeInfo): OpenedBefore {
  const name = origin.kind === 'files' ? nameFiles(origin.files) : source.name;
  switch (origin.kind) {
    case 'files':
      return { kind: isRemote(origin.files) ? 'remote' : 'files', name };
    case 'url':
      return { kind: 'url', name };
    case 'phantom': {
      const { phantom, params, isTruth } = origin;
      return { kind: 'phantom', name, phantom: { phantom, params, isTruth } };
    }
  }
}

/** Whether a layout is what it takes to open what could not be opened. */
function mayBeRaw(error: unknown): boolean {
  return isUserError(error) && error.details['mayBeRaw'] === true;
}

/** The host that sends a request on, where that is why it could not be opened. */
function redirectedBy(error: unknown): string | null {
  if (!isUserError(error) || error.code !== 'remote/redirected') return null;
  const { host } = error.details;
  return typeof host === 'string' ? host : '';
}

type Opening = Pick<
  Workspace,
  | 'openSample'
  | 'generate'
  | 'answer'
  | 'answerDataset'
  | 'answerRaw'
  | 'openAddress'
  | 'answerAddress'
  | 'answerChoices'
  | 'openWithChoices'
  | 'showVolume'
  | 'removeVolume'
  | 'bringBack'
  | 'releasePictures'
  | 'setVoxelSize'
  | 'setKind'
  | 'undoVolume'
  | 'redoVolume'
  | 'openTruth'
> & {
  openVolumes(files: readonly NamedFile[], place?: Place): Promise<void>;
  /** Reads the voxels of a listed volume again; throws what reading throws. */
  reload(id: string, jobId: string): Promise<void>;
  recover(reason: ReplacementReason): Promise<void>;
  /** A change of the shown volume under way, without which a run would be one of the volume before. */
  changing(): Promise<void> | null;
};

export function createOpening(core: WorkspaceCore): Opening {
  const { client, store, holds, log, tell, report, asking } = core;
  const { beginActivity, endActivity, advance, cancelRunning } = core;
  const { setVolumes, changeVolume, scheduleEstimate, keepSelectionValid } = core;
  const { getState: get, setState: set } = store;
  const origins = new Map<string, Origin>();
  let changing: Promise<void> | null = null;
  let settleQuestion: ((place: Place | null) => void) | null = null;
  const datasetQuestions = createQuestion<DatasetQuestion, string>((datasetQuestion) =>
    set({ datasetQuestion }),
  );
  let rawQuestions: RawQuestions | null = null;
  const addressQuestions = createQuestion<AddressQuestion, AddressFacts>((addressQuestion) =>
    set({ addressQuestion }),
  );

  /** The default recipe where the present one is empty or an untouched preset for the other kind. */
  function recipeForSource(source: VolumeInfo): Partial<WorkspaceState> {
    const { history, engine } = get();
    if (engine === null) return {};
    const { operations } = engine;
    const recipe = currentState(history);
    const preset = presetFor(source.kind);
    const untouched =
      recipe.steps.length === 0 ||
      PRESETS.some(
        (each) =>
          each.input !== source.kind &&
          recipeDigest(recipeFromPreset(each, operations)) === recipeDigest(recipe),
      );
    if (!untouched) return {};
    return { history: createHistory(recipeFromPreset(preset, operations)) };
  }

  /** Waits for the user; a newer question takes the place of an older one. */
  function ask(question: PlaceQuestion): Promise<Place | null> {
    settleQuestion?.(null);
    set({ question });
    return new Promise((resolve) => {
      settleQuestion = resolve;
    });
  }

  function answer(place: Place | null): void {
    set({ question: null });
    const settle = settleQuestion;
    settleQuestion = null;
    settle?.(place);
  }

  const choicesQuestions = createQuestion<ChoicesQuestion, ChoicesAnswer>((choicesQuestion) =>
    set({ choicesQuestion }),
  );

  /** The origin with what the user chose of a large volume; null where they want nothing more. */
  async function askHowMuch(origin: FilesOrigin): Promise<FilesOrigin | null> {
    const { files, choices, asksChoices = false } = origin;
    const bytes = sizeOf(files) ?? Number.POSITIVE_INFINITY;
    const isAnswered = choices.reduction !== undefined || choices.asBricks === true;
    if (isAnswered || (!asksChoices && bytes < SMALL_BYTES)) return origin;
    const facts = await client.describeFiles(files, choices);
    const budget = Math.min(core.options.volumeBytes ?? LARGE_BYTES, LARGE_BYTES);
    if (!asksChoices && shapeBytes(facts) <= budget * LARGE_SHARE) return origin;
    const answered = await choicesQuestions.ask({ files, choices, facts, budget });
    return answered === null ? null : { ...origin, choices: { ...choices, ...answered } };
  }

  /** Takes what is asked off the screen: something else is opened. */
  function dropQuestions(): void {
    answer(null);
    datasetQuestions.answer(null);
    rawQuestions?.answer(null);
    addressQuestions.answer(null);
    choicesQuestions.answer(null);
  }

  /** Reads a volume; asks for what its files do not say, and reads again with the answer. */
  async function loadChosen(
    origin: Origin,
    jobId: string,
  ): Promise<{ readonly loaded: Loaded; readonly origin: Origin }> {
    try {
      const chosen = origin.kind === 'files' ? await askHowMuch(origin) : origin;
      if (chosen === null) throw cancelled();
      return { loaded: await load(chosen, jobId), origin: chosen };
    } catch (error) {
      if (origin.kind !== 'files') throw error;
      const answer = await askWhatIsMissing(origin, error);
      if (answer === undefined) throw error;
      if (answer === null) throw cancelled();
      return loadChosen({ ...origin, ...answer }, jobId);
    }
  }

  /** The origin with the user's answer; null where they want nothing more, undefined where none helps. */
  async function askWhatIsMissing(
    { files, choices, asksChoices = false }: FilesOrigin,
    error: unknown,
  ): Promise<Pick<FilesOrigin, 'files'> | Pick<FilesOrigin, 'choices'> | null | undefined> {
    const datasets = datasetsOf(error);
    if (datasets !== null) {
      const dataset = await datasetQuestions.ask({ name: nameFiles(files), datasets });
      return dataset === null ? null : { choices: { ...choices, dataset } };
    }
    if (choices.raw === undefined && mayBeRaw(error)) {
      rawQuestions ??= (await import('./raw-questions.ts')).createRawQuestions(core);
      const answered = await rawQuestions.ask(files, asksChoices);
      return answered === null ? null : { choices: { ...choices, ...answered } };
    }
    const from = isRemote(files) && !files.followsRedirects ? redirectedBy(error) : null;
    if (from === null) return undefined;
    const { url: text } = files as RemoteVolume;
    const allowed = await addressQuestions.ask({ text, redirectedBy: from });
    return allowed === null ? null : { files: { ...allowed, followsRedirects: true } };
  }

  /** The name and value that a page that was left had for it. */
  function keptFor(opened: OpenedBefore): KeptVolume | undefined {
    return get().openedBefore.find(
      (kept) => kept.opened.kind === opened.kind && kept.opened.name === opened.name,
    );
  }

  function list({ source, truth }: Loaded, origin: Origin, place: Place): void {
    const { volumes, shownVolume, removed, openedBefore } = get();
    const opened = openedAs(origin, source);
    const kept = keptFor(opened);
    const replaced = place === 'replace' ? volumes.find(({ id }) => id === shownVolume) : undefined;
    const others = volumes.filter((volume) => volume !== replaced);
    const entry: ListedVolume = {
      id: `volume-${core.nextId()}`,
      name: distinctName(kept?.name ?? source.name, others),
      value: kept?.value ?? null,
      opened,
      bytes: origin.kind === 'files' ? sizeOf(origin.files) : null,
      info: source,
      truth,
      isLoaded: true,
      outcomes: {},
      failure: null,
      hasOnlyNumbers: false,
    };
    origins.set(entry.id, origin);
    const isAlone = others.length === 0;
    setVolumes(
      replaced === undefined
        ? [...volumes, entry]
        : volumes.map((volume) => (volume === replaced ? entry : volume)),
      entry.id,
      {
        // A recipe that other volumes share is theirs too.
        ...(isAlone ? recipeForSource(source) : {}),
        removed: withRemoved(removed, replaced),
        openedBefore: openedBefore.filter((each) => each !== kept),
        estimates: [],
        refusal: null,
        overlay: 'auto',
        // Who was asked with the layout has answered.
        asksVoxelSize: source.spacing === null && !isRaw(origin),
        // What opens again is looked at as it was.
        ...(isAlone && kept === undefined ? { selected: 'input' } : {}),
      },
    );
    if (replaced !== undefined) forget(replaced);
    for (const warning of source.warnings) log(`${source.name}: ${warning}`);
    log(`Opened ${source.name}: ${source.size.join(' × ')} voxels, ${source.type}.`);
    scheduleEstimate();
    if (origin.kind === 'files' && !isRemote(origin.files)) {
      core.options.onFilesOpened?.(opened.name, origin.files);
    }
    if (kept?.facts !== undefined) void giveAgain(entry.id, source, kept.facts);
  }

  /** What was said of the volume in a page that was left. */
  async function giveAgain(id: string, source: VolumeInfo, facts: VolumeFacts): Promise<void> {
    if (facts.kind !== source.kind) await give(id, facts);
    if (facts.spacingSource !== source.spacingSource) await give(id, facts);
  }

  function withRemoved(
    removed: readonly ListedVolume[],
    volume: ListedVolume | undefined,
  ): readonly ListedVolume[] {
    if (volume === undefined) return removed;
    const kept = { ...withoutPictures(volume), isLoaded: false };
    return [...removed, kept].slice(-MAX_REMOVED);
  }

  /** Lets the engine forget what only this volume needs, and undo its changes. */
  function forget(volume: ListedVolume): void {
    set(({ volumeHistory }) => ({
      volumeHistory: withoutChanges(volumeHistory, ({ id }) => id === volume.id),
    }));
    holds.drop(
      ...pictures(volume).map(({ handle }) => handle),
      volume.truth?.handle,
      volume.info.handle,
    );
  }

  function load(origin: Origin, jobId: string): Promise<Loaded> {
    const progress = (fraction: number): void => advance(jobId, { fraction });
    switch (origin.kind) {
      case 'files':
        return client
          .open(jobId, origin.files, progress, origin.choices)
          .then((source) => ({ source, truth: null }));
      case 'url':
        return client
          .openUrl(jobId, origin.url, progress)
          .then((source) => ({ source, truth: null }));
      case 'phantom':
        return loadPhantom(origin, jobId, progress);
    }
  }

  async function loadPhantom(
    { phantom, params, isTruth }: Extract<Origin, { kind: 'phantom' }>,
    jobId: string,
    progress: (fraction: number) => void,
  ): Promise<Loaded> {
    const made = await client.generate(jobId, phantom, params, progress);
    const grey = made.find((volume) => volume.kind === 'grey') ?? made[0];
    const truth = made.find((volume) => volume.kind === 'labels' && volume !== grey) ?? null;
    const source = isTruth ? (truth ?? grey) : grey;
    if (source === undefined) throw new UserError('volume/no-voxels', 'The phantom is empty.');
    return { source, truth };
  }

  /** Why it cannot lie in memory beside what is open, one sentence; null where it may. */
  function whyNoRoom(origin: Origin): string | null {
    const { volumes } = get();
    const limit = core.options.volumeBytes ?? Number.POSITIVE_INFINITY;
    if (origin.kind !== 'files' || origin.choices.asBricks === true) return null;
    const taken = volumes.reduce((sum, volume) => sum + memoryBytes(volume), 0);
    const wanted = sizeOf(origin.files) ?? 0;
    if (taken === 0 || taken + wanted <= limit) return null;
    return `${titleOf(origin)} (${inGiB(wanted)}) does not fit into memory beside the open volumes, which take ${inGiB(taken)} of the ${inGiB(limit)} that this device has for them: remove one from the list first.`;
  }

  /**
   * Reads a volume, asks where it goes where something is open and nobody said, and lists it. Tells
   * where it cannot be opened; `stopped` where the user wants nothing more.
   */
  async function open(
    origin: Origin,
    given?: Place,
    part = '',
    more = 0,
  ): Promise<'listed' | 'failed' | 'stopped'> {
    const isPhantom = origin.kind === 'phantom';
    const title = titleOf(origin);
    let place = given ?? (get().volumes.length === 0 ? 'beside' : null);
    const obstacle = place === 'replace' ? null : whyNoRoom(origin);
    if (obstacle !== null) {
      if (place === null) place = await ask({ name: title, info: null, more, obstacle });
      else tell('error', `Could not open ${title}`, obstacle);
      if (place !== 'replace') return place === null ? 'stopped' : 'failed';
    }
    const jobId = beginActivity({
      kind: isPhantom ? 'generate' : 'open',
      title: isPhantom ? 'Generating the phantom' : `Opening ${title}${part}`,
    });
    try {
      return await holds.receive(async () => {
        const { loaded, origin: chosen } = await loadChosen(origin, jobId);
        const { source, truth } = loaded;
        const isOvertaken = get().activity?.jobId !== jobId;
        endActivity(jobId);
        if (!isOvertaken && place === null) {
          place = await ask({ name: source.name, info: source, more, obstacle: null });
        }
        if (isOvertaken || place === null) {
          holds.drop(source.handle, truth?.handle);
          return 'stopped';
        }
        list(loaded, chosen, place);
        return 'listed';
      });
    } catch (error) {
      report(isPhantom ? 'Could not generate the phantom' : `Could not open ${title}`, error);
      return isCancelled(error) ? 'stopped' : 'failed';
    } finally {
      endActivity(jobId);
    }
  }

  async function openVolumes(
    files: readonly NamedFile[],
    place?: Place,
    asksChoices = false,
  ): Promise<void> {
    if (files.length === 0) {
      tell('error', 'Nothing to open', 'The dropped folder holds no files.');
      return;
    }
    let groups: readonly (readonly NamedFile[])[] = [files];
    try {
      if (files.length > 1) {
        const indices = await asking(() => client.group(files));
        groups = indices.map((group) => group.map((i) => files[i] as NamedFile));
      }
    } catch {
      // Opening tells what cannot be read.
    }
    dropQuestions();
    await cancelRunning();
    let next = place;
    for (const [i, group] of groups.entries()) {
      const part = groups.length === 1 ? '' : ` (${i + 1} of ${groups.length})`;
      const origin: Origin = { kind: 'files', files: group, choices: {}, asksChoices };
      const outcome = await open(origin, next, part, groups.length - i - 1);
      if (outcome === 'stopped') return;
      // One answer is for all that came together.
      if (outcome === 'listed') next = 'beside';
    }
  }

  async function openOne(origin: Origin, place?: Place): Promise<void> {
    dropQuestions();
    await cancelRunning();
    await open(origin, place);
  }

  /** The listed volume as it was, over voxels that were read again. */
  async function loadAgain(volume: ListedVolume, jobId: string): Promise<ListedVolume> {
    const origin = origins.get(volume.id);
    if (origin === undefined) {
      throw new UserError('file/unreadable', `${volume.name} is gone: open its file again.`);
    }
    const { source, truth } = await load(origin, jobId);
    const { kind, spacing } = volume.info;
    let info = source;
    if (info.kind !== kind) info = await replaceBy(info, client.setKind(info.handle, kind));
    if (spacing !== null && info.spacing === null) {
      info = await replaceBy(info, client.setSpacing(info.handle, spacing));
    }
    return { ...volume, info, truth, isLoaded: true };
  }

  async function replaceBy(before: VolumeInfo, after: Promise<VolumeInfo>): Promise<VolumeInfo> {
    const changed = await after;
    holds.drop(before.handle);
    return changed;
  }

  async function reload(id: string, jobId: string): Promise<void> {
    const volume = get().volumes.find((each) => each.id === id);
    if (volume === undefined || volume.isLoaded) return;
    await holds.receive(async () => {
      const loaded = await loadAgain(volume, jobId);
      changeVolume(id, ({ name, value }) => ({ ...loaded, name, value }));
    });
  }

  /** Reads a volume again as a job of its own; whether it could be read. */
  async function reloadAlone(id: string): Promise<boolean> {
    const name = get().volumes.find((each) => each.id === id)?.name ?? '';
    await cancelRunning();
    const jobId = beginActivity({ kind: 'open', title: `Opening ${name}` });
    try {
      await reload(id, jobId);
      return true;
    } catch (error) {
      report(`Could not open ${name}`, error);
      return false;
    } finally {
      endActivity(jobId);
    }
  }

  async function showVolume(id: string): Promise<void> {
    const volume = get().volumes.find((each) => each.id === id);
    if (volume === undefined || get().shownVolume === id) return;
    if (!volume.isLoaded && !(await reloadAlone(id))) return;
    setVolumes(get().volumes, id, {
      estimates: [],
      refusal: null,
      asksVoxelSize: false,
      ...(get().overlay === 'truth' && volume.truth === null ? { overlay: 'auto' } : {}),
    });
    keepSelectionValid();
    scheduleEstimate();
  }

  function removeVolume(id: string): void {
    const { volumes, shownVolume, removed, activity } = get();
    const index = volumes.findIndex((each) => each.id === id);
    const volume = volumes[index];
    if (volume === undefined) return;
    if (activity?.volumeId === id) void cancelRunning();
    const left = volumes.filter((each) => each !== volume);
    const next = left.find((each) => each.id === shownVolume)?.id ?? null;
    const neighbour = left.slice(index).find(isLoaded) ?? left.slice(0, index).findLast(isLoaded);
    setVolumes(left, next ?? neighbour?.id ?? null, {
      removed: withRemoved(removed, volume),
      asksVoxelSize: false,
      estimates: [],
      refusal: null,
    });
    forget(volume);
    log(`Closed ${volume.name}; it can be brought back.`);
    scheduleEstimate();
  }

  async function bringBack(): Promise<void> {
    const { volumes, removed, shownVolume } = get();
    const volume = removed.at(-1);
    if (volume === undefined) return;
    setVolumes([...volumes, { ...volume, name: distinctName(volume.name, volumes) }], shownVolume, {
      removed: removed.slice(0, -1),
    });
    await showVolume(volume.id);
  }

  /** One after the other: each change is one of what the one before has left. */
  function inTurn(change: () => Promise<void>): Promise<void> {
    const changed = (changing === null ? change() : changing.then(change)).finally(() => {
      if (changing === changed) changing = null;
    });
    changing = changed;
    return changed;
  }

  /** As `exchangeShown`, to be undone. */
  function changeShown(title: string, change: Change): Promise<void> {
    return inTurn(async () => {
      const id = get().shownVolume;
      const before = get().source;
      await exchangeShown(title, change);
      const after = get().source;
      if (id === null || id !== get().shownVolume || before === null || after === null) return;
      if (before.handle === after.handle) return;
      const step = { id, before: factsOf(before), after: factsOf(after) };
      const name = nameOfChange(step.before, step.after);
      set(({ volumeHistory }) => ({ volumeHistory: pushState(volumeHistory, step, name) }));
    });
  }

  /** Gives a listed volume other facts of its own, and shows it. */
  function give(id: string, facts: VolumeFacts): Promise<void> {
    return inTurn(async () => {
      await showVolume(id);
      if (get().shownVolume !== id) return;
      const { spacing, spacingSource, kind } = facts;
      const isAnotherKind = get().source?.kind !== kind;
      await exchangeShown('Undo', (handle) =>
        isAnotherKind
          ? client.setKind(handle, kind)
          : client.setSpacing(handle, spacing, spacingSource),
      );
    });
  }

  /** Replaces the shown volume by a changed copy of itself; the recipe and the truth stay. */
  async function exchangeShown(title: string, change: Change): Promise<void> {
    const { source, shownVolume: id, volumes } = get();
    if (source === null || id === null) return;
    await asking(async () => {
      try {
        await holds.receive(async () => {
          const changed = await change(source.handle);
          const now = get().volumes.find((each) => each.id === id);
          if (now?.isLoaded !== true || now.info.handle !== source.handle) {
            holds.drop(changed.handle);
            return;
          }
          const isOther = changed.kind !== source.kind && volumes.length === 1;
          changeVolume(id, (volume) => ({ ...volume, info: changed, failure: null }), {
            ...(isOther ? recipeForSource(changed) : {}),
            asksVoxelSize: false,
          });
          scheduleEstimate();
          holds.drop(source.handle);
        });
      } catch (error) {
        report(title, error);
      }
    });
  }

  /** All handles died with the worker: the shown volume is read again, the others when wanted. */
  async function recover(reason: ReplacementReason): Promise<void> {
    const { volumes, shownVolume } = get();
    tell(
      'warning',
      'Computation restarted',
      reason === 'crashed'
        ? 'The computing process ended unexpectedly, most likely for lack of memory. It was restarted; the recipe is kept, and the file is opened again.'
        : 'The computing process did not react to the cancellation. It was restarted; the recipe is kept, and the file is opened again.',
    );
    if (shownVolume === null) return;
    const unloaded = volumes.map((volume) =>
      volume.id === shownVolume
        ? { ...volume, isLoaded: false, outcomes: {}, failure: null }
        : { ...withoutPictures(volume), isLoaded: false },
    );
    setVolumes(unloaded, shownVolume, { activity: null, estimates: [], refusal: null });
    for (const { id } of [...unloaded.filter((each) => each.id === shownVolume), ...unloaded]) {
      if (await reloadAlone(id)) {
        setVolumes(get().volumes, id);
        set(({ source }) => ({ asksVoxelSize: source !== null && source.spacing === null }));
        scheduleEstimate();
        return;
      }
    }
  }

  return {
    openVolumes,
    answer,
    answerDataset: datasetQuestions.answer,
    answerRaw: (given) => rawQuestions?.answer(given),
    answerAddress: addressQuestions.answer,
    answerChoices: choicesQuestions.answer,
    openWithChoices: (files, place) => openVolumes(files, place, true),
    async openAddress(text = '', place) {
      dropQuestions();
      const address = await addressQuestions.ask({ text, redirectedBy: null });
      if (address === null) return;
      const files = { ...address, followsRedirects: false };
      await openOne({ kind: 'files', files, choices: {} }, place);
    },
    reload,
    recover,
    showVolume,
    removeVolume,
    bringBack,
    openSample: (place) =>
      openOne({ kind: 'url', url: core.options.sampleUrl, title: 'the sample electrode' }, place),
    generate: (phantom, params, place) =>
      openOne({ kind: 'phantom', phantom, params, isTruth: false }, place),
    releasePictures(id) {
      const volume = get().volumes.find((each) => each.id === id);
      if (volume === undefined) return;
      changeVolume(id, withoutPictures);
      holds.drop(...pictures(volume).map(({ handle }) => handle));
    },
    changing: () => changing,
    setVoxelSize(spacing) {
      set({ asksVoxelSize: false });
      return changeShown('Voxel size', (handle) => client.setSpacing(handle, spacing));
    },
    setKind: (kind) => changeShown('Kind of volume', (handle) => client.setKind(handle, kind)),
    async undoVolume() {
      const { volumeHistory } = get();
      const change = changeToUndo(volumeHistory);
      if (change === null) return;
      set({ volumeHistory: undo(volumeHistory) });
      await give(change.id, change.before);
    },
    async redoVolume() {
      const { volumeHistory } = get();
      const change = changeToRedo(volumeHistory);
      if (change === null) return;
      set({ volumeHistory: redo(volumeHistory) });
      await give(change.id, change.after);
    },
    openTruth() {
      const { truth, shownVolume } = get();
      const origin = shownVolume === null ? undefined : origins.get(shownVolume);
      if (truth === null || origin?.kind !== 'phantom') return;
      list({ source: truth, truth }, { ...origin, isTruth: true }, 'replace');
    },
  };
}

function isLoaded(volume: ListedVolume): boolean {
  return volume.isLoaded;
}
