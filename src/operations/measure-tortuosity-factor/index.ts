/** Tortuosity factor of each phase along each direction, from steady diffusion. */
import type { ParameterValues } from '../../declaration/parameters.ts';
import type { Column, ResultTable } from '../../declaration/results.ts';
import { type LabelIndex, labelsOf, labelsOfBreathing } from '../../volume/labels.ts';
import { relativeSpacing } from '../../volume/length.ts';
import {
  type DiffusionProblem,
  type DiffusionSolution,
  type ReadPlane,
  solveDiffusion as solveByReference,
} from '../../kernels/diffusion.ts';
import { planeBytes, ProfileSums } from '../../kernels/diffusion-field.ts';
import { createVolume, type Volume, voxelCount } from '../../volume/volume.ts';
import { uniformArenaBytes, solveDiffusion } from '../../wasm/diffusion.ts';
import { profileNotes, profileRows, profileTable, spreadNote } from '../diffusion-profile.ts';
import { bentChannel, randomMixture } from '../example-mixture.ts';
import {
  defineOperation,
  type OperationContext,
  type OperationResult,
  WHOLE_VOLUME,
} from '../operation.ts';
import {
  accuracyField,
  conductingPhaseColumns,
  cooper2016,
  diffusionNotes,
  directionsField,
  directionsOf,
  geometryNotes,
  kench2023,
  sidesField,
  solverCitations,
} from '../steady-diffusion.ts';
import { type PhaseCase, listCases, problemOf, transportRow } from './transport.ts';

const columns: readonly Column[] = [
  ...conductingPhaseColumns,
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
    help: 'Whether voxels of the phase, joined by faces, lead from one outer face to the other.',
  },
  {
    id: 'volumeFraction',
    title: 'Volume fraction',
    symbol: 'ε',
    unit: '',
    help: 'Share of all voxels that belong to the phase, blind and isolated parts included.',
  },
  {
    id: 'percolatingFraction',
    title: 'Percolating fraction',
    symbol: 'p',
    unit: '',
    help: 'Share of the phase that is joined to both outer faces. On periodic sides paths may leave on one side and enter on the other.',
  },
  {
    id: 'tortuosityFactor',
    title: 'Tortuosity factor',
    symbol: 'τ',
    unit: '',
    help: 'ε D0 / D_eff: 1 for straight prisms along the flux, empty where there is no path. Not squared.',
  },
  {
    id: 'tortuosityFactorLower',
    title: 'Tortuosity factor, at least',
    symbol: 'τ₋',
    unit: '',
    help: 'Certified: the exact solution for these voxels is not below this, rounding included.',
  },
  {
    id: 'tortuosityFactorUpper',
    title: 'Tortuosity factor, at most',
    symbol: 'τ₊',
    unit: '',
    help: 'Certified: the exact solution for these voxels is not above this, rounding included. τ itself is usually ten to a hundred times nearer to the exact value than this end.',
  },
  {
    id: 'effectiveDiffusivity',
    title: 'Effective diffusivity',
    symbol: 'D_eff/D0',
    unit: '',
    help: 'Diffusivity of the whole volume over that of the phase itself; equally its conductivity. 0 where there is no path.',
  },
  {
    id: 'formationFactor',
    title: 'Formation factor',
    symbol: 'F',
    unit: '',
    help: 'D0 / D_eff, also called MacMullin number; empty where there is no path.',
  },
  {
    id: 'bruggemanExponent',
    title: 'Bruggeman exponent',
    symbol: 'b',
    unit: '',
    help: 'b in D_eff/D0 = ε^b, so τ = ε^(1 − b); 1.5 for random spheres. Empty where there is no path or the phase fills the volume.',
  },
  {
    id: 'blindFraction',
    title: 'Blind fraction',
    symbol: '',
    unit: '',
    help: 'Share of the phase in clusters that are joined to one outer face only: pores that end blind, or are cut by the border of the volume.',
  },
  {
    id: 'isolatedFraction',
    title: 'Isolated fraction',
    symbol: '',
    unit: '',
    help: 'Share of the phase in clusters that are joined to neither outer face. Percolating, blind and isolated fraction add up to 1.',
  },
  {
    id: 'blindClusters',
    title: 'Blind clusters',
    symbol: '',
    unit: '',
    help: 'Number of clusters of voxels, joined by faces, that lead to one outer face only.',
  },
  {
    id: 'isolatedClusters',
    title: 'Isolated clusters',
    symbol: '',
    unit: '',
    help: 'Number of clusters of voxels, joined by faces, that lead to neither outer face.',
  },
  {
    id: 'iterations',
    title: 'Iterations',
    symbol: '',
    unit: '',
    help: 'Conjugate gradient iterations; 0 where the linear profile is the solution or nothing was solved.',
  },
  {
    id: 'errorBound',
    title: 'Error bound',
    symbol: 'δ',
    unit: '',
    help: 'Certified bound of the relative error that the solver left in D_eff and τ: the width of the interval. It says nothing about voxel size or sample size. Empty where nothing was solved.',
  },
];

