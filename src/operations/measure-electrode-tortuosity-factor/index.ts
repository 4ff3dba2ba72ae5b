/** Tortuosity factor of a porous electrode that is open at one face only. */
import type { ParameterValues } from '../../declaration/parameters.ts';
import type { Column } from '../../declaration/results.ts';
import type { FluxDirection } from '../../kernels/diffusion-grid.ts';
import {
  type ElectrodeProblem,
  type ElectrodeSolution,
  solveElectrode as solveByReference,
} from '../../kernels/electrode.ts';
import { type LabelIndex, labelsOf, labelsOfBreathing } from '../../volume/labels.ts';
import { relativeSpacing } from '../../volume/length.ts';
import { createVolume, type Volume, voxelCount } from '../../volume/volume.ts';
import { electrodeBytes, solveElectrode } from '../../wasm/electrode.ts';
import { randomMixture } from '../example-mixture.ts';
import { defineOperation, type OperationResult, WHOLE_VOLUME } from '../operation.ts';
import {
  accuracyField,
  AXES,
  checkConverged,
  conductingPhaseColumns,
  conductingPosition,
  directionField,
  directionsOf,
  geometryNotes,
  iterationsColumn,
  kench2023,
  phaseField,
  sidesField,
  solverCitations,
} from '../steady-diffusion.ts';

const parameters = {
  phase: {
    ...phaseField,
    help: 'Label of the phase that conducts ions, the pore space of the electrode; its border with all others is the interface.',
  },
  direction: {
    ...directionField,
    help: 'Axis across the electrode, from separator to current collector or back: x = column, y = row, z = page of the stack.',
  },
  end: {
    kind: 'choice',
    title: 'Open end',
    help: 'The face to the separator, through which ions enter; the opposite face is closed by the current collector.',
    options: [
      { value: 'both', title: 'Each end in turn' },
      { value: 'low', title: 'First plane' },
      { value: 'high', title: 'Last plane' },
    ],
    default: 'both',
  },
  sides: sidesField,
  accuracy: accuracyField(
    'Relative width of the interval in which τ is certified to lie; the solver stops when it is reached.',
    1e-3,
  ),
} as const;

type Parameters = ParameterValues<typeof parameters>;
type End = 'low' | 'high';

const columns: readonly Column[] = [
  ...conductingPhaseColumns,
  {
    id: 'direction',
    title: 'Direction',
    symbol: '',
    unit: '',
    help: 'Axis across the electrode: x = column, y = row, z = page of the stack.',
  },
  {
    id: 'openEnd',
    title: 'Open end',
    symbol: '',
    unit: '',
    help: 'low: ions enter through the first plane along the direction; high: through the last.',
  },
  {
    id: 'volumeFraction',
    title: 'Volume fraction',
    symbol: 'ε',
    unit: '',
    help: 'Share of all voxels that belong to the phase, parts that the open end does not reach included.',
  },
  {
    id: 'reachedFraction',
    title: 'Reached fraction',
    symbol: '',
    unit: '',
    help: 'Share of the phase that is joined to the open end, dead ends included.',
  },
  {
    id: 'interfaceDensity',
    title: 'Interface per volume',
    symbol: 'a',
    unit: '',
    help: 'Voxel faces between the reached part and other phases, by area, over the volume of all voxels, in 1 / unit. Faces overestimate a smooth surface by about half; only where the interface lies matters for τ.',
  },
  {
    id: 'unit',
    title: 'Unit',
    symbol: '',
    unit: '',
    help: 'Unit of length: that of the voxel size, or voxels where it is unknown.',
  },
  {
    id: 'electrodeTortuosityFactor',
    title: 'Electrode tortuosity factor',
    symbol: 'τ_e',
    unit: '',
    help: 'R_ion D0 ε A / L: 1 + 1/(2N²) for a straight channel of N voxels, so 1 for long ones. Empty where the open end reaches no interface.',
  },
  {
    id: 'electrodeTortuosityFactorLower',
    title: 'Electrode tortuosity factor, at least',
    symbol: 'τ_e₋',
    unit: '',
    help: 'Certified: the exact solution for these voxels is not below this, rounding included.',
  },
  {
    id: 'electrodeTortuosityFactorUpper',
    title: 'Electrode tortuosity factor, at most',
    symbol: 'τ_e₊',
    unit: '',
    help: 'Certified: the exact solution for these voxels is not above this, rounding included.',
  },
  {
    id: 'macMullinNumber',
    title: 'Electrode MacMullin number',
    symbol: 'N_M,e',
    unit: '',
    help: 'τ_e / ε = R_ion D0 A / L: the ionic resistance over that of the same volume full of electrolyte.',
  },
  iterationsColumn,
  {
    id: 'errorBound',
    title: 'Error bound',
    symbol: 'δ',
    unit: '',
    help: 'Certified bound of the relative error that the solver left in τ_e; empty where nothing was solved.',
  },
];

