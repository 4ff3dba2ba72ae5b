/** What the operations that solve steady diffusion share: parameters, conventions, sources. */
import type { ParameterFields } from '../declaration/parameters.ts';
import type { Citation, Column } from '../declaration/results.ts';
import { UserError } from '../errors/errors.ts';
import type { DiffusionSolution } from '../kernels/diffusion.ts';
import type { FluxDirection } from '../kernels/diffusion-grid.ts';
import type { LabelIndex } from '../volume/labels.ts';
import type { Volume } from '../volume/volume.ts';

export const AXES = ['x', 'y', 'z'] as const;

const AXIS_OPTIONS = [
  { value: 'x', title: 'x (column)' },
  { value: 'y', title: 'y (row)' },
  { value: 'z', title: 'z (page)' },
] as const;

export const directionsField = {
  kind: 'choice',
  title: 'Directions',
  help: 'Along which axes the flux is driven: x = column, y = row, z = page of the stack.',
  options: [{ value: 'xyz', title: 'x, y and z' }, ...AXIS_OPTIONS],
  default: 'xyz',
} as const satisfies ParameterFields[string];

export const directionField = {
  kind: 'choice',
  title: 'Direction',
  help: 'Axis along which the flux is driven: x = column, y = row, z = page of the stack.',
  options: AXIS_OPTIONS,
  default: 'z',
} as const satisfies ParameterFields[string];

export const sidesField = {
  kind: 'choice',
  title: 'Sides',
  help: 'What happens at the four faces along the flux. Take no flux for a crop of a sample; periodic only for a volume that repeats itself, since elsewhere it opens paths that are not there.',
  options: [
    { value: 'no-flux', title: 'No flux' },
    { value: 'periodic', title: 'Periodic' },
  ],
  default: 'no-flux',
} as const satisfies ParameterFields[string];

/** How narrow the certified interval has to be; `help` says of which quantity. */
export function accuracyField(help: string, byDefault: number) {
  return {
    kind: 'number',
    title: 'Accuracy',
    help,
    unit: '',
    min: 1e-6,
    max: 1e-2,
    step: 1e-5,
    default: byDefault,
  } as const satisfies ParameterFields[string];
}

/** The conducting phase, one label. */
export const phaseField = {
  kind: 'auto-number',
  title: 'Phase',
  help: 'Label of the conducting phase; everything else insulates.',
  unit: '',
  min: 0,
  max: 4_294_967_295,
  step: 1,
  auto: 'the phase that is marked as pore, where there is exactly one.',
  isLabel: true,
} as const satisfies ParameterFields[string];

/** Columns that name the conducting phase of a row. */
export const conductingPhaseColumns: readonly Column[] = [
  { id: 'label', title: 'Label', symbol: '', unit: '', help: 'Value of the conducting voxels.' },
  { id: 'phase', title: 'Phase', symbol: '', unit: '', help: 'Name of the label.' },
];

export const iterationsColumn: Column = {
  id: 'iterations',
  title: 'Iterations',
  symbol: '',
  unit: '',
  help: 'Conjugate gradient iterations; 0 where nothing was solved.',
};

export function directionsOf(choice: string): readonly FluxDirection[] {
  return ([0, 1, 2] as const).filter((axis) => choice.includes(AXES[axis]));
}

/** Position of a label among those of the volume; refuses a label that does not occur. */
export function positionOf({ labels }: LabelIndex, label: number, parameter: string): number {
  const position = labels.indexOf(label);
  if (position < 0) {
    throw new UserError(
      'parameter/invalid',
      `No voxel has the label ${label}: the labels of this volume are ${labels.join(', ')}.`,
      { parameter, label, labels: [...labels] },
    );
  }
  return position;
}