const tables = {
  transport: { title: 'Transport', columns },
  profile: { ...profileTable, optional: true },
} as const;

const parameters = {
  phase: {
    kind: 'labels',
    title: 'Phases',
    help: 'Labels to measure, each as the only conducting phase. Leave it out for every label of the volume.',
  },
  directions: directionsField,
  sides: sidesField,
  accuracy: accuracyField(
    'Relative width of the interval in which τ is certified to lie; the solver stops when it is reached. τ itself is then usually ten to a hundred times more exact. Each digit more costs about a third of the time.',
    1e-3,
  ),
  profile: {
    kind: 'boolean',
    title: 'Profile',
    help: 'Also lists phase fraction, mean concentration, flux and local tortuosity factor of every plane along each direction: one row per plane.',
    default: false,
  },
} as const;

type Parameters = ParameterValues<typeof parameters>;

function describeConventions(input: Volume, { sides, accuracy }: Parameters): readonly string[] {
  return [
    'τ = ε D0 / D_eff with ε the volume fraction of the whole phase, blind and isolated parts included; τ is a factor on the resistance and is not squared.',
    ...diffusionNotes(sides),
    `Percolation is decided first; where no path exists D_eff is 0 and τ is not defined. The interval from ‘at least’ to ‘at most’ is certified to hold the τ of the exact solution for these voxels, and is at most ${accuracy} wide relative to τ; what is left of the error makes τ too small.`,
    ...geometryNotes(input),
  ];
}

/** One solved case: its row, and its profile where one was asked for and there is a path. */
interface Measured {
  readonly row: ReturnType<typeof transportRow>;
  readonly profile: readonly ResultTable['rows'][number][];
  readonly notes: readonly string[];
}

/** `solve` is given what reads the potential, or nothing where no profile is wanted. */
function collect(
  input: Volume,
  { profile, accuracy }: Parameters,
  each: PhaseCase,
  problem: DiffusionProblem,
): { readonly readPlane?: ReadPlane; finish(solution: DiffusionSolution): Measured } {
  const sums = profile ? new ProfileSums(problem) : null;
  return {
    ...(sums === null ? {} : { readPlane: (plane) => sums.add(plane) }),
    finish: (solution) => {
      const row = transportRow(each, solution, accuracy);
      if (sums === null || !solution.percolates) return { row, profile: [], notes: [] };
      const found = sums.finish();
      return {
        row,
        profile: profileRows(each, found, solution.effectiveConductivity, input),
        notes: [spreadNote(each, found)],
      };
    },
  };
}

function report(input: Volume, params: Parameters, cases: readonly Measured[]): OperationResult {
  const rows = cases.map(({ row }) => row);
  const transport = {
    id: 'transport',
    ...tables.transport,
    rows,
    notes: describeConventions(input, params),
  };
  if (!params.profile) return { tables: [transport] };
  const profile = {
    id: 'profile',
    ...profileTable,
    rows: cases.flatMap((each) => each.profile),
    notes: [...profileNotes, ...cases.flatMap(({ notes }) => notes)],
  };
  return { tables: [transport, profile] };
}

function casesOf(index: LabelIndex, params: Parameters): readonly PhaseCase[] {
  return listCases(index, params.phase, directionsOf(params.directions));
}

/** A potential to begin a solve with, or undefined where it begins with the even fall. */
export type StartOf = (
  problem: DiffusionProblem,
  onProgress: (fraction: number) => void,
) => Promise<Float32Array | undefined>;

