/** Actions on the correction of labels by hand. */
import type { Action } from './action.ts';
import { action, needsNoJob, stateOf } from './declare-action.ts';
import { CORRECT_TOOLS, useCorrect } from './stores/correct.ts';
import { correctionPlace } from './stores/corrections.ts';
import { interpolateLabels, interpolationPlan } from './stores/interpolate-labels.ts';
import type { Workbench } from './workbench-context.tsx';

/** Why labels cannot be corrected now; a person who corrects can always stop. */
function needsLabels(workbench: Workbench): string | null {
  const place = correctionPlace(stateOf(workbench));
  return typeof place === 'string' ? place : null;
}

function needsTool(): string | null {
  return useCorrect.getState().tool === null ? 'Choose “Correct labels” first.' : null;
}

/** Goes where the corrections are, so that they are seen; who begins paints a phase that is there. */
function showCorrections({ workspace }: Workbench): void {
  const place = correctionPlace(workspace.store.getState());
  if (typeof place === 'string') return;
  workspace.select(place.step?.id ?? place.baseId);
  const { tool, label, setLabel } = useCorrect.getState();
  if (tool !== null) return;
  const { phases } = place.base;
  const [first] = phases;
  if (first !== undefined && phases.every((phase) => phase.label !== label)) setLabel(first.label);
}

/** Labels that keys and the palette choose; others are in the list. */
const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

export const CORRECT_ACTIONS: readonly Action[] = [
  action({
    id: 'correct-labels',
    title: 'Correct labels',
    group: 'Correct labels',
    icon: 'brush',
    shortcut: 'K',
    keywords: 'paint edit segmentation manual brush draw',
    obstacle: (workbench) => (useCorrect.getState().tool === null ? needsLabels(workbench) : null),
    describe: () =>
      useCorrect.getState().tool === null ? 'Correct labels' : 'Stop correcting labels',
    isOn: () => useCorrect.getState().tool !== null,
    explain: ({ workspace }) => {
      const place = correctionPlace(workspace.store.getState());
      if (typeof place === 'string') workspace.advise('Correct labels', place);
    },
    run: (workbench) => {
      showCorrections(workbench);
      useCorrect.getState().toggle();
    },
  }),
  ...CORRECT_TOOLS.map(({ id, title, key }) =>
    action({
      id: `correct-${id}`,
      title: `Correct labels: ${title}`,
      shortTitle: title,
      group: 'Correct labels',
      icon: 'brush',
      shortcut: key,
      keywords: 'paint draw tool segmentation',
      obstacle: needsLabels,
      isOn: () => useCorrect.getState().tool === id,
      run: (workbench) => {
        showCorrections(workbench);
        useCorrect.getState().take(id);
      },
    }),
  ),
  action({
    id: 'correct-larger',
    title: 'Larger brush',
    group: 'Correct labels',
    icon: 'add',
    shortcut: ']',
    obstacle: needsTool,
    run: () => useCorrect.getState().resize(1),
  }),
  action({
    id: 'correct-smaller',
    title: 'Smaller brush',
    group: 'Correct labels',
    icon: 'minus',
    shortcut: '[',
    obstacle: needsTool,
    run: () => useCorrect.getState().resize(-1),
  }),
  action({
    id: 'correct-metric',
    title: 'Brush round in lengths, not in voxels',
    group: 'Correct labels',
    icon: 'size',
    keywords: 'physical metric anisotropic',
    obstacle: (workbench) =>
      needsTool() ??
      (stateOf(workbench).source?.spacing == null ? 'Set the voxel size first.' : null),
    isOn: () => useCorrect.getState().metric === 'physical',
    run: () => {
      const { metric, setMetric } = useCorrect.getState();
      setMetric(metric === 'voxel' ? 'physical' : 'voxel');
    },
  }),
  action({
    id: 'correct-fill-volume',
    title: 'Fill through all slices',
    group: 'Correct labels',
    icon: 'cube',
    keywords: '3-D volume bucket',
    obstacle: needsTool,
    isOn: () => useCorrect.getState().fillsVolume,
    run: () => {
      const { fillsVolume, setFillsVolume } = useCorrect.getState();
      setFillsVolume(!fillsVolume);
    },
  }),
  action({
    id: 'correct-fill-diagonal',
    title: 'Fill over edges and corners',
    group: 'Correct labels',
    icon: 'cube',
    keywords: 'connectivity diagonal bucket',
    obstacle: needsTool,
    isOn: () => useCorrect.getState().fillsDiagonally,
    run: () => {
      const { fillsDiagonally, setFillsDiagonally } = useCorrect.getState();
      setFillsDiagonally(!fillsDiagonally);
    },
  }),
  action({
    id: 'correct-interpolate',
    title: 'Interpolate between painted slices',
    group: 'Correct labels',
    icon: 'labels',
    keywords: 'contour slices between morphological fill gap',
    obstacle: (workbench) => {
      const withoutTool = needsTool();
      if (withoutTool !== null) return withoutTool;
      const plan = interpolationPlan(stateOf(workbench));
      return typeof plan === 'string' ? plan : needsNoJob(workbench);
    },
    run: ({ workspace }) => void interpolateLabels(workspace),
  }),
  ...DIGITS.map((label) =>
    action({
      id: `correct-label-${label}`,
      title: `Paint label ${label}`,
      group: 'Correct labels',
      icon: 'labels',
      keywords: 'phase brush',
      obstacle: (workbench) =>
        needsTool() ??
        (phaseOf(workbench, label) === null ? `The volume has no label ${label}.` : null),
      describe: (workbench) => `Paint ${phaseOf(workbench, label) ?? `label ${label}`}`,
      isOn: () => useCorrect.getState().label === label,
      run: () => useCorrect.getState().setLabel(label),
    }),
  ),
];

/** Name of a label; null where the volume does not have it. */
function phaseOf(workbench: Workbench, label: number): string | null {
  const place = correctionPlace(stateOf(workbench));
  if (typeof place === 'string') return null;
  return place.base.phases.find((phase) => phase.label === label)?.name ?? null;
}