/** Position of the conducting phase; refuses to guess it where not exactly one is marked as pore. */
export function conductingPosition(index: LabelIndex, chosen: number | null): number {
  if (chosen !== null) return positionOf(index, chosen, 'phase');
  const pores = index.phases.filter(({ pore }) => pore);
  if (pores.length === 1) return positionOf(index, pores[0]?.label as number, 'phase');
  throw new UserError(
    'parameter/invalid',
    `${pores.length === 0 ? 'No phase is' : 'More than one phase is'} marked as pore: choose the conducting phase among the labels ${index.labels.join(', ')}.`,
    { parameter: 'phase', labels: [...index.labels] },
  );
}

/** Throws `solver/not-converged` where the iterations ran out. `what`: "The … of label 1 along z". */
export function checkConverged(
  { converged, iterations, width }: Pick<DiffusionSolution, 'converged' | 'iterations' | 'width'>,
  what: string,
  accuracy: number,
): void {
  if (converged) return;
  const interval = Number.isFinite(width) ? `${width.toExponential(1)} wide` : 'open';
  throw new UserError(
    'solver/not-converged',
    `${what} was not reached: after ${iterations} iterations its certified interval is ${interval} instead of ${accuracy}. Choose a larger value of the accuracy parameter.`,
    { iterations, width },
  );
}

/** The equation solved and its borders. */
export function diffusionNotes(sides: string): readonly string[] {
  return [
    `Steady diffusion ∇·(D ∇c) = 0 by finite volumes with one cell per voxel: voxels conduct through common faces, c is fixed on the two outer faces (half a voxel beyond the outermost voxel centres), ${
      sides === 'periodic'
        ? 'sides are periodic, which opens paths that a sample that does not repeat itself does not have'
        : 'no flux crosses the sides'
    }.`,
    'Directions: x = column, y = row, z = page of the stack.',
  ];
}

/** What is odd about this volume. */
export function geometryNotes({ size, spacing }: Volume): readonly string[] {
  return [
    ...AXES.filter((_, axis) => size[axis] === 1).map(
      (axis) =>
        `The volume is one voxel deep along ${axis}: its numbers along ${axis} tell nothing of a path through the material.`,
    ),
    ...(spacing === null
      ? [
          'The voxel size is unknown: voxels are taken for cubes. Their size does not matter for these numbers, only the ratio of their edges.',
        ]
      : []),
  ];
}

export const cooper2016: Citation = {
  label: 'Cooper et al. 2016',
  authors: 'Cooper, S. J.; Bertei, A.; Shearing, P. R.; Kilner, J. A.; Brandon, N. P.',
  year: 2016,
  title:
    'TauFactor: An open-source application for calculating tortuosity factors from tomographic data',
  venue: 'SoftwareX 5, 203-210',
  doi: '10.1016/j.softx.2016.09.002',
};

export const kench2023: Citation = {
  label: 'Kench, Squires & Cooper 2023',
  authors: 'Kench, S.; Squires, I.; Cooper, S. J.',
  year: 2023,
  title: 'TauFactor 2: A GPU accelerated python tool for microstructural analysis',
  venue: 'Journal of Open Source Software 8(88), 5358',
  doi: '10.21105/joss.05358',
};

/** How the equations are solved, and how the interval is certified. */
export const solverCitations: readonly Citation[] = [
  {
    label: 'Hestenes & Stiefel 1952',
    authors: 'Hestenes, M. R.; Stiefel, E.',
    year: 1952,
    title: 'Methods of conjugate gradients for solving linear systems',
    venue: 'Journal of Research of the National Bureau of Standards 49, 409-436',
    doi: '10.6028/jres.049.044',
  },
  {
    label: 'Braess 1995',
    authors: 'Braess, D.',
    year: 1995,
    title: 'Towards algebraic multigrid for elliptic problems of second order',
    venue: 'Computing 55, 379-393',
    doi: '10.1007/BF02238488',
  },
  {
    label: 'Prager & Synge 1947',
    authors: 'Prager, W.; Synge, J. L.',
    year: 1947,
    title: 'Approximations in elasticity based on the concept of function space',
    venue: 'Quarterly of Applied Mathematics 5, 241-269',
    doi: '10.1090/qam/25902',
  },
];
