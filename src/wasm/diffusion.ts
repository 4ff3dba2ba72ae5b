/**
 * Effective conductivity of a voxel network by the WebAssembly kernels: multigrid-preconditioned
 * conjugate gradients, the same bits as `src/kernels/diffusion.ts` on any number of threads.
 */
import {
  classifyCodes,
  contrastOf,
  type DiffusionProblem,
  type DiffusionSolution,
  noPath,
  type ReadPlane,
  relativeWidth,
  solutionOf,
  uniformConductivity,
} from '../kernels/diffusion.ts';
import {
  boundConductance,
  type ConductanceBounds,
  describeNetwork,
  intersect,
} from '../kernels/diffusion-certificate.ts';
import { type LevelShape, linkTables, linkWeights, turned } from '../kernels/diffusion-grid.ts';
import { conjugateGradients } from '../kernels/diffusion-solver.ts';
import { planLinked, planUniform } from './diffusion-arena.ts';
import { LinkedNetwork } from './diffusion-linked.ts';
import { findPaths } from './diffusion-percolation.ts';
import { UniformNetwork } from './diffusion-uniform.ts';
import type { KernelSession } from './session.ts';

export { diffusionArenaBytes, uniformArenaBytes } from './diffusion-arena.ts';

/** Share of a solve's progress that paths and links take. */
export const SETUP_SHARE = 0.1;

/**
 * Solves one problem in the arena that begins at `arena` and has at least `diffusionArenaBytes`, or
 * `uniformArenaBytes` where all that conducts conducts alike. `onProgress` is called with rising
 * fractions of this solve, `readPlane` with the potential. `start`: a potential to begin with, see
 * `UniformNetwork.startFrom`; for one conductivity only.
 */
export async function solveDiffusion(
  session: KernelSession,
  arena: number,
  problem: DiffusionProblem,
  onProgress: (fraction: number) => void,
  readPlane?: ReadPlane,
  start?: Float32Array,
): Promise<DiffusionSolution> {
  const { direction, periodicSides, accuracy } = problem;
  const size = turned(problem.size, direction);
  const edges = turned(problem.edges, direction);
  const { classes, values } = classifyCodes(problem.conductivities);
  const scale = uniformConductivity(values);
  const layout =
    scale === null
      ? planLinked(problem.size, problem.edges, direction, session.threads)
      : planUniform(problem.size, problem.edges, direction, session.threads);
  const paths = await findPaths(session, arena, layout, problem, classes);
  const { percolatingVoxels, stray } = paths;
  if (percolatingVoxels === 0) return noPath(stray);

  const network =
    layout.kind === 'uniform'
      ? new UniformNetwork(session, arena, layout, periodicSides)
      : new LinkedNetwork(session, arena, layout, periodicSides);
  const tables = linkTables(scale === null ? values : [0, 1], linkWeights(edges));
  await network.build(tables, paths);
  onProgress(SETUP_SHARE);
  const margins = describeNetwork(layout.shapes[0] as LevelShape, percolatingVoxels, tables);
  const report = reportAccuracy(accuracy, onProgress);
  let bounds: ConductanceBounds = { lower: 0, upper: Number.POSITIVE_INFINITY };
  const steps = conjugateGradients(accuracy, contrastOf(values));
  let next = steps.next();
  while (next.done !== true) {
    const step = next.value;
    if (step.kind === 'direct') report(step.error);
    if (step.kind === 'certify') {
      const flow = await network.routeResidual();
      bounds = intersect(bounds, boundConductance(step.energy, flow, margins));
      next = steps.next(relativeWidth(bounds));
    } else if (step.kind === 'start' && start !== undefined && network instanceof UniformNetwork) {
      next = steps.next(await network.startFrom(start));
    } else {
      next = steps.next(await network.carryOut(step));
    }
  }
  if (readPlane !== undefined) await network.readPlanes(readPlane);
  onProgress(1);
  return solutionOf(size, scale ?? 1, percolatingVoxels, stray, next.value, bounds);
}

/** Progress by the digits of accuracy gained. */
export function reportAccuracy(
  accuracy: number,
  onProgress: (fraction: number) => void,
): (error: number) => void {
  let firstError = 0;
  let fraction = 0;
  return (error) => {
    if (firstError === 0) firstError = error;
    const gained = Math.log(firstError / error);
    const needed = Math.log(firstError / accuracy);
    const share = needed > 0 ? Math.max(0, Math.min(1, gained / needed)) : 1;
    fraction = Math.max(fraction, SETUP_SHARE + (1 - SETUP_SHARE) * share);
    onProgress(fraction);
  };
}