const tables = { electrode: { title: 'Electrode tortuosity factor', columns } } as const;

interface Case {
  readonly position: number;
  readonly end: End;
  readonly problem: ElectrodeProblem;
}

function listCases(input: Volume, index: LabelIndex, params: Parameters): readonly Case[] {
  const position = conductingPosition(index, params.phase);
  return (['low', 'high'] as const)
    .filter((end) => params.end === 'both' || params.end === end)
    .map((end) => ({
      position,
      end,
      problem: {
        size: input.size,
        codes: index.indices,
        phase: position,
        edges: relativeSpacing(input.spacing),
        direction: directionsOf(params.direction)[0] as FluxDirection,
        isOpenAtEnd: end === 'high',
        periodicSides: params.sides === 'periodic',
        accuracy: params.accuracy,
      },
    }));
}

function electrodeRow(
  { spacing, size }: Volume,
  { labels, counts, phases }: LabelIndex,
  { position, end, problem }: Case,
  solution: ElectrodeSolution,
) {
  const { direction, accuracy } = problem;
  const label = labels[position] as number;
  const axis = AXES[direction];
  const what = `The electrode tortuosity factor of label ${label} along ${axis}`;
  checkConverged(solution, what, accuracy);
  const { reachedVoxels, interfaceArea, resistance, bounds, iterations, width } = solution;
  const voxels = voxelCount(size);
  const phaseVoxels = counts[position] as number;
  const volumeFraction = phaseVoxels / voxels;
  // From links along the direction to L / (D0 A), and three times what is stored uniformly.
  const number = (3 * voxels) / size[direction] ** 2;
  const factor = (value: number): number | null =>
    resistance === null ? null : number * volumeFraction * value;
  return {
    label,
    phase: phases[position]?.name ?? '',
    direction: axis,
    openEnd: end,
    volumeFraction,
    reachedFraction: reachedVoxels / phaseVoxels,
    interfaceDensity: interfaceArea / (voxels * (spacing?.values[direction] ?? 1)),
    unit: spacing?.unit ?? 'voxels',
    electrodeTortuosityFactor: factor(resistance ?? 0),
    electrodeTortuosityFactorLower: factor(bounds.lower),
    electrodeTortuosityFactorUpper: factor(bounds.upper),
    macMullinNumber: resistance === null ? null : number * resistance,
    iterations,
    errorBound: resistance === null ? null : width,
  };
}

function report(
  input: Volume,
  { sides, accuracy }: Parameters,
  rows: readonly ReturnType<typeof electrodeRow>[],
): OperationResult {
  const notes = [
    'τ_e = R_ion D0 ε A / L with R_ion three times the low-frequency resistance Σ s φ / (Σ s)² of the electrode: D0 ∇²φ = −s on the phase that the open end reaches, dead ends included, s uniform over its interface.',
    `φ is 0 on the open face, half a voxel beyond the outermost voxel centres; no ions cross the closed end, ${sides === 'periodic' ? 'and the sides are periodic' : 'nor the sides'}. The interface is counted in voxel faces between the phase and all others; the border of the volume is none.`,
    `The interval from ‘at least’ to ‘at most’ is certified to hold the τ_e of the exact solution for these voxels, and is at most ${accuracy} wide relative to it.`,
    ...rows
      .filter((row) => row.electrodeTortuosityFactor === null)
      .map(
        ({ openEnd, reachedFraction }) =>
          `With the ${openEnd} end open ${reachedFraction === 0 ? 'no voxel of the phase touches the open face' : 'the phase touches no other phase'}: τ_e is not defined.`,
      ),
    ...geometryNotes(input),
  ];
  return { tables: [{ id: 'electrode', ...tables.electrode, rows, notes }] };
}

/** A straight channel of N cells in series, each with the same store. */
const straight = (n: number): number => 1 + 1 / (2 * n * n);

