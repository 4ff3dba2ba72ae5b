/** Concentration or flux of steady diffusion through one phase, as a volume. */
import type { ParameterValues } from '../../declaration/parameters.ts';
import type { Quantity } from '../../declaration/quantity.ts';
import type { Column } from '../../declaration/results.ts';
import {
  type DiffusionProblem,
  type DiffusionSolution,
  type PotentialPlane,
  solveDiffusion as solveByReference,
} from '../../kernels/diffusion.ts';
import {
  DiffusionField,
  type FieldQuantity,
  planeBytes,
  ProfileSums,
} from '../../kernels/diffusion-field.ts';
import type { FluxDirection } from '../../kernels/diffusion-grid.ts';
import { type LabelIndex, labelsOf, labelsOfBreathing } from '../../volume/labels.ts';
import { relativeSpacing } from '../../volume/length.ts';
import { createVolume, type Volume, voxelCount } from '../../volume/volume.ts';
import { uniformArenaBytes, solveDiffusion } from '../../wasm/diffusion.ts';
import {
  type ProfiledCase,
  profileNotes,
  profileRows,
  profileTable,
  spreadNote,
} from '../diffusion-profile.ts';
import { bentChannel, randomMixture } from '../example-mixture.ts';
import { defineOperation, type OperationResult, WHOLE_VOLUME } from '../operation.ts';
import {
  accuracyField,
  AXES,
  checkConverged,
  conductingPosition,
  cooper2016,
  diffusionNotes,
  directionField,
  directionsOf,
  geometryNotes,
  phaseField,
  sidesField,
  solverCitations,
} from '../steady-diffusion.ts';

const parameters = {
  phase: phaseField,
  direction: directionField,
  sides: sidesField,
  field: {
    kind: 'choice',
    title: 'Field',
    help: 'What each voxel holds: the concentration, the length of the flux vector, or the component of the flux along the direction, which is negative where it runs back.',
    options: [
      { value: 'concentration', title: 'Concentration' },
      { value: 'flux-magnitude', title: 'Flux, magnitude' },
      { value: 'flux-along', title: 'Flux along the direction' },
    ],
    default: 'concentration',
  },
  accuracy: accuracyField(
    'Relative width of the interval in which D_eff is certified to lie. The root mean square error of the flux is at most the square root of it, relative to that of the flux; usually far less.',
    1e-5,
  ),
} as const;

type Parameters = ParameterValues<typeof parameters>;

const columns: readonly Column[] = [
  { id: 'label', title: 'Label', symbol: '', unit: '', help: 'Value of the conducting voxels.' },
  { id: 'direction', title: 'Direction', symbol: '', unit: '', help: 'Axis of the mean flux.' },
  {
    id: 'field',
    title: 'Field',
    symbol: '',
    unit: '',
    help: 'What the grey values are; all three are numbers without a unit.',
  },
  {
    id: 'effectiveDiffusivity',
    title: 'Effective diffusivity',
    symbol: 'D_eff/D0',
    unit: '',
    help: 'Diffusivity of the whole volume over that of the phase; 0 where there is no path. It is the mean of the flux along the direction over all voxels.',
  },
  {
    id: 'errorBound',
    title: 'Error bound',
    symbol: 'δ',
    unit: '',
    help: 'Certified bound of the relative error of D_eff; empty where nothing was solved.',
  },
  {
    id: 'meanValue',
    title: 'Mean of the field',
    symbol: '',
    unit: '',
    help: 'Over the percolating voxels; empty where there is no path.',
  },
  {
    id: 'minValue',
    title: 'Lowest of the field',
    symbol: '',
    unit: '',
    help: 'Over the percolating voxels.',
  },
  {
    id: 'maxValue',
    title: 'Highest of the field',
    symbol: '',
    unit: '',
    help: 'Over the percolating voxels: for the flux, how far it is concentrated in throats.',
  },
  {
    id: 'fluxSpread',
    title: 'Scatter of the plane flux',
    symbol: '',
    unit: '',
    help: 'Largest less smallest flux of all cross-sections over their mean: 0 for an exact solution.',
  },
];

const tables = {
  'diffusion-field': { title: 'Diffusion field', columns },
  profile: profileTable,
} as const;

