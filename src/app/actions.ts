/**
 * Everything a person can start, declared once: menus, tooltips, the palette, the shortcuts sheet
 * and the keyboard derive from this list.
 */
import { Bug } from '../errors/errors.ts';
import { PRESETS, type Preset } from '../recipe/presets.ts';
import type { VolumeInfo } from '../../workers/engine-api.ts';
import { type Action, type KeyPress, matchesShortcut } from './action.ts';
import { CORRECT_ACTIONS } from './correct-actions.ts';
import {
  action,
  needsEngine,
  needsNoJob,
  needsResults,
  needsSource,
  stateOf,
} from './declare-action.ts';
import { pickFiles } from './dropped-files.ts';
import { VERSION_ACTIONS } from './version-actions.ts';
import { HISTOGRAM_ACTIONS } from './histogram-actions.ts';
import { LAYOUT_ACTIONS } from './layout-actions.ts';
import { PAPER_ACTIONS } from './paper-actions.ts';
import { focusRegion } from './regions.ts';
import { OPEN_VOLUME_ACTIONS } from './open-volume-actions.ts';
import { COLOUR_MAPS } from './rendering/colour-maps.ts';
import { useCorrect } from './stores/correct.ts';
import { MEASURE_TOOLS, useMeasures } from './stores/measures.ts';
import type { Theme } from './stores/preferences.ts';
import { type OperationDescriptor, type StepStatus, titleOf } from './stores/recipe-status.ts';
import {
  addOperation,
  copyStep,
  dropStep,
  moveStepTo,
  placeFor,
  toggleStep,
} from './stores/step-edits.ts';
import { redo, redoLabel, undo, undoLabel } from './stores/undo.ts';
import { COMPARE_MODES, SLAB_CHOICES, useViewer } from './stores/viewer.ts';
import { applyWindowPreset, WINDOW_PRESETS, type WindowPreset } from './stores/window-presets.ts';
import { currentSteps, lastLabels, shownVolumes, type WorkspaceState } from './stores/workspace.ts';
import { surfaceActions } from './surface-actions.ts';
import { VOLUME_ACTIONS } from './volume-actions.ts';
import { WORK_ACTIONS } from './work-actions.ts';
import type { Workbench } from './workbench-context.tsx';
import { WRITABLE_FORMAT_IDS, WRITTEN_FORMATS } from '../volume/written-formats.ts';

async function openPicked(workbench: Workbench, kind: 'files' | 'folder'): Promise<void> {
  const files = await pickFiles(kind);
  if (files.length > 0) await workbench.workspace.openFiles(files);
}

async function openPickedWithChoices({ workspace }: Workbench): Promise<void> {
  const files = await pickFiles('files');
  if (files.length > 0) await workspace.openWithChoices(files);
}

const FILE: readonly Action[] = [
  action({
    id: 'open-files',
    title: 'Open files…',
    group: 'File',
    icon: 'files',
    shortcut: 'Ctrl+O',
    keywords: 'tiff nrrd nifti volume stack import load',
    run: (workbench) => void openPicked(workbench, 'files'),
  }),
  action({
    id: 'open-folder',
    title: 'Open folder of slices…',
    group: 'File',
    icon: 'folder',
    shortcut: 'Ctrl+Shift+O',
    keywords: 'tiff volume stack import load',
    run: (workbench) => void openPicked(workbench, 'folder'),
  }),
  action({
    id: 'open-with-choices',
    title: 'Open with choices…',
    group: 'File',
    icon: 'files',
    keywords: 'crop bin convert 8 bit 16 bit large memory preflight header raw part load',
    obstacle: needsEngine,
    run: (workbench) => void openPickedWithChoices(workbench),
  }),
  action({
    id: 'open-address',
    title: 'Open from a web address…',
    group: 'File',
    icon: 'address',
    keywords: 'url link internet https remote zarr download zenodo',
    obstacle: needsEngine,
    run: ({ workspace }) => void workspace.openAddress(),
  }),
  action({
    id: 'open-sample',
    title: 'Open the sample electrode',
    group: 'File',
    icon: 'sample',
    keywords: 'example demo cathode battery',
    obstacle: needsEngine,
    run: ({ workspace }) => void workspace.openSample(),
  }),
  action({
    id: 'generate-phantom',
    title: 'Generate a phantom…',
    group: 'File',
    icon: 'phantom',
    keywords: 'synthetic known truth cathode spheres',
    obstacle: needsEngine,
    run: ({ dialogs }) => dialogs.setState({ open: 'phantom' }),
  }),
  action({
    id: 'load-recipe',
    title: 'Load a recipe…',
    group: 'File',
    icon: 'import',
    keywords: 'pipeline json results open',
    run: (workbench) => void openPicked(workbench, 'files'),
  }),
  action({
    id: 'save-recipe',
    title: 'Save the recipe',
    group: 'File',
    icon: 'save',
    shortcut: 'Ctrl+S',
    keywords: 'pipeline json export download',
    run: ({ workspace }) => workspace.saveRecipe(),
  }),
];