/** Solves case by case; with `startOf` half of each case's progress is its. */
export async function measure(
  input: Volume,
  params: Parameters,
  context: OperationContext,
  startOf?: StartOf,
): Promise<OperationResult> {
  const index = await labelsOfBreathing(input, context.breathe);
  const cases = casesOf(index, params);
  const edges = relativeSpacing(input.spacing);
  const bytes = uniformArenaBytes(input.size, edges, directionsOf(params.directions));
  const measured = await context.withKernels(bytes, async (session) => {
    const arena = session.allocate(bytes);
    const done: Measured[] = [];
    for (const each of cases) {
      const problem = problemOf(input.size, edges, index, each, params);
      const { readPlane, finish } = collect(input, params, each, problem);
      const onProgress = (fraction: number): void =>
        session.progress((done.length + fraction) / cases.length);
      const start = await startOf?.(problem, (fraction) => onProgress(fraction / 2));
      const solved = solveDiffusion(session, arena, problem, onProgress, readPlane, start);
      done.push(finish(await solved));
      // A case without a path has nothing to report on the way.
      session.progress(done.length / cases.length);
    }
    return done;
  });
  return report(input, params, measured);
}

function expected(phase: string, direction: string, volumeFraction: number, diffusivity: number) {
  const percolates = diffusivity > 0;
  return {
    label: Number(phase.slice(-1)),
    phase,
    direction,
    percolates,
    volumeFraction,
    tortuosityFactor: percolates ? volumeFraction / diffusivity : null,
    effectiveDiffusivity: diffusivity,
  };
}

