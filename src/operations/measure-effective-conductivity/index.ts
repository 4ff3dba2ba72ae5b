/** Effective conductivity of a volume whose phases conduct differently. */
import type { ParameterValues } from '../../declaration/parameters.ts';
import type { Column } from '../../declaration/results.ts';
import { Bug, UserError } from '../../errors/errors.ts';
import {
  type DiffusionProblem,
  type DiffusionSolution,
  solveDiffusion as solveByReference,
} from '../../kernels/diffusion.ts';
import { type FluxDirection, MAX_CLASSES } from '../../kernels/diffusion-grid.ts';
import { type LabelIndex, labelsOf, labelsOfBreathing } from '../../volume/labels.ts';
import { relativeSpacing } from '../../volume/length.ts';
import { createVolume, type Volume, voxelCount } from '../../volume/volume.ts';
import { diffusionArenaBytes, solveDiffusion } from '../../wasm/diffusion.ts';
import { randomMixture } from '../example-mixture.ts';
import { defineOperation, type OperationResult, WHOLE_VOLUME } from '../operation.ts';
import {
  accuracyField,
  AXES,
  checkConverged,
  cooper2016,
  diffusionNotes,
  directionsField,
  directionsOf,
  geometryNotes,
  iterationsColumn,
  positionOf,
  sidesField,
  solverCitations,
} from '../steady-diffusion.ts';

const parameters = {
  conductivity: {
    kind: 'label-values',
    title: 'Conductivity',
    help: 'Conductivity or diffusivity of each label, in any one unit: results are in the same. Labels without a number insulate.',
    unit: '',
    min: 0,
    max: 1e9,
    auto: 'phases that are marked as pore conduct with 1, everything else insulates.',
  },
  directions: directionsField,
  sides: sidesField,
  accuracy: accuracyField(
    'Relative width of the interval in which the effective conductivity is certified to lie; the solver stops when it is reached.',
    1e-3,
  ),
} as const;

type Parameters = ParameterValues<typeof parameters>;

const effectiveColumns: readonly Column[] = [
  {
    id: 'direction',
    title: 'Direction',
    symbol: '',
    unit: '',
    help: 'Axis of the mean flux: x = column, y = row, z = page of the stack.',
  },
  {
    id: 'percolates',
    title: 'Percolates',
    symbol: '',
    unit: '',
    help: 'Whether conducting voxels of any label, joined by faces, lead from one outer face to the other.',
  },
  {
    id: 'percolatingFraction',
    title: 'Percolating fraction',
    symbol: 'p',
    unit: '',
    help: 'Share of all conducting voxels that is joined to both outer faces.',
  },
  {
    id: 'effectiveConductivity',
    title: 'Effective conductivity',
    symbol: 'D_eff',
    unit: '',
    help: 'Of the whole volume, in the unit of the given conductivities; 0 where there is no path.',
  },
  {
    id: 'effectiveConductivityLower',
    title: 'Effective conductivity, at least',
    symbol: 'D₋',
    unit: '',
    help: 'Certified: the exact solution for these voxels is not below this, rounding included.',
  },
  {
    id: 'effectiveConductivityUpper',
    title: 'Effective conductivity, at most',
    symbol: 'D₊',
    unit: '',
    help: 'Certified: the exact solution for these voxels is not above this, rounding included.',
  },
  {
    id: 'meanConductivity',
    title: 'Mean conductivity',
    symbol: 'D_mean',
    unit: '',
    help: 'Σ ε_i D_i: what layers along the flux would conduct. No arrangement of the phases conducts better; this is the parallel bound.',
  },
  {
    id: 'seriesConductivity',
    title: 'Series bound',
    symbol: 'D_series',
    unit: '',
    help: '1 / Σ (ε_i / D_i): what layers across the flux would conduct. No arrangement conducts worse; 0 where a phase insulates.',
  },
  {
    id: 'tortuosityFactor',
    title: 'Tortuosity factor',
    symbol: 'τ',
    unit: '',
    help: 'D_mean / D_eff: 1 for layers along the flux. Empty where there is no path.',
  },
  iterationsColumn,
  {
    id: 'errorBound',
    title: 'Error bound',
    symbol: 'δ',
    unit: '',
    help: 'Certified bound of the relative error that the solver left in D_eff; empty where nothing was solved.',
  },
];

const phaseColumns: readonly Column[] = [
  { id: 'label', title: 'Label', symbol: '', unit: '', help: 'Value of the voxels.' },
  { id: 'phase', title: 'Phase', symbol: '', unit: '', help: 'Name of the label.' },
  {
    id: 'volumeFraction',
    title: 'Volume fraction',
    symbol: 'ε',
    unit: '',
    help: 'Share of all voxels.',
  },
  {
    id: 'conductivity',
    title: 'Conductivity',
    symbol: 'D_i',
    unit: '',
    help: 'As given, or as found where it was left automatic.',
  },
];

const tables = {
  'effective-conductivity': { title: 'Effective conductivity', columns: effectiveColumns },
  conductivities: { title: 'Conductivities of the phases', columns: phaseColumns },
} as const;