function exportVolume(
  what: 'Labels' | 'Image',
  find: (state: WorkspaceState) => VolumeInfo | null,
  obstacle: string,
): readonly Action[] {
  return WRITABLE_FORMAT_IDS.map((kind) =>
    action({
      id: `export-${what.toLowerCase()}-${kind}`,
      title: `${what} as ${WRITTEN_FORMATS[kind].title}`,
      group: 'Export',
      icon: 'export',
      keywords: 'export save download volume',
      obstacle: (workbench) => (find(stateOf(workbench)) === null ? obstacle : null),
      run: (workbench) => {
        const volume = find(stateOf(workbench));
        if (volume !== null) void workbench.workspace.exportVolume(volume.handle, kind);
      },
    }),
  );
}

const EXPORT: readonly Action[] = [
  action({
    id: 'export-csv',
    title: 'Results as CSV',
    group: 'Export',
    icon: 'export',
    keywords: 'export save download table numbers excel spreadsheet',
    obstacle: needsResults,
    run: ({ workspace }) => void workspace.exportResults('csv'),
  }),
  action({
    id: 'export-json',
    title: 'Results as JSON, with recipe and conventions',
    group: 'Export',
    icon: 'export',
    keywords: 'export save download table numbers provenance',
    obstacle: needsResults,
    run: ({ workspace }) => void workspace.exportResults('json'),
  }),
  ...exportVolume('Labels', lastLabels, 'Segment the volume first: there are no labels.'),
  ...exportVolume('Image', (state) => shownVolumes(state).image, 'No grey values are shown.'),
  action({
    id: 'export-methods',
    title: 'Methods paragraph as text',
    group: 'Export',
    icon: 'export',
    keywords: 'export save download paper citations references',
    obstacle: needsEngine,
    run: ({ workspace }) => void workspace.saveMethods(),
  }),
  ...HISTOGRAM_ACTIONS,
  ...PAPER_ACTIONS,
];

function openAsKind(kind: VolumeInfo['kind'], title: string): Action {
  return action({
    id: `kind-${kind}`,
    title,
    group: 'Edit',
    icon: 'kind',
    keywords: 'kind type segmented grey labels',
    obstacle: needsSource,
    isOn: (workbench) => stateOf(workbench).source?.kind === kind,
    run: ({ workspace }) => void workspace.setKind(kind),
  });
}

const EDIT: readonly Action[] = [
  action({
    id: 'undo',
    title: 'Undo',
    group: 'Edit',
    icon: 'undo',
    shortcut: 'Ctrl+Z',
    obstacle: (workbench) => (undoLabel(workbench.workspace) === null ? 'Nothing to undo.' : null),
    describe: (workbench) => `Undo: ${undoLabel(workbench.workspace)}`,
    run: ({ workspace }) => undo(workspace),
  }),
  action({
    id: 'redo',
    title: 'Redo',
    group: 'Edit',
    icon: 'redo',
    shortcut: 'Ctrl+Shift+Z',
    obstacle: (workbench) => (redoLabel(workbench.workspace) === null ? 'Nothing to redo.' : null),
    describe: (workbench) => `Redo: ${redoLabel(workbench.workspace)}`,
    run: ({ workspace }) => redo(workspace),
  }),
  action({
    id: 'voxel-size',
    title: 'Set the voxel size…',
    group: 'Edit',
    icon: 'size',
    keywords: 'spacing pixel resolution unit micrometre',
    obstacle: needsSource,
    run: ({ workspace }) => workspace.askVoxelSize(true),
  }),
  openAsKind('grey', 'Read the input as grey values'),
  openAsKind('labels', 'Read the input as labels'),
  action({
    id: 'open-truth',
    title: 'Open the truth of this phantom',
    group: 'Edit',
    icon: 'phantom',
    obstacle: (workbench) =>
      stateOf(workbench).truth === null ? 'The open volume is no phantom.' : null,
    run: ({ workspace }) => workspace.openTruth(),
  }),
];