export const operation = defineOperation({
  id: 'measure-electrode-tortuosity-factor',
  version: 1,
  title: 'Electrode tortuosity factor',
  family: 'measure',
  summary: 'Ionic resistance of a pore space that is open at one face and closed at the other.',
  equation:
    'τ_e = R_ion D0 ε A / L,  R_ion = 3 Σ s φ / (Σ s)²  for D0 ∇²φ = −s on the phase, φ = 0 on the open face',
  details:
    'In an electrode ions need not cross from face to face: they enter at the separator and are stored along the way. The electrode tortuosity factor of Nguyen et al. compares the ionic resistance that a symmetric cell with blocking electrodes shows to that of straight pores with the same porosity: the low-frequency limit of a transmission line is a third of R_ion. Ions are stored uniformly over the interface, so the potential obeys a Poisson equation with a source in each voxel in proportion to its faces with other phases. Dead ends count with what they store, the phase need not percolate, and where the interface lies matters. Only the part that is joined to the open face by voxel faces takes part, but ε is that of the whole phase, as in the tortuosity factor. Voxels without interface conduct and store nothing. Discrete closed form: a straight channel of N voxels has τ_e = 1 + 1/(2N²), since its voxels store at their centres. No value is defined where the open face touches no voxel of the phase or no interface is reached. TauFactor’s electrode solver lets ions react at the interface in proportion to the concentration, reduces the result to a transmission line in slabs and takes the ratio of impedances at a low frequency; here the limit of low frequency is solved for as it is, in three dimensions. The solver is the multigrid-preconditioned conjugate gradients of the effective conductivity. Certified interval: 2 s·φ − φ·A φ is a lower bound of s·A⁻¹ s for any φ, and what it takes to carry the residual s − A φ along a spanning forest to the open face bounds the rest from above (Thomson’s principle); rounding is bounded too. Time is O(N), about 43 bytes per voxel.',
  methods:
    'Electrode tortuosity factors τ_e = R_ion D0 ε A/L were computed along {direction} (open end: {end}) from the low-frequency resistance of a blocking electrode with uniform storage over the interface, by finite volumes with one cell per voxel and {sides} sides, certified to a relative interval of {accuracy}',
  citations: [
    {
      label: 'Nguyen et al. 2020',
      authors:
        'Nguyen, T.-T.; Demortière, A.; Fleutot, B.; Delobel, B.; Delacourt, C.; Cooper, S. J.',
      year: 2020,
      title:
        'The electrode tortuosity factor: why the conventional tortuosity factor is not well suited for quantifying transport in porous Li-ion battery electrodes and what to use instead',
      venue: 'npj Computational Materials 6, 123',
      doi: '10.1038/s41524-020-00386-4',
    },
    kench2023,
    ...solverCitations,
  ],
  input: 'labels',
  output: 'none',
  parameters,
  tables,

  reach: WHOLE_VOLUME,

  estimate(input, { direction, end }) {
    const voxels = voxelCount(input.size);
    const along = directionsOf(direction)[0] as FluxDirection;
    const arenaBytes = electrodeBytes(input.size, relativeSpacing(input.spacing), along);
    return {
      bytes: voxels + arenaBytes,
      arenaBytes,
      work: 200 * voxels * (end === 'both' ? 2 : 1),
    };
  },

  async run(input, params, context) {
    const index = await labelsOfBreathing(input, context.breathe);
    const cases = listCases(input, index, params);
    const { size, edges, direction } = (cases[0] as Case).problem;
    const bytes = electrodeBytes(size, edges, direction);
    const rows = await context.withKernels(bytes, async (session) => {
      const arena = session.allocate(bytes);
      const done: ReturnType<typeof electrodeRow>[] = [];
      for (const each of cases) {
        const solution = await solveElectrode(session, arena, each.problem, (fraction) =>
          session.progress((done.length + fraction) / cases.length),
        );
        done.push(electrodeRow(input, index, each, solution));
        session.progress(done.length / cases.length);
      }
      return done;
    });
    return report(input, params, rows);
  },

  reference(input, params) {
    const index = labelsOf(input);
    const rows = listCases(input, index, params).map((each) =>
      electrodeRow(input, index, each, solveByReference(each.problem)),
    );
    return report(input, params, rows);
  },

  examples: [
    {
      title: 'A straight channel, open at either end',
      input: () =>
        createVolume({
          kind: 'labels',
          name: 'channel',
          size: [4, 3, 10],
          data: Uint8Array.from({ length: 120 }, (_, i) => (i % 12 === 5 ? 1 : 0)),
          spacing: { values: [0.5, 0.5, 1], unit: 'µm' },
        }),
      params: { phase: 1, direction: 'z', accuracy: 1e-6 },
      voxelDigest: null,
      tables: {
        electrode: (['low', 'high'] as const).map((openEnd) => ({
          label: 1,
          openEnd,
          reachedFraction: 1,
          // Four walls of 0.5 µm over 2 µm × 1.5 µm.
          interfaceDensity: 2 / 3,
          electrodeTortuosityFactor: straight(10),
          macMullinNumber: 12 * straight(10),
        })),
      },
      tolerance: 1e-6,
    },
    {
      title: 'A random mixture with long voxels and periodic sides',
      input: randomMixture,
      params: { phase: 1, direction: 'z', sides: 'periodic', accuracy: 1e-6 },
      voxelDigest: null,
      // By a direct solve of the sparse linear system.
      tables: {
        electrode: [
          {
            openEnd: 'low',
            reachedFraction: 0.9932088285229203,
            interfaceDensity: 1.5862470862470863,
            electrodeTortuosityFactor: 2.1391932236155666,
          },
          {
            openEnd: 'high',
            reachedFraction: 0.9796264855687606,
            interfaceDensity: 1.5442890442890445,
            electrodeTortuosityFactor: 1.5413831664534023,
          },
        ],
      },
      tolerance: 1e-6,
    },
  ],
});
