/**
 * What a tab that was closed, reloaded or killed comes back with, as one plain document: the recipe,
 * what was open, how it was looked at, and the measures. The voxels are not in it.
 */
import { parseRecipe, type Recipe } from '../../../recipe/recipe.ts';
import { COLOUR_MAPS } from '../../rendering/colour-maps.ts';
import { createSpacing, parseLengthUnit, type VoxelSpacing } from '../../../volume/length.ts';
import { isDisplay3d } from '../display-3d.ts';
import { type KeptMeasures, parseKeptMeasures } from '../kept-measures.ts';
import type { OpenedBefore } from '../listed-volumes.ts';
import {
  COMPARE_MODES,
  CONTENTS_3D,
  type KeptPlace,
  type KeptWindow,
  SLAB_CHOICES,
  type ViewerState,
} from '../viewer.ts';
import {
  currentRecipe,
  type KeptVolume,
  shownVolumes,
  type VolumeFacts,
  type WorkspaceState,
} from '../workspace.ts';

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFlag(value: unknown): boolean {
  return typeof value === 'boolean';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isShare(value: unknown): boolean {
  return isNumber(value) && value >= 0 && value <= 1;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isOneOf(choices: readonly { readonly id: unknown }[]): (value: unknown) => boolean {
  return (value) => choices.some(({ id }) => id === value);
}

function isSlab(value: unknown): boolean {
  if (value === null) return true;
  return (
    isObject(value) &&
    isWhole(value['thickness']) &&
    SLAB_CHOICES.some(({ projection }) => projection !== null && projection === value['projection'])
  );
}

/** Each kept setting of the view with what it may be. */
const VIEW = {
  colourMap: isOneOf(COLOUR_MAPS),
  fieldScale: (value) => value === 'linear' || value === 'log',
  colourBarShown: isFlag,
  crosshairShown: isFlag,
  slab: isSlab,
  maximised: (value) => value === null || ['xy', 'xz', 'yz', '3d'].includes(value as string),
  overlayShown: isFlag,
  overlayOpacity: isShare,
  overlayStyle: (value) => value === 'fill' || value === 'outline',
  hiddenLabels: (value) => Array.isArray(value) && value.every(isWhole),
  previewShown: isFlag,
  compareMode: isOneOf(COMPARE_MODES),
  comparedId: (value) => typeof value === 'string',
  swipe: isShare,
  cut: isFlag,
  content3d: isOneOf(CONTENTS_3D),
  display3d: isDisplay3d,
} as const satisfies Partial<Record<keyof ViewerState, (value: unknown) => boolean>>;

type KeptView = Partial<Pick<ViewerState, keyof typeof VIEW>>;

export interface WorkDocument {
  readonly recipe: Recipe | null;
  readonly volumes: readonly KeptVolume[];
  readonly stateLabel: string;
  /** Step whose result is shown. */
  readonly selected: string;
  readonly view: KeptView;
  readonly place: KeptPlace | null;
  readonly window: KeptWindow | null;
  readonly measures: readonly KeptMeasures[];
}

/** What the document is made of; a change of anything else is none of it. */
export const KEPT_OF_WORKSPACE = [
  'history',
  'volumes',
  'openedBefore',
  'stateLabel',
  'selected',
] as const satisfies readonly (keyof WorkspaceState)[];

export const KEPT_OF_VIEWER: readonly (keyof ViewerState)[] = [
  ...(Object.keys(VIEW) as (keyof typeof VIEW)[]),
  'crosshair',
  'frames',
  'camera',
  'window',
];

/** What is open, or was open and waits to be opened again. */
function volumesOf({ volumes, openedBefore }: WorkspaceState): readonly KeptVolume[] {
  return [
    ...volumes.map(({ opened, name, value, info: { spacing, spacingSource, kind } }) => ({
      opened,
      name,
      value,
      facts: { spacing, spacingSource, kind },
    })),
    ...openedBefore,
  ];
}

export function documentOf(
  state: WorkspaceState,
  viewer: ViewerState,
  measures: readonly KeptMeasures[],
): WorkDocument {
  const { crosshair, frames, camera, window, keptPlace, keptWindow } = viewer;
  const { image, overlay } = shownVolumes(state);
  const size = (image ?? overlay)?.size;
  return {
    recipe: currentRecipe(state),
    volumes: volumesOf(state),
    stateLabel: state.stateLabel,
    selected: state.selected,
    view: Object.fromEntries(Object.keys(VIEW).map((key) => [key, viewer[key as keyof KeptView]])),
    // Until a volume is open, what the page before had is still to come.
    place: size === undefined ? keptPlace : { size, crosshair, frames, camera },
    window: image === null || window === null ? keptWindow : { ...window, range: image.range },
    measures,
  };
}

function keptRecipe(value: unknown): Recipe | null {
  try {
    return parseRecipe(value);
  } catch {
    // Written by another version, or by hand.
    return null;
  }
}

function keptOpened(value: unknown): OpenedBefore | null {
  if (!isObject(value)) return null;
  const { kind, name, phantom } = value;
  if (typeof name !== 'string') return null;
  if (kind === 'files' || kind === 'url' || kind === 'remote') return { kind, name };
  if (kind !== 'phantom') return null;
  if (!isObject(phantom) || typeof phantom['phantom'] !== 'string') return { kind, name };
  const { phantom: id, params, isTruth } = phantom;
  if (!isObject(params)) return { kind, name };
  return { kind, name, phantom: { phantom: id, params, isTruth: isTruth === true } };
}

/** undefined where it is no voxel size. */
function keptSpacing(value: unknown): VoxelSpacing | null | undefined {
  if (value === null) return null;
  if (!isObject(value) || !Array.isArray(value['values'])) return undefined;
  const known = typeof value['unit'] === 'string' ? parseLengthUnit(value['unit']) : null;
  const [x, y, z] = (value['values'] as unknown[]).map(Number);
  const isSize = [x, y, z].every((edge) => edge !== undefined && edge > 0 && edge < Infinity);
  if (known === null || !isSize) return undefined;
  return createSpacing([x as number, y as number, z as number], known.unit);
}

function keptFacts(value: unknown): VolumeFacts | undefined {
  if (!isObject(value)) return undefined;
  const { spacing, spacingSource, kind } = value;
  const voxel = keptSpacing(spacing);
  if (voxel === undefined || typeof spacingSource !== 'string') return undefined;
  if (kind !== 'grey' && kind !== 'labels') return undefined;
  return { spacing: voxel, spacingSource, kind };
}

function keptVolumes(value: unknown): readonly KeptVolume[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly unknown[]).filter(isObject).flatMap((entry) => {
    const { opened, name, value: at, facts } = entry;
    const before = keptOpened(opened);
    if (before === null || typeof name !== 'string') return [];
    const said = keptFacts(facts);
    return [
      {
        opened: before,
        name,
        value: isNumber(at) ? at : null,
        ...(said === undefined ? {} : { facts: said }),
      },
    ];
  });
}

function keptView(value: unknown): KeptView {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(VIEW)
      .filter(([key, accepts]) => Object.hasOwn(value, key) && accepts(value[key]))
      .map(([key]) => [key, value[key]]),
  );
}