function whyNotRun(workbench: Workbench): string | null {
  const state = stateOf(workbench);
  if (state.source === null) return 'Open a volume first.';
  const running = needsNoJob(workbench);
  if (running !== null) return running;
  const steps = currentSteps(state).filter(({ step }) => step.enabled);
  if (steps.length === 0) return 'Add a step to the recipe first.';
  const wrong = steps.find(({ problem }) => problem !== null);
  return wrong === undefined
    ? state.refusal
    : `${titleOf(wrong)} needs attention: ${wrong.problem}`;
}

function isMeasuring(): boolean {
  const { tool, draft, fresh } = useMeasures.getState();
  return tool !== null || draft !== null || fresh !== null;
}

function isCorrecting(): boolean {
  return useCorrect.getState().tool !== null;
}

function applyPreset(preset: Preset): Action {
  return action({
    id: `preset-${preset.id}`,
    title: `Use preset: ${preset.title}`,
    group: 'Preset',
    icon: 'preset',
    shortTitle: preset.title,
    summary: preset.summary,
    obstacle: needsEngine,
    run: ({ workspace }) => workspace.applyPreset(preset),
  });
}

const RECIPE: readonly Action[] = [
  action({
    id: 'run',
    title: 'Run the recipe',
    group: 'Recipe',
    icon: 'run',
    shortcut: 'Ctrl+Enter',
    keywords: 'compute start execute pipeline',
    obstacle: whyNotRun,
    explain: ({ workspace }) => void workspace.run(),
    run: ({ workspace }) => void workspace.run(),
  }),
  action({
    id: 'back',
    title: 'Take back a measure, stop correcting, show all views, or cancel the job',
    group: 'Recipe',
    icon: 'cancel',
    shortcut: 'Escape',
    keywords: 'stop abort interrupt',
    obstacle: (workbench) =>
      !isMeasuring() &&
      !isCorrecting() &&
      useViewer.getState().maximised === null &&
      stateOf(workbench).activity === null
        ? 'Nothing is running, and all views are shown.'
        : null,
    // The nearest thing first: a person who leaves a view does not mean to lose a long run.
    describe: (workbench) => {
      if (isMeasuring()) return 'Take back the measure';
      if (isCorrecting()) return 'Stop correcting labels';
      return useViewer.getState().maximised === null
        ? `Cancel: ${stateOf(workbench).activity?.title}`
        : 'Show all views';
    },
    run: ({ workspace }) => {
      if (useMeasures.getState().escape() || useCorrect.getState().escape()) return;
      const { maximised, toggleMaximised } = useViewer.getState();
      if (maximised === null) workspace.cancel();
      else toggleMaximised(maximised);
    },
  }),
  action({
    id: 'preview',
    title: 'Preview the selected step on the slices shown',
    group: 'Recipe',
    icon: 'preview',
    shortcut: 'V',
    keywords: 'try live slab before running parameters',
    obstacle: needsSource,
    isOn: ({ previews }) => previews.store.getState().isOn,
    run: ({ previews }) => previews.switchTo(!previews.store.getState().isOn),
  }),
  action({
    id: 'add-step',
    title: 'Add a step…',
    group: 'Recipe',
    icon: 'add',
    shortcut: 'A',
    keywords: 'operation filter insert',
    obstacle: needsEngine,
    run: ({ dialogs }) => dialogs.setState({ open: 'palette', query: 'add ' }),
  }),
  ...PRESETS.map(applyPreset),
];

function selectedStep(workbench: Workbench): StepStatus | undefined {
  const state = stateOf(workbench);
  return currentSteps(state).find(({ step }) => step.id === state.selected);
}

/** An action on the selected step. */
function stepAction(
  parts: Pick<Action, 'id' | 'title' | 'icon' | 'shortcut'> & {
    /** `describe` gets the step's title. */
    readonly name: (title: string, status: StepStatus) => string;
    readonly act: (workbench: Workbench, status: StepStatus, index: number) => void;
    readonly refuses?: (index: number, count: number) => string | null;
  },
): Action {
  const { name, act, refuses, ...rest } = parts;
  const indexOf = (workbench: Workbench, { step }: StepStatus): number =>
    currentSteps(stateOf(workbench)).findIndex((each) => each.step.id === step.id);
  return action({
    ...rest,
    group: 'Step',
    scope: 'steps',
    obstacle: (workbench) => {
      const status = selectedStep(workbench);
      if (status === undefined) return 'Select a step of the recipe first.';
      const count = currentSteps(stateOf(workbench)).length;
      return refuses?.(indexOf(workbench, status), count) ?? null;
    },
    describe: (workbench) => {
      const status = selectedStep(workbench);
      return status === undefined ? parts.title : name(titleOf(status), status);
    },
    run: (workbench) => {
      const status = selectedStep(workbench);
      if (status !== undefined) act(workbench, status, indexOf(workbench, status));
    },
  });
}

