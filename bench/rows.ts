/**
 * What `npm run bench` measures and what it should reach: the one list that the command runs and the
 * report is printed from.
 */
import type { RawParameters } from '../src/declaration/parameters.ts';
import { finishBreathing } from '../src/kernels/steps.ts';
import { thresholdHistogramSteps } from '../src/kernels/histogram.ts';
import { squaredLengths } from '../src/kernels/distance.ts';
import { multiOtsu } from '../src/kernels/otsu.ts';
import type { NumericVoxelArray } from '../src/volume/volume.ts';
import { componentsBytes, tabulateComponents } from '../src/wasm/components.ts';
import { copyLengths, distanceBytes, measureSquares } from '../src/wasm/distance.ts';
import { watershed, watershedBytes } from '../src/wasm/watershed.ts';
import type { Agreement, Contest, Outcome, OwnTask, PeerContestant } from './contest.ts';
import type { PythonCall } from './peers.ts';
import {
  blobs,
  cathode,
  cathodeGradient,
  reference,
  type SampleSource,
  spheres,
} from './volumes.ts';

const C_NOTE =
  'The same algorithm in C (`bench/peers/native`), compiled for the SIMD width that WebAssembly has, without fused multiply-add.';

const ONE = 'one worker';
const TWO = 'two workers';

/** The volume that an operation makes. */
function filtered(id: string, params: RawParameters): OwnTask {
  return async ({ volume }, own) => {
    const result = await own.operate(id, volume, params);
    return 'volume' in result ? { data: result.volume.data as NumericVoxelArray } : {};
  };
}

/** A column of the first row of the table that has it, and the row's other columns as facts. */
function measured(id: string, params: RawParameters, column: string): OwnTask {
  return async ({ volume }, own) => {
    const { tables = [] } = await own.operate(id, volume, params);
    const row = tables.map(({ rows }) => rows[0]).find((first) => first?.[column] !== undefined);
    if (row === undefined) throw new Error(`${id} gave no ${column}.`);
    return { value: row[column] as number, facts: row };
  };
}

/** Distances of the voxels of label 0 to the other phase. */
const distances: OwnTask = async ({ volume }, own) => {
  const { size } = volume;
  const labels = volume.data as Uint8Array;
  const options = { ...squaredLengths([1, 1, 1], size), walls: false, outside: 1 };
  const data = await own.run(distanceBytes(size, true), async (session) => {
    const field = await measureSquares(session, labels, size, options);
    return copyLengths(session, field, labels.length, 1);
  });
  return { data };
};

const components: OwnTask = async ({ volume }, own) => {
  const options = { connectivity: 6, background: 1 } as const;
  const { count } = await own.run(componentsBytes(volume.size), (session) =>
    tabulateComponents(session, volume.data as Uint8Array, volume.size, options),
  );
  return { value: count };
};

const flooded: OwnTask = async ({ volume, arrays }, own) => {
  const { gradient, markers } = arrays;
  const data = await own.run(watershedBytes(volume.size), (session) =>
    watershed(session, gradient as Float32Array, markers as Uint8Array, volume.size),
  );
  return { data };
};

const otsuThreshold: OwnTask = async ({ volume }, own) => {
  const steps = thresholdHistogramSteps(volume.data as NumericVoxelArray);
  const histogram = await finishBreathing(steps, own.context.breathe);
  const result = histogram === null ? null : multiOtsu(histogram, 3);
  return { value: result?.thresholds[0] ?? Number.NaN };
};

function scipy(name: string, parameters: PythonCall['parameters'] = {}): PythonCall {
  return {
    kind: 'python',
    script: 'ndimage',
    needs: ['numpy', 'scipy'],
    parameters: { function: name, ...parameters },
    ...(name === 'label' ? {} : { outputType: 'float32' }),
  };
}

const NOTHING: Agreement = { text: 'nothing to compare', agrees: false };

function percent(fraction: number, digits = 2): string {
  return `${(100 * fraction).toFixed(digits)} %`;
}

/** Largest difference relative to the range of the own result. */
function closeArrays(tolerance: number): (own: Outcome, peer: Outcome) => Agreement {
  return ({ data: own }, { data: peer }) => {
    if (own === undefined || peer === undefined || own.length !== peer.length) return NOTHING;
    let largest = 0;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < own.length; i++) {
      const value = own[i] as number;
      const difference = Math.abs(value - (peer[i] as number));
      if (!(difference <= largest)) largest = difference;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    const relative = largest === 0 ? 0 : largest / (high - low);
    const text = largest === 0 ? 'equal' : `max. difference ${relative.toExponential(1)} of range`;
    return { text, agrees: relative <= tolerance };
  };
}