/** The volume as a mixture of conductors, in the order of its labels. */
interface Mixture {
  readonly index: LabelIndex;
  readonly conductivities: readonly number[];
  readonly fractions: readonly number[];
}

function mixtureOf(index: LabelIndex, given: Parameters['conductivity']): Mixture {
  const { labels, counts, phases } = index;
  const voxels = counts.reduce((sum, count) => sum + count, 0);
  const conductivities = labels.map((_, i) => (phases[i]?.pore === true ? 1 : 0) as number);
  if (given === null && !conductivities.includes(1)) {
    throw new UserError(
      'parameter/invalid',
      `No phase is marked as pore: give a conductivity for each conducting label of ${labels.join(', ')}.`,
      { parameter: 'conductivity', labels: [...labels] },
    );
  }
  if (given !== null) {
    conductivities.fill(0);
    for (const { label, value } of given) {
      conductivities[positionOf(index, label, 'conductivity')] = value;
    }
  }
  const different = new Set(conductivities.filter((value) => value > 0)).size;
  if (different > MAX_CLASSES) {
    throw new UserError(
      'parameter/invalid',
      `There are ${different} different conductivities: at most ${MAX_CLASSES} can be told apart.`,
      { parameter: 'conductivity', different },
    );
  }
  return { index, conductivities, fractions: counts.map((count) => count / voxels) };
}

function problemOf(
  input: Volume,
  { index, conductivities }: Mixture,
  direction: FluxDirection,
  { sides, accuracy }: Parameters,
): DiffusionProblem {
  return {
    size: input.size,
    codes: index.indices,
    conductivities,
    edges: relativeSpacing(input.spacing),
    direction,
    periodicSides: sides === 'periodic',
    accuracy,
  };
}

/** Rounding may carry layers this far beyond their bound: links are float32. */
const BOUND_SLACK = 1e-6;

function effectiveRow(
  { index, conductivities, fractions }: Mixture,
  direction: FluxDirection,
  solution: DiffusionSolution,
  accuracy: number,
) {
  const axis = AXES[direction];
  checkConverged(solution, `The effective conductivity along ${axis}`, accuracy);
  const { percolates, percolatingVoxels, effectiveConductivity, bounds, iterations } = solution;
  const mean = fractions.reduce((sum, share, i) => sum + share * (conductivities[i] as number), 0);
  const resistance = fractions.reduce(
    (sum, share, i) => sum + share / (conductivities[i] as number),
    0,
  );
  const series = Number.isFinite(resistance) ? 1 / resistance : 0;
  if (
    bounds.lower > mean * (1 + BOUND_SLACK) ||
    (percolates && bounds.upper < series * (1 - BOUND_SLACK))
  ) {
    throw new Bug('The effective conductivity lies outside the series and parallel bounds.', {
      direction: axis,
      effectiveConductivity,
      mean,
      series,
    });
  }
  const conducting = index.counts.reduce(
    (sum, count, i) => sum + ((conductivities[i] as number) > 0 ? count : 0),
    0,
  );
  return {
    direction: axis,
    percolates,
    percolatingFraction: conducting > 0 ? percolatingVoxels / conducting : 0,
    effectiveConductivity,
    effectiveConductivityLower: bounds.lower,
    effectiveConductivityUpper: bounds.upper,
    meanConductivity: mean,
    seriesConductivity: series,
    tortuosityFactor: percolates ? mean / effectiveConductivity : null,
    iterations,
    errorBound: percolates ? solution.width : null,
  };
}

function report(
  input: Volume,
  params: Parameters,
  { index, conductivities, fractions }: Mixture,
  rows: readonly ReturnType<typeof effectiveRow>[],
): OperationResult {
  return {
    tables: [
      {
        id: 'effective-conductivity',
        ...tables['effective-conductivity'],
        rows,
        notes: [
          'τ = D_mean / D_eff with D_mean = Σ ε_i D_i over all voxels, blind and isolated parts included; with one conducting phase it is ε D0 / D_eff.',
          ...diffusionNotes(params.sides),
          `Two voxels of different labels conduct with the harmonic mean. The interval from ‘at least’ to ‘at most’ is certified to hold the exact solution for these voxels, and is at most ${params.accuracy} wide relative to it.`,
          ...geometryNotes(input),
        ],
      },
      {
        id: 'conductivities',
        ...tables.conductivities,
        rows: index.labels.map((label, i) => ({
          label,
          phase: index.phases[i]?.name ?? '',
          volumeFraction: fractions[i] as number,
          conductivity: conductivities[i] as number,
        })),
        notes: [],
      },
    ],
  };
}

const layers = [2, 0, 0, 1, 2, 2, 1, 0];