const STEP: readonly Action[] = [
  stepAction({
    id: 'step-up',
    title: 'Move the step up',
    icon: 'up',
    shortcut: 'Alt+ArrowUp',
    name: (title) => `Move ${title} up`,
    refuses: (index) => (index === 0 ? 'The step is the first one.' : null),
    act: ({ workspace }, status, index) => moveStepTo(workspace, status, index - 1),
  }),
  stepAction({
    id: 'step-down',
    title: 'Move the step down',
    icon: 'down',
    shortcut: 'Alt+ArrowDown',
    name: (title) => `Move ${title} down`,
    refuses: (index, count) => (index === count - 1 ? 'The step is the last one.' : null),
    act: ({ workspace }, status, index) => moveStepTo(workspace, status, index + 1),
  }),
  stepAction({
    id: 'step-duplicate',
    title: 'Duplicate the step',
    icon: 'copy',
    shortcut: 'Ctrl+D',
    name: (title) => `Duplicate ${title}`,
    act: ({ workspace }, status) => copyStep(workspace, status),
  }),
  stepAction({
    id: 'step-toggle',
    title: 'Switch the step on or off',
    icon: 'switch',
    shortcut: 'Space',
    name: (title, { step }) => `Switch ${title} ${step.enabled ? 'off' : 'on'}`,
    act: ({ workspace }, status) => toggleStep(workspace, status),
  }),
  stepAction({
    id: 'step-remove',
    title: 'Remove the step',
    icon: 'remove',
    shortcut: 'Delete',
    name: (title) => `Remove ${title}`,
    act: ({ workspace }, status) => dropStep(workspace, status),
  }),
];

export function addActionId(operation: string): string {
  return `add-${operation}`;
}

/** Adds a step of the operation and opens its parameters. */
function addOperationAction(operation: OperationDescriptor): Action {
  return action({
    id: addActionId(operation.id),
    title: `Add step: ${operation.title}`,
    shortTitle: operation.title,
    summary: operation.summary,
    group: 'Add step',
    icon: 'add',
    keywords: operation.family,
    obstacle: (workbench) => {
      if (placeFor(operation, stateOf(workbench)) !== null) return null;
      return operation.input === 'labels'
        ? 'It works on labels: add a segmentation first.'
        : 'It works on grey values, and the open volume has labels.';
    },
    run: ({ workspace }) => {
      addOperation(workspace, operation);
      // The form of the new step is there with the next frame.
      requestAnimationFrame(() => focusRegion('Parameters'));
    },
  });
}

function needsField(workbench: Workbench): string | null {
  const { image } = shownVolumes(stateOf(workbench));
  return image?.quantity === undefined ? 'No field, as of a flux, is shown.' : null;
}