/** Root mean square difference relative to the standard deviation of the own result. */
function closeOnTheWhole(tolerance: number): (own: Outcome, peer: Outcome) => Agreement {
  return ({ data: own }, { data: peer }) => {
    if (own === undefined || peer === undefined || own.length !== peer.length) return NOTHING;
    let [sum, squares, differences] = [0, 0, 0];
    for (let i = 0; i < own.length; i++) {
      const value = own[i] as number;
      sum += value;
      squares += value * value;
      differences += (value - (peer[i] as number)) ** 2;
    }
    const variance = squares / own.length - (sum / own.length) ** 2;
    const relative = Math.sqrt(differences / own.length / variance);
    return {
      text: `r.m.s. difference ${percent(relative, 1)} of the standard deviation`,
      agrees: relative <= tolerance,
    };
  };
}

/** Share of voxels with another label. */
function sameLabels(tolerance: number): (own: Outcome, peer: Outcome) => Agreement {
  return ({ data: own }, { data: peer }) => {
    if (own === undefined || peer === undefined || own.length !== peer.length) return NOTHING;
    let other = 0;
    for (let i = 0; i < own.length; i++) if (own[i] !== peer[i]) other += 1;
    const text = other === 0 ? 'same labels' : `${other} voxels with other labels`;
    return { text, agrees: other <= tolerance * own.length };
  };
}

function closeValues(tolerance: number, what: string) {
  return (
    { value: own = Number.NaN }: Outcome,
    { value: peer = Number.NaN }: Outcome,
  ): Agreement => {
    const error = peer / own - 1;
    const text =
      error === 0 ? `same ${what}` : `${what} ${error < 0 ? '−' : '+'}${percent(Math.abs(error))}`;
    return { text, agrees: Math.abs(error) <= tolerance };
  };
}

/** 25 radii round each thickness down to the next of them. */
const roundedDown = closeValues(0.15, 'mean');

/** How far the peer is from the own certified value; it may itself say that it did not converge. */
function tauAgreement(own: Outcome, peer: Outcome): Agreement {
  const { text, agrees } = closeValues(0.005, 'τ')(own, peer);
  const { iterations, converged } = peer.facts ?? {};
  const width = own.facts?.['errorBound'];
  const bound = typeof width === 'number' ? `, own interval ${percent(width, 3)}` : '';
  const end = converged === true ? '' : ', not converged';
  return {
    text: `${text} after ${String(iterations)} iterations${end}${bound}`,
    agrees: agrees || converged !== true,
  };
}

const AXES = 'zyx';

function tau(label: number, axis: number): OwnTask {
  const params = { phase: [label], directions: AXES[axis], accuracy: 1e-3 };
  return measured('measure-tortuosity-factor', params, 'tortuosityFactor');
}

const SOR = 'SOR as in TauFactor, PyTorch';
const SOR_NOTE =
  'TauFactor 1.2.1 is not in Debian: its red-black over-relaxation, ω, start, boundary and stop are restated in PyTorch operations in `bench/peers/tortuosity_sor.py`. Its error is that of its own stop rule; ours is certified to 0.1 %.';

function relaxed(label: number, axis: number, threads: number): PeerContestant {
  const parameters = { label, axis };
  return {
    title: threads === 1 ? SOR : `${SOR}, ${threads} threads`,
    note: SOR_NOTE,
    peer: {
      kind: 'python',
      script: 'tortuosity_sor',
      needs: ['numpy', 'torch'],
      parameters,
      threads,
    },
    rounds: 1,
    compare: tauAgreement,
  };
}