export const operation = defineOperation({
  id: 'measure-effective-conductivity',
  version: 2,
  title: 'Effective conductivity',
  family: 'measure',
  summary:
    'Conductivity of the whole volume where each phase conducts with its own, along x, y and z.',
  equation: 'D_eff = (L / A) Σ g (Δc)²  for ∇·(D ∇c) = 0,  τ = D_mean / D_eff,  D_mean = Σ ε_i D_i',
  details:
    'All phases conduct at once, each with the conductivity given for its label; labels without one insulate. Diffusivity, ionic, electronic and thermal conductivity and permittivity obey the same equation. One finite-volume cell per voxel is linked to its six face neighbours by the harmonic mean of the two conductivities times face area over distance: layers are exact whatever their conductivities. Contacts are perfect, so an interface resistance must be put in as a thin phase of its own. The solver, its borders and the certified interval are those of the tortuosity factor. D_mean is the parallel bound: no arrangement of the phases conducts better, and none conducts worse than the series bound. τ = D_mean/D_eff is that of TauFactor’s multi-phase solver. Where good conductors touch along edges only, the flux through the edge is not resolved and D_eff comes out low: for a checkerboard of conductivities 1 and 10, whose exact value is the geometric mean (Keller 1964), by 12 % at eight voxels a square and 4 % at thirty-two. Conductivities are float32 in the links, which widens the interval by 6e-8. Time is O(N), more for high contrast; about 43 bytes per voxel.',
  methods:
    'Effective conductivities were computed along {directions} with conductivities of {conductivity} by finite volumes with one cell per voxel, harmonic means between voxels, fixed potentials on the outer faces and {sides} sides, certified to a relative interval of {accuracy}',
  citations: [
    cooper2016,
    {
      label: 'Keller 1964',
      authors: 'Keller, J. B.',
      year: 1964,
      title: 'A theorem on the conductivity of a composite medium',
      venue: 'Journal of Mathematical Physics 5, 548-549',
      doi: '10.1063/1.1704146',
    },
    ...solverCitations,
  ],
  input: 'labels',
  output: 'none',
  parameters,
  tables,

  reach: WHOLE_VOLUME,

  estimate(input, { directions }) {
    const voxels = voxelCount(input.size);
    const along = directionsOf(directions);
    const arenaBytes = diffusionArenaBytes(input.size, relativeSpacing(input.spacing), along);
    return { bytes: voxels + arenaBytes, arenaBytes, work: 200 * voxels * along.length };
  },

  async run(input, params, context) {
    const index = await labelsOfBreathing(input, context.breathe);
    const mixture = mixtureOf(index, params.conductivity);
    const along = directionsOf(params.directions);
    const bytes = diffusionArenaBytes(input.size, relativeSpacing(input.spacing), along);
    const rows = await context.withKernels(bytes, async (session) => {
      const arena = session.allocate(bytes);
      const done: ReturnType<typeof effectiveRow>[] = [];
      for (const direction of along) {
        const problem = problemOf(input, mixture, direction, params);
        const solution = await solveDiffusion(session, arena, problem, (fraction) =>
          session.progress((done.length + fraction) / along.length),
        );
        done.push(effectiveRow(mixture, direction, solution, params.accuracy));
        session.progress(done.length / along.length);
      }
      return done;
    });
    return report(input, params, mixture, rows);
  },

  reference(input, params) {
    const mixture = mixtureOf(labelsOf(input), params.conductivity);
    const rows = directionsOf(params.directions).map((direction) => {
      const solution = solveByReference(problemOf(input, mixture, direction, params));
      return effectiveRow(mixture, direction, solution, params.accuracy);
    });
    return report(input, params, mixture, rows);
  },

  examples: [
    {
      title: 'Three conductors in layers',
      input: () =>
        createVolume({
          kind: 'labels',
          name: 'layers',
          size: [5, 4, layers.length],
          data: Uint8Array.from(
            { length: 20 * layers.length },
            (_, i) => layers[Math.floor(i / 20)]!,
          ),
        }),
      params: {
        conductivity: [
          { label: 0, value: 1 },
          { label: 1, value: 4 },
          { label: 2, value: 0.125 },
        ],
        accuracy: 1e-6,
      },
      voxelDigest: null,
      // Layers in parallel along x and y, in series along z.
      tables: {
        'effective-conductivity': [
          { direction: 'x', effectiveConductivity: 1.421875, tortuosityFactor: 1 },
          { direction: 'y', effectiveConductivity: 1.421875, tortuosityFactor: 1 },
          {
            direction: 'z',
            effectiveConductivity: 8 / 27.5,
            seriesConductivity: 8 / 27.5,
            tortuosityFactor: (1.421875 * 27.5) / 8,
          },
        ],
      },
      tolerance: 1e-6,
    },
    {
      title: 'A random mixture with long voxels and periodic sides',
      input: randomMixture,
      params: {
        conductivity: [
          { label: 0, value: 0.1 },
          { label: 1, value: 1 },
        ],
        directions: 'z',
        sides: 'periodic',
        accuracy: 1e-6,
      },
      voxelDigest: null,
      // By a direct solve of the sparse linear system.
      tables: {
        'effective-conductivity': [{ direction: 'z', effectiveConductivity: 0.40856083798569565 }],
      },
      tolerance: 1e-6,
    },
  ],
});