const VIEWS: readonly Action[] = [
  action({
    id: 'fit-views',
    title: 'Fit all views',
    group: 'Views',
    icon: 'fit',
    shortcut: 'F',
    keywords: 'zoom reset home',
    obstacle: needsSource,
    run: () => useViewer.getState().fitAll(),
  }),
  action({
    id: 'maximise-view',
    title: 'Show one view alone',
    group: 'Views',
    icon: 'maximise',
    shortcut: 'M',
    keywords: 'maximise full single layout all views',
    obstacle: needsSource,
    isOn: () => useViewer.getState().maximised !== null,
    describe: () =>
      useViewer.getState().maximised === null ? 'Show one view alone' : 'Show all views',
    run: () => {
      const { active, toggleMaximised } = useViewer.getState();
      toggleMaximised(active);
    },
  }),
  action({
    id: 'crosshair',
    title: 'Crosshair',
    group: 'Views',
    icon: 'crosshair',
    shortcut: 'X',
    keywords: 'show hide lines position',
    obstacle: needsSource,
    isOn: () => useViewer.getState().crosshairShown,
    run: () => useViewer.getState().toggleCrosshair(),
  }),
  action({
    id: 'labels-over-image',
    title: 'Labels over the image',
    group: 'Views',
    icon: 'labels',
    shortcut: 'L',
    keywords: 'show hide overlay segmentation',
    obstacle: needsSource,
    isOn: () => useViewer.getState().overlayShown,
    run: () => useViewer.getState().toggleOverlay(),
  }),
  action({
    id: 'interval-preview',
    title: 'Preview of grey intervals',
    group: 'Views',
    icon: 'labels',
    shortcut: 'I',
    keywords: 'show hide threshold marker live voxels segmentation histogram',
    obstacle: needsSource,
    isOn: () => useViewer.getState().previewShown,
    run: () => useViewer.getState().togglePreview(),
  }),
  action({
    id: 'colour-bar',
    title: 'Colour bar',
    group: 'Views',
    icon: 'colours',
    shortcut: 'C',
    keywords: 'show hide scale legend grey values',
    obstacle: needsSource,
    isOn: () => useViewer.getState().colourBarShown,
    run: () => useViewer.getState().toggleColourBar(),
  }),
  action({
    id: 'log-colours',
    title: 'Logarithmic colours of fields',
    group: 'Colour map',
    icon: null,
    keywords: 'scale log decades flux concentration potential',
    obstacle: needsField,
    isOn: () => useViewer.getState().fieldScale === 'log',
    run: () => useViewer.getState().toggleFieldScale(),
  }),
  ...COLOUR_MAPS.map(({ id, title }) =>
    action({
      id: `colour-map-${id}`,
      title: `Colour map: ${title}`,
      shortTitle: title,
      group: 'Colour map',
      icon: 'colours',
      keywords: 'lut palette lookup table',
      obstacle: needsSource,
      isOn: () => useViewer.getState().colourMap === id,
      run: () => useViewer.getState().setColourMap(id),
    }),
  ),
];

function needsGreyImage(workbench: Workbench): string | null {
  return shownVolumes(stateOf(workbench)).image === null ? 'No grey image is shown.' : null;
}

function needsStepVolume(workbench: Workbench): string | null {
  const { outcomes, volumes } = stateOf(workbench);
  const made = Object.values(outcomes);
  if (volumes.length > 1) return null;
  return made.some(({ summary }) => summary.volume !== null)
    ? null
    : 'Run a step that makes a volume first.';
}

async function chooseWindow(workbench: Workbench, preset: WindowPreset): Promise<void> {
  const { image, overlay } = shownVolumes(stateOf(workbench));
  if (image === null) return;
  try {
    await applyWindowPreset(workbench.client, image, overlay, preset);
  } catch (error) {
    workbench.workspace.report('The window could not be set', error);
  }
}

/** How slices are looked at. */
const SLICES: readonly Action[] = [
  ...WINDOW_PRESETS.map(({ id, title, preset }) =>
    action({
      id: `window-${id}`,
      title: `Window: ${title}`,
      shortTitle: title,
      group: 'Window',
      icon: 'kind',
      keywords: 'contrast brightness level grey values percentile',
      obstacle: needsGreyImage,
      run: (workbench) => void chooseWindow(workbench, preset),
    }),
  ),
  ...SLAB_CHOICES.map(({ projection, title }) =>
    action({
      id: `slab-${projection ?? 'off'}`,
      title: `Slab: ${title.toLowerCase()}`,
      shortTitle: title,
      group: 'Slab',
      icon: 'layout',
      keywords: 'projection thick slices maximum minimum average intensity',
      obstacle: needsGreyImage,
      isOn: () => (useViewer.getState().slab?.projection ?? null) === projection,
      run: () => useViewer.getState().setProjection(projection),
    }),
  ),
  ...COMPARE_MODES.map(({ id, title }) =>
    action({
      id: `compare-${id}`,
      title: `Compare: ${title.toLowerCase()}`,
      shortTitle: title,
      group: 'Compare',
      icon: 'layout',
      keywords: 'before after curtain linked states steps',
      obstacle: needsStepVolume,
      isOn: () => useViewer.getState().compareMode === id,
      run: () => useViewer.getState().setCompareMode(id),
    }),
  ),
];

function needsMeasures(): string | null {
  return useMeasures.getState().kept.length === 0 ? 'Nothing is measured.' : null;
}