function tauContest(
  id: string,
  source: SampleSource,
  { label, axis }: { label: number; axis: number },
  { target, missed, twoThreads = false }: { target: number; missed: string; twoThreads?: boolean },
): Contest {
  const task = tau(label, axis);
  return {
    id,
    title: `Tortuosity factor, label ${label} along ${AXES[axis]}`,
    source,
    rounds: 3,
    contestants: {
      own: { title: ONE, threads: 1, task },
      sor: relaxed(label, axis, 1),
      ...(twoThreads
        ? {
            own2: { title: TWO, threads: 2, task },
            sor2: relaxed(label, axis, 2),
          }
        : {}),
    },
    claims: [
      { own: 'own', against: 'sor', clock: 'cpu', figure: 'speed-up', target, missed },
      ...(twoThreads
        ? ([
            { own: 'own2', against: 'sor2', clock: 'wall', figure: 'speed-up', target, missed },
            {
              own: 'own2',
              against: 'own',
              clock: 'wall',
              figure: 'speed-up',
              target: 1.7,
              missed: TAU_WORKERS_MISSED,
            },
          ] as const)
        : []),
    ],
  };
}

const TAU_WORKERS_MISSED =
  'the coarsest grids, the joining of slabs in the search for paths and some copies run on one thread, and two cores share one memory bus.';
const TAU_OPEN_MISSED =
  'multigrid needs a handful of iterations here, but each moves some 40 bytes per voxel, and connectivity, level building and the certificate come on top.';
const TAU_THIN_MISSED =
  'thin tortuous phases take several times the iterations of an open pore space, on a volume so small that the other’s arrays stay in the caches.';

const NLM_SIGMA = 5500;
const NLM_H = 0.6 * NLM_SIGMA;
const nlMeans = filtered('denoise-nl-means', {
  patchRadius: 2,
  searchRadius: 5,
  sigma: NLM_SIGMA,
  strength: NLM_H / NLM_SIGMA,
});

const WATERSHED_MISSED =
  'the exact order of float32 gradients is kept in buckets of three digits, and each step of the flood touches another place in memory.';

function watershedContest(edge: number, target: number): Contest {
  return {
    id: `watershed-${edge}`,
    title: 'Watershed from markers, 6 neighbours, no line',
    source: cathodeGradient(edge),
    rounds: edge > 128 ? 1 : 3,
    contestants: {
      own: { title: ONE, threads: 1, task: flooded, rounds: 3 },
      skimage: {
        title: 'scikit-image watershed',
        peer: {
          kind: 'python',
          script: 'watershed',
          needs: ['numpy', 'skimage'],
          parameters: {},
          outputType: 'uint8',
        },
        compare: sameLabels(1e-4),
      },
    },
    claims: [
      {
        own: 'own',
        against: 'skimage',
        clock: 'cpu',
        figure: 'speed-up',
        target,
        missed: WATERSHED_MISSED,
      },
    ],
  };
}

/** An operation and the function of scipy.ndimage that computes the same. */
function filterContest(
  id: string,
  title: string,
  source: SampleSource,
  task: OwnTask,
  peer: PythonCall,
  { target, missed, workers }: { target: number | null; missed?: string; workers?: string },
  compare = closeArrays(1e-4),
): Contest {
  return {
    id,
    title,
    source,
    rounds: 3,
    calls: 2,
    contestants: {
      own: { title: ONE, threads: 1, task },
      scipy: { title: `SciPy ${String(peer.parameters['function'])}`, peer, compare },
      ...(workers === undefined ? {} : { own2: { title: TWO, threads: 2, task } }),
    },
    claims: [
      {
        own: 'own',
        against: 'scipy',
        clock: 'cpu',
        figure: 'speed-up',
        target,
        ...(missed === undefined ? {} : { missed }),
      },
      ...(workers === undefined
        ? []
        : [
            {
              own: 'own2',
              against: 'own',
              clock: 'wall',
              figure: 'speed-up',
              target: 1.7,
              missed: workers,
            } as const,
          ]),
    ],
  };
}

const COPIES_MISSED =
  'of some nanoseconds per voxel a good part goes into copies in and out of the kernel’s memory and its first touch, on one thread; on a busy machine the second worker waits for a core.';