export const operation = defineOperation({
  id: 'measure-tortuosity-factor',
  version: 3,
  title: 'Tortuosity factor',
  family: 'measure',
  summary: 'How much a phase’s shape slows diffusion or conduction through it, along x, y and z.',
  equation: 'τ = ε D0 / D_eff,  D_eff = (L / A) Σ g (Δc)²  for ∇·(D ∇c) = 0',
  details:
    'Each phase in turn conducts with D0 = 1 and everything else insulates. One finite-volume cell per voxel is linked to its six face neighbours by the harmonic mean of their conductivities times face area over distance, so voxels need not be cubes. The concentration is 1 and 0 on the two outer faces, half a voxel beyond the outermost voxel centres; through the four sides no flux passes, or they are periodic. Connectivity is decided first: without a path D_eff is 0, τ is not defined and nothing is solved; clusters that are joined to one outer face (blind) or to none (isolated) carry no flux; they are counted and left out of the solve, but count in ε. D_eff comes from the dissipated energy of the concentration, whose error is quadratic in that of the concentration and which is never below the exact value (Dirichlet’s principle), not from the flux through one plane. The equations are solved by conjugate gradients with a multigrid preconditioner: the concentration is kept as a multiple of 2⁻²⁹, so that its differences are exact, corrections to it in single precision. An estimate from the iteration’s own coefficients says when to try a certificate: the flux of the last iterate is made exactly free of divergence by carrying what each voxel has too much or too little along a spanning forest to the outer faces; by Thomson’s principle the energy that this takes bounds the remaining error of D_eff. Rounding is bounded too and widens the interval by some 1e-9. The iteration goes on until the interval is narrower than the accuracy. Other programs differ in ε (the percolating part only), in the place of the boundary (voxel centres) and in the sides (periodic): compare D_eff and the conventions first. Time is O(N) for a given shape, some 4 to 40 iterations; memory is 23 to 25 bytes per voxel, more for volumes thin along the flux.',
  methods:
    'Tortuosity factors τ = ε D0/D_eff of the phases were computed along {directions} from steady diffusion by finite volumes with one cell per voxel, fixed concentrations on the outer faces and {sides} sides, solved by multigrid-preconditioned conjugate gradients; upper and lower bounds by the principles of Dirichlet and Thomson certify the solution of the discrete equations to a relative interval of {accuracy}',
  citations: [
    cooper2016,
    kench2023,
    {
      label: 'Scharf et al. 2022',
      authors: 'Scharf, J. et al.',
      year: 2022,
      title:
        'Bridging nano- and microscale X-ray tomography for battery research by leveraging artificial intelligence',
      venue: 'Nature Nanotechnology 17, 446-459',
      doi: '10.1038/s41565-022-01081-9',
    },
    ...solverCitations,
    {
      label: 'Doyle & Snell 1984',
      authors: 'Doyle, P. G.; Snell, J. L.',
      year: 1984,
      title: 'Random Walks and Electric Networks',
      venue: 'Carus Mathematical Monographs 22, Mathematical Association of America',
    },
    {
      label: 'Strakoš & Tichý 2002',
      authors: 'Strakoš, Z.; Tichý, P.',
      year: 2002,
      title:
        'On error estimation in the conjugate gradient method and why it works in finite precision computations',
      venue: 'Electronic Transactions on Numerical Analysis 13, 56-80',
    },
    {
      label: 'Meurant & Tichý 2013',
      authors: 'Meurant, G.; Tichý, P.',
      year: 2013,
      title:
        'On computing quadrature-based bounds for the A-norm of the error in conjugate gradients',
      venue: 'Numerical Algorithms 62, 163-191',
      doi: '10.1007/s11075-012-9591-9',
    },
  ],
  input: 'labels',
  output: 'none',
  parameters,
  tables,
  // Twice the largest accuracy: both results lie in certified intervals that hold the exact value.
  gpu: { tolerance: 2e-2, relativeTo: 'τ', evidence: 'certificate' },

  reach: WHOLE_VOLUME,

  estimate(input, { phase, directions, profile }) {
    const voxels = voxelCount(input.size);
    const along = directionsOf(directions);
    // Two or three phases are the rule; the labels are not known before the volume is read.
    const phases = phase?.length ?? 3;
    const arenaBytes = uniformArenaBytes(input.size, relativeSpacing(input.spacing), along);
    return {
      bytes: voxels + arenaBytes + (profile ? planeBytes(input.size, along) : 0),
      arenaBytes,
      work: 150 * voxels * phases * along.length,
    };
  },

  run: (input, params, context) => measure(input, params, context),

  reference(input, params) {
    const index = labelsOf(input);
    const edges = relativeSpacing(input.spacing);
    const measured = casesOf(index, params).map((each) => {
      const problem = problemOf(input.size, edges, index, each, params);
      const { readPlane, finish } = collect(input, params, each, problem);
      return finish(solveByReference(problem, readPlane));
    });
    return report(input, params, measured);
  },

  examples: [
    {
      title: 'A channel with a bend, and the wall around it',
      input: bentChannel,
      params: { accuracy: 1e-6 },
      voxelDigest: null,
      // Effective diffusivities by a direct solve of the dense linear system.
      tables: {
        transport: [
          expected('phase 0', 'x', 298 / 336, 0.8418448303838529),
          expected('phase 0', 'y', 298 / 336, 0.7805038711227722),
          expected('phase 0', 'z', 298 / 336, 0.7478619328183689),
          expected('phase 1', 'x', 38 / 336, 0.05984171169382025),
          expected('phase 1', 'y', 38 / 336, 0),
          expected('phase 1', 'z', 38 / 336, 0),
        ],
      },
      tolerance: 1e-6,
    },
    {
      title: 'A random mixture with long voxels and periodic sides',
      input: randomMixture,
      params: { phase: [0, 1], directions: 'z', sides: 'periodic', accuracy: 1e-6 },
      voxelDigest: null,
      tables: {
        transport: [
          expected('phase 0', 'z', 750 / 2145, 0.03874468045608663),
          expected('phase 1', 'z', 1178 / 2145, 0.2801150512338965),
        ],
      },
      tolerance: 1e-6,
    },
    {
      title: 'A straight channel, plane by plane',
      input: () =>
        createVolume({
          kind: 'labels',
          name: 'channel',
          size: [5, 4, 4],
          data: Uint8Array.from({ length: 5 * 4 * 4 }, (_, i) => (i % 5 < 2 ? 1 : 0)),
          spacing: { values: [1, 1, 3], unit: 'µm' },
        }),
      params: { phase: [1], directions: 'z', profile: true },
      voxelDigest: null,
      tables: {
        transport: [expected('phase 1', 'z', 0.4, 0.4)],
        profile: [0, 1, 2, 3].map((plane) => ({
          label: 1,
          plane,
          position: 3 * plane + 1.5,
          unit: 'µm',
          phaseFraction: 0.4,
          percolatingFraction: 0.4,
          meanConcentration: (3.5 - plane) / 4,
          flux: 0.4,
          localTortuosityFactor: plane < 3 ? 1 : null,
        })),
      },
      tolerance: 1e-12,
    },
  ],
});