const FIELD_NOTES: Readonly<Record<FieldQuantity, string>> = {
  concentration:
    'The grey values are concentrations at the voxel centres, from 1 on the inlet’s face, where the direction begins, to 0 on the outlet’s face.',
  'flux-magnitude':
    'The grey values are lengths of the flux vector over the mean flux D0 Δc / L of a volume filled by the phase.',
  'flux-along':
    'The grey values are components of the flux along the direction over the mean flux D0 Δc / L of a volume filled by the phase; their mean over all voxels of the volume is D_eff/D0.',
};

const QUANTITIES: Readonly<Record<FieldQuantity, Quantity>> = {
  concentration: { symbol: 'c / c₀', title: 'concentration', unit: '', outside: 0 },
  'flux-magnitude': { symbol: '|j| / j₀', title: 'flux', unit: '', outside: 0 },
  'flux-along': { symbol: 'j / j₀', title: 'flux along the direction', unit: '', outside: 0 },
};

interface Prepared {
  readonly solved: ProfiledCase;
  readonly problem: DiffusionProblem;
  readonly quantity: FieldQuantity;
}

function prepare(input: Volume, index: LabelIndex, params: Parameters): Prepared {
  const position = conductingPosition(index, params.phase);
  const direction = directionsOf(params.direction)[0] as FluxDirection;
  return {
    solved: {
      label: index.labels[position] as number,
      name: index.phases[position]?.name ?? '',
      direction,
    },
    problem: {
      size: input.size,
      codes: index.indices,
      conductivities: index.labels.map((_, i) => (i === position ? 1 : 0)),
      edges: relativeSpacing(input.spacing),
      direction,
      periodicSides: params.sides === 'periodic',
      accuracy: params.accuracy,
    },
    quantity: params.field as FieldQuantity,
  };
}

/** Takes the planes of a solve for the field, its range and the profile. */
class Recorder {
  readonly field: DiffusionField;
  readonly profile: ProfileSums;

  constructor({ problem, quantity }: Prepared) {
    const data = new Float32Array(voxelCount(problem.size));
    this.field = new DiffusionField(problem, quantity, data);
    this.profile = new ProfileSums(problem);
  }

  readonly readPlane = (plane: PotentialPlane): void => {
    this.field.add(plane);
    this.profile.add(plane);
  };
}

function report(
  input: Volume,
  params: Parameters,
  { solved, quantity }: Prepared,
  { field, profile }: Recorder,
  solution: DiffusionSolution,
): OperationResult {
  const { label, name, direction } = solved;
  const axis = AXES[direction];
  checkConverged(solution, `The diffusion of label ${label} along ${axis}`, params.accuracy);
  const { percolates, effectiveConductivity, width } = solution;
  const found = percolates ? profile.finish() : null;
  const volume = createVolume({ ...input, kind: 'grey', phases: [], data: field.data });
  const row = {
    label,
    direction: axis,
    field: quantity,
    effectiveDiffusivity: effectiveConductivity,
    errorBound: percolates ? width : null,
    ...field.summary(),
    fluxSpread: found?.fluxSpread ?? null,
  };
  return {
    volume,
    tables: [
      {
        id: 'diffusion-field',
        ...tables['diffusion-field'],
        rows: [row],
        notes: [...diffusionNotes(params.sides), ...geometryNotes(input)],
      },
      {
        id: 'profile',
        ...profileTable,
        rows: found === null ? [] : profileRows(solved, found, effectiveConductivity, input),
        notes: found === null ? [] : [...profileNotes, spreadNote(solved, found)],
      },
    ],
    notes: percolates
      ? [
          FIELD_NOTES[quantity],
          'Voxels outside the percolating part of the phase hold 0: other phases, and blind and isolated parts, which carry no flux.',
        ]
      : [`No path leads through ${name} along ${axis}: there is no flux, and all voxels hold 0.`],
  };
}