export const CONTESTS: readonly Contest[] = [
  tauContest(
    'tau-spheres',
    spheres(256),
    { label: 0, axis: 0 },
    { target: 50, missed: TAU_OPEN_MISSED },
  ),
  tauContest(
    'tau-blobs',
    blobs(256),
    { label: 0, axis: 0 },
    { target: 50, missed: TAU_OPEN_MISSED, twoThreads: true },
  ),
  tauContest(
    'tau-cbd-z',
    reference('quantify', 'nmc_cbd_a.tif'),
    { label: 2, axis: 0 },
    { target: 10, missed: TAU_THIN_MISSED },
  ),
  tauContest(
    'tau-cbd-x',
    reference('quantify', 'nmc_cbd_a.tif'),
    { label: 2, axis: 2 },
    { target: 10, missed: TAU_THIN_MISSED },
  ),
  tauContest(
    'tau-threephase',
    reference('quantify', 'threephase_100.tif'),
    { label: 1, axis: 0 },
    { target: 10, missed: TAU_THIN_MISSED },
  ),
  {
    id: 'tau-growth',
    title: 'Tortuosity factor, time per voxel as the volume grows',
    source: spheres(512),
    rounds: 3,
    contestants: {
      small: { title: 'a quarter of the edge', threads: 1, task: tau(0, 0), edge: 128 },
      half: { title: 'half the edge', threads: 1, task: tau(0, 0), edge: 256 },
      large: { title: ONE, threads: 1, task: tau(0, 0), rounds: 1 },
    },
    claims: [
      {
        own: 'large',
        against: 'small',
        clock: 'cpu',
        figure: 'time',
        target: 1.3,
        missed:
          'the smaller volume’s arrays lie partly in the caches, those of the larger do not, and a volume whose arena is beyond 4 GiB cannot be solved at all.',
      },
      { own: 'half', against: 'small', clock: 'cpu', figure: 'time', target: null },
    ],
  },
  {
    id: 'nl-means',
    title: 'Non-local means, patch 5³, search 11³',
    source: cathode(128, 'float32'),
    rounds: 3,
    contestants: {
      own: { title: ONE, threads: 1, task: nlMeans },
      native: {
        title: 'C, 128-bit SIMD',
        note: C_NOTE,
        peer: { kind: 'native', program: 'nl_means', parameters: [2, 5, NLM_SIGMA, NLM_H] },
        compare: closeArrays(1e-5),
      },
      own2: { title: TWO, threads: 2, task: nlMeans },
      skimage: {
        title: 'scikit-image denoise_nl_means, fast mode',
        note: 'Its fast patches are one voxel narrower than said and lie off centre, and it drops small weights, so its result is not ours.',
        peer: {
          kind: 'python',
          script: 'nl_means',
          needs: ['numpy', 'skimage'],
          parameters: { patchRadius: 2, searchRadius: 5, sigma: NLM_SIGMA, h: NLM_H },
          outputType: 'float32',
        },
        rounds: 1,
        compare: closeOnTheWhole(0.25),
      },
    },
    claims: [
      {
        own: 'own',
        against: 'skimage',
        clock: 'cpu',
        figure: 'speed-up',
        target: 12,
        missed:
          'the time is arithmetic, some thirty float32 operations per voxel and partner, four at a time; C of the same SIMD width is not far from it.',
      },
      {
        own: 'own2',
        against: 'skimage',
        clock: 'wall',
        figure: 'speed-up',
        target: 20,
        missed: 'two workers at best double what one reaches.',
      },
      {
        own: 'own',
        against: 'native',
        clock: 'cpu',
        figure: 'time',
        target: 1.4,
        missed:
          'explicit SIMD in WebAssembly pays bounds and calls that the C compiler removes, and the same bits for any number of workers ask for each block’s halo to be computed again.',
      },
      {
        own: 'own2',
        against: 'own',
        clock: 'wall',
        figure: 'speed-up',
        target: 1.7,
        missed:
          'only what prepares and collects the blocks runs on one thread; on a busy machine the second worker waits for a core.',
      },
    ],
  },
  watershedContest(128, 5),
  watershedContest(256, 10),
  {
    id: 'distance',
    title: 'Exact Euclidean distance',
    source: blobs(256),
    rounds: 3,
    calls: 2,
    contestants: {
      own: { title: ONE, threads: 1, task: distances },
      native: {
        title: 'C, 128-bit SIMD',
        note: C_NOTE,
        peer: { kind: 'native', program: 'distance', parameters: [0] },
        compare: closeArrays(1e-6),
      },
      own2: { title: TWO, threads: 2, task: distances },
      scipy: {
        title: 'SciPy distance_transform_edt',
        peer: scipy('distance', { label: 0 }),
        rounds: 1,
        compare: closeArrays(1e-6),
      },
    },
    claims: [
      {
        own: 'own',
        against: 'scipy',
        clock: 'cpu',
        figure: 'speed-up',
        target: 4,
        missed: 'three passes over the volume and the square roots are all there is.',
      },
      {
        own: 'own',
        against: 'native',
        clock: 'cpu',
        figure: 'time',
        target: 1.3,
        missed:
          'the kernel measures every phase at once and compares labels where C knows one phase, and the volume is copied in and out of the kernel’s memory.',
      },
      {
        own: 'own2',
        against: 'own',
        clock: 'wall',
        figure: 'speed-up',
        target: 1.7,
        missed: COPIES_MISSED,
      },
    ],
  },
  {
    id: 'thickness',
    title: 'Local thickness, exact',
    source: blobs(128),
    rounds: 3,
    contestants: {
      own: {
        title: ONE,
        threads: 1,
        task: measured('measure-local-thickness', { labels: [0] }, 'meanDiameter'),
      },
      compiled: {
        title: 'PoreSpy’s 25 sizes over the distances in C',
        note: 'PoreSpy is not in Debian: its local thickness by 25 distance transforms (mode `dt`) is restated in `bench/peers/thickness.py`, once over SciPy’s distances and once over those in C, since PoreSpy itself uses a compiled transform. It gives radii rounded down to one of 25; ours are exact.',
        peer: {
          kind: 'python',
          script: 'thickness',
          needs: ['numpy', 'scipy'],
          parameters: { label: 0 },
          library: 'distance',
        },
        compare: roundedDown,
      },
      scipy: {
        title: 'PoreSpy’s 25 sizes over SciPy’s distances',
        peer: {
          kind: 'python',
          script: 'thickness',
          needs: ['numpy', 'scipy'],
          parameters: { label: 0 },
        },
        rounds: 1,
        compare: roundedDown,
      },
    },
    claims: [
      {
        own: 'own',
        against: 'compiled',
        clock: 'cpu',
        figure: 'speed-up',
        target: 1,
        missed: 'every radius is painted, not 25 of them.',
      },
      { own: 'own', against: 'scipy', clock: 'cpu', figure: 'speed-up', target: null },
    ],
  },
  filterContest(
    'gaussian',
    'Gaussian smoothing, σ = 2',
    cathode(256, 'float32'),
    filtered('smooth-gaussian', { sigma: 2 }),
    scipy('gaussian', { sigma: 2 }),
    { target: 1, missed: COPIES_MISSED, workers: COPIES_MISSED },
  ),
  filterContest(
    'unsharp',
    'Unsharp mask, σ = 2',
    cathode(256, 'float32'),
    filtered('sharpen-unsharp-mask', { sigma: 2, amount: 1 }),
    scipy('unsharp', { sigma: 2, amount: 1 }),
    { target: 1, missed: COPIES_MISSED },
  ),
  filterContest(
    'median',
    'Median 3³, 16 bits',
    cathode(128, 'uint16'),
    filtered('denoise-median', { radius: 1 }),
    scipy('median'),
    { target: 8, missed: 'the selection network is as short as known for 27 values.' },
  ),
  filterContest(
    'median-float',
    'Median 3³, float32',
    cathode(128, 'float32'),
    filtered('denoise-median', { radius: 1 }),
    scipy('median'),
    { target: 8, missed: 'four lanes of 32 bits do half the work of eight lanes of 16 bits.' },
  ),
  filterContest(
    'gradient',
    'Gradient magnitude, gaussian derivative, σ = 1',
    cathode(128, 'float32'),
    filtered('gradient-magnitude', { method: 'gaussian', sigma: 1 }),
    scipy('gradient', { sigma: 1 }),
    { target: null },
  ),
  filterContest(
    'components',
    'Connected components, 6 neighbours',
    blobs(256),
    components,
    scipy('label', { label: 0 }),
    { target: null },
    closeValues(0, 'count'),
  ),
  {
    id: 'otsu',
    title: 'Histogram and three-class Otsu thresholds',
    source: cathode(128, 'float32'),
    rounds: 3,
    calls: 2,
    contestants: {
      own: { title: ONE, threads: 1, task: otsuThreshold },
      skimage: {
        title: 'scikit-image threshold_multiotsu, 256 bins',
        peer: {
          kind: 'python',
          script: 'otsu',
          needs: ['numpy', 'skimage'],
          parameters: { classes: 3 },
        },
        // 256 bins between the extremes against finer ones.
        compare: closeValues(0.05, 'threshold'),
      },
    },
    claims: [{ own: 'own', against: 'skimage', clock: 'cpu', figure: 'speed-up', target: null }],
  },
];