function areNumbers(value: unknown, names: readonly string[]): boolean {
  return isObject(value) && names.every((name) => isNumber(value[name]));
}

function isTriple(value: unknown, accepts: (value: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length === 3 && value.every(accepts);
}

function keptPlace(value: unknown): KeptPlace | null {
  if (!isObject(value)) return null;
  const { size, crosshair, frames, camera } = value;
  const isPlace =
    isTriple(size, isWhole) &&
    isTriple(crosshair, isWhole) &&
    isObject(frames) &&
    ['xy', 'xz', 'yz'].every((view) => areNumbers(frames[view], ['zoom', 'panX', 'panY'])) &&
    areNumbers(camera, ['azimuth', 'elevation', 'zoom', 'panX', 'panY']) &&
    isTriple((camera as Readonly<Record<string, unknown>>)['centre'], isNumber) &&
    isFlag((camera as Readonly<Record<string, unknown>>)['parallel']);
  if (!isPlace) return null;
  const place = value as unknown as KeptPlace;
  const isInside = place.crosshair.every((at, axis) => at < (place.size[axis] as number));
  return isInside ? place : null;
}

function keptWindow(value: unknown): KeptWindow | null {
  if (!isObject(value) || !areNumbers(value, ['low', 'high'])) return null;
  const { range } = value;
  const isRange = Array.isArray(range) && range.length === 2 && range.every(isNumber);
  return isRange ? (value as unknown as KeptWindow) : null;
}

/** Reads what another version or a person may have written; what is odd is left out. */
export function parseWork(value: unknown): WorkDocument {
  const document = isObject(value) ? value : {};
  const { recipe, volumes, stateLabel, selected, view, place, window, measures } = document;
  return {
    recipe: keptRecipe(recipe),
    volumes: keptVolumes(volumes),
    stateLabel: typeof stateLabel === 'string' ? stateLabel : '',
    selected: typeof selected === 'string' ? selected : '',
    view: keptView(view),
    place: keptPlace(place),
    window: keptWindow(window),
    measures: parseKeptMeasures(measures),
  };
}