export const operation = defineOperation({
  id: 'measure-diffusion-field',
  version: 2,
  title: 'Diffusion field',
  family: 'measure',
  summary: 'Concentration or flux of steady diffusion through one phase, voxel by voxel.',
  equation:
    'c: ∇·(D ∇c) = 0, c = 1 on the inlet’s face, 0 on the outlet’s;  j / j0 = −D ∇c / (D0 Δc / L)',
  details:
    'The solution behind the tortuosity factor, as a volume. The phase conducts with D0 and everything else insulates; the concentration falls from 1 on the face where the direction begins to 0 on the opposite one, half a voxel beyond the outermost voxel centres. A flux between two voxel centres is the drop over their distance; a voxel’s component along an axis is the mean of its two faces, 0 for a face without a conducting neighbour. Fluxes are relative to the mean flux D0 Δc / L, so that they have no unit and 1 is what a straight channel along the direction carries; the mean of the flux along the direction over all voxels of the volume is D_eff/D0. Voxels outside the percolating part hold 0, which no voxel in it has as a concentration. D_eff comes with a certified interval of the relative width `accuracy`; since the error of the dissipated energy is the square of that of the flux, the root mean square error of the flux is at most the square root of that width, relative to the root mean square flux. The profile lists, plane by plane, phase fraction, mean concentration, flux and the tortuosity factor of the slab to the next plane. TauFactor’s `tau_x` takes the arithmetic mean of the two fractions where this takes the harmonic one, which is what two layers in series have. The current volume becomes the field: put other measurements of the labels before this step. Time as for one tortuosity factor at the accuracy asked for; memory is 4 bytes per voxel more.',
  methods:
    'The field ({field}) of steady diffusion through the phase was computed along {direction} by finite volumes with one cell per voxel and {sides} sides, with D_eff certified to a relative interval of {accuracy}',
  citations: [cooper2016, ...solverCitations],
  input: 'labels',
  output: 'grey',
  parameters,
  tables,

  reach: WHOLE_VOLUME,

  estimate(input, { direction }) {
    const voxels = voxelCount(input.size);
    const along = directionsOf(direction);
    const arenaBytes = uniformArenaBytes(input.size, relativeSpacing(input.spacing), along);
    return {
      bytes: 5 * voxels + planeBytes(input.size, along) + arenaBytes,
      arenaBytes,
      work: 250 * voxels,
    };
  },

  quantity: (_input, { field }) => QUANTITIES[field as FieldQuantity],

  async run(input, params, context) {
    const index = await labelsOfBreathing(input, context.breathe);
    const prepared = prepare(input, index, params);
    const { problem } = prepared;
    const recorder = new Recorder(prepared);
    const bytes = uniformArenaBytes(input.size, problem.edges, [problem.direction]);
    const solution = await context.withKernels(bytes, (session) =>
      solveDiffusion(
        session,
        session.allocate(bytes),
        problem,
        (fraction) => session.progress(fraction),
        recorder.readPlane,
      ),
    );
    context.progress(1);
    return report(input, params, prepared, recorder, solution);
  },

  reference(input, params) {
    const prepared = prepare(input, labelsOf(input), params);
    const recorder = new Recorder(prepared);
    const solution = solveByReference(prepared.problem, recorder.readPlane);
    return report(input, params, prepared, recorder, solution);
  },

  examples: [
    {
      title: 'Concentration in a channel with a bend',
      input: bentChannel,
      params: { phase: 1, direction: 'x', accuracy: 1e-6 },
      voxelDigest: 'c4bc4d6f686b3780c91b73e3144814405280dc7b76944b587d41ceba9d396cae',
      // Effective diffusivity by a direct solve of the dense linear system.
      tables: {
        'diffusion-field': [{ label: 1, effectiveDiffusivity: 0.05984171169382025 }],
      },
      tolerance: 1e-6,
    },
    {
      title: 'Flux in a random mixture with long voxels and periodic sides',
      input: randomMixture,
      params: { phase: 1, sides: 'periodic', field: 'flux-magnitude', accuracy: 1e-6 },
      voxelDigest: '16f0782c3763497bdbb4c4513577f4ef1e7addc72931b1e08a477a279c85d482',
      tables: {
        'diffusion-field': [{ label: 1, effectiveDiffusivity: 0.2801150512338965 }],
      },
      tolerance: 1e-6,
    },
    {
      title: 'A phase without a path',
      input: bentChannel,
      params: { phase: 1, direction: 'y', field: 'flux-along' },
      voxelDigest: 'd457efc0edd106bb2ab6c7b0630f50618de6e1d29c67937e15368e6d5c9df205',
      tables: {
        'diffusion-field': [
          {
            label: 1,
            effectiveDiffusivity: 0,
            errorBound: null,
            meanValue: null,
            minValue: null,
            maxValue: null,
            fluxSpread: null,
          },
        ],
        profile: [],
      },
    },
  ],
});