const MEASURE: readonly Action[] = [
  ...MEASURE_TOOLS.map(({ id, title, key }) =>
    action({
      id: `measure-${id}`,
      title: `Measure: ${title.toLowerCase()}`,
      shortTitle: title,
      group: 'Measure',
      icon: 'size',
      shortcut: key,
      keywords: 'tool length statistics region roi',
      obstacle: needsSource,
      isOn: () => useMeasures.getState().tool === id,
      run: () => useMeasures.getState().toggleTool(id),
    }),
  ),
  action({
    id: 'measure-volume',
    title: 'Measure: all voxels',
    shortTitle: 'All voxels',
    group: 'Measure',
    icon: 'size',
    keywords: 'statistics mean deviation whole volume',
    obstacle: needsSource,
    run: () => useMeasures.getState().addWhole(),
  }),
  action({
    id: 'remove-measures',
    title: 'Remove all measures',
    group: 'Measure',
    icon: 'remove',
    obstacle: needsMeasures,
    run: () => useMeasures.getState().removeAll(),
  }),
];

function isDark(): boolean {
  return globalThis.document?.documentElement.dataset['mantineColorScheme'] === 'dark';
}

function chooseTheme(theme: Theme, title: string, icon: Action['icon']): Action {
  return action({
    id: `theme-${theme}`,
    title,
    group: 'Theme',
    icon,
    keywords: 'colours appearance mode night',
    isOn: ({ preferences }) => preferences.getState().theme === theme,
    run: ({ preferences }) => preferences.setState({ theme }),
  });
}

const LOOKS: readonly Action[] = [
  chooseTheme('light', 'Light theme', 'light'),
  chooseTheme('dark', 'Dark theme', 'dark'),
  chooseTheme('auto', 'Theme of the system', 'system'),
  action({
    id: 'theme',
    title: 'Switch between dark and light',
    group: 'Theme',
    icon: 'dark',
    keywords: 'colours appearance mode night',
    describe: () => (isDark() ? 'Switch to the light theme' : 'Switch to the dark theme'),
    run: ({ preferences }) => preferences.setState({ theme: isDark() ? 'light' : 'dark' }),
  }),
];

const HELP: readonly Action[] = [
  action({
    id: 'palette',
    title: 'Search actions…',
    group: 'Help',
    icon: 'search',
    shortcut: 'Ctrl+K',
    keywords: 'command palette find',
    run: ({ dialogs }) => dialogs.setState({ open: 'palette', query: '' }),
  }),
  action({
    id: 'shortcuts',
    title: 'Keyboard shortcuts',
    group: 'Help',
    icon: 'keyboard',
    shortcut: '?',
    keywords: 'keys help',
    run: ({ dialogs }) => dialogs.setState({ open: 'shortcuts' }),
  }),
  action({
    id: 'about',
    title: 'About Tauscope',
    group: 'Help',
    icon: 'about',
    keywords: 'version licence help',
    run: ({ dialogs }) => dialogs.setState({ open: 'about' }),
  }),
];

/** The actions that do not depend on which operations there are. */
export const ACTIONS: readonly Action[] = [
  ...FILE,
  ...EXPORT,
  ...EDIT,
  ...RECIPE,
  ...STEP,
  ...OPEN_VOLUME_ACTIONS,
  ...VIEWS,
  ...VOLUME_ACTIONS,
  ...SLICES,
  ...MEASURE,
  ...CORRECT_ACTIONS,
  ...LOOKS,
  ...LAYOUT_ACTIONS,
  ...HELP,
  ...VERSION_ACTIONS,
  ...WORK_ACTIONS,
];

interface Listed {
  readonly operations: readonly OperationDescriptor[];
  readonly labels: VolumeInfo | null;
  readonly all: readonly Action[];
}

let listed: Listed = { operations: [], labels: null, all: ACTIONS };

/** All actions, with one for each operation that can be a step and for each surface there is. */
export function actionsOf(workbench: Workbench): readonly Action[] {
  const state = stateOf(workbench);
  const operations = state.engine?.operations ?? listed.operations;
  const labels = lastLabels(state);
  if (operations !== listed.operations || labels !== listed.labels) {
    const more = [...operations.map(addOperationAction), ...surfaceActions(labels)];
    listed = { operations, labels, all: [...ACTIONS, ...more] };
  }
  return listed.all;
}

/** Throws for an id that no action has: a mistake of the program. */
export function findAction(id: string, workbench: Workbench): Action {
  const found = actionsOf(workbench).find((each) => each.id === id);
  if (found === undefined) throw new Bug('There is no such action.', { id });
  return found;
}

/** The action whose shortcut was pressed; null for none. */
export function actionForKey(scope: Action['scope'], event: KeyPress): Action | null {
  return (
    ACTIONS.find(
      (each) =>
        each.scope === scope && each.shortcut !== null && matchesShortcut(each.shortcut, event),
    ) ?? null
  );
}
