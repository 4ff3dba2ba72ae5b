/**
 * Ionic resistance of a closed-end electrode by the WebAssembly kernels: the same bits as
 * `src/kernels/electrode.ts` on any number of threads.
 */
import { relativeWidth } from '../kernels/diffusion.ts';
import {
  boundCompliance,
  type ConductanceBounds,
  describeNetwork,
  intersect,
} from '../kernels/diffusion-certificate.ts';
import {
  type FluxDirection,
  type LevelShape,
  type Triple,
  turnCells,
  turned,
} from '../kernels/diffusion-grid.ts';
import { conjugateGradients } from '../kernels/diffusion-solver.ts';
import {
  classifyFaces,
  type ElectrodeProblem,
  type ElectrodeSolution,
  electrodeLinks,
  electrodeSolution,
  notReached,
  phaseClasses,
  type Reached,
  reverseSlices,
  SOURCE_CLASSES,
  sourceTable,
  sumReached,
} from '../kernels/electrode.ts';
import { reportAccuracy, SETUP_SHARE } from './diffusion.ts';
import { type LinkedLayout, MOST_THREADS, planLinked } from './diffusion-arena.ts';
import { LinkedNetwork } from './diffusion-linked.ts';
import type { KernelSession } from './session.ts';

/** Cells that are turned or classified between two pauses. */
const CHUNK_CELLS = 1 << 20;
/** What a cell of each class stores, behind everything else in the arena. */
const SOURCE_BYTES = 8 * SOURCE_CLASSES + 64;

/** Arena bytes of `solveElectrode`: about 42 bytes per voxel. */
export function electrodeBytes(
  size: Triple,
  edges: Triple,
  direction: FluxDirection,
  threads = MOST_THREADS,
): number {
  return planLinked(size, edges, direction, threads).bytes + SOURCE_BYTES;
}

/**
 * Solves one problem in the arena that begins at `arena` and has at least `electrodeBytes`.
 * `onProgress` is called with rising fractions of this solve.
 */
export async function solveElectrode(
  session: KernelSession,
  arena: number,
  problem: ElectrodeProblem,
  onProgress: (fraction: number) => void,
): Promise<ElectrodeSolution> {
  const { size, direction, periodicSides, accuracy } = problem;
  const edges = turned(problem.edges, direction);
  const layout = planLinked(size, problem.edges, direction, session.threads);
  const sources = arena + layout.bytes;
  const network = new LinkedNetwork(session, arena, layout, periodicSides, sources);
  const table = sourceTable(edges);
  const reached = await findReached(session, arena, layout, network, problem, table);
  const { reachedVoxels, interfaceArea } = reached;
  if (interfaceArea === 0) return notReached(reached);

  session.f64(sources, SOURCE_CLASSES).set(table);
  const links = electrodeLinks(edges);
  await network.build(links);
  onProgress(SETUP_SHARE);
  const margins = describeNetwork(layout.shapes[0] as LevelShape, reachedVoxels, links);
  const report = reportAccuracy(accuracy, onProgress);
  let bounds: ConductanceBounds = { lower: 0, upper: Number.POSITIVE_INFINITY };
  const steps = conjugateGradients(accuracy, 1, true);
  let next = steps.next();
  while (next.done !== true) {
    const step = next.value;
    // Before the first iteration nothing is stored yet, so there is no error relative to it.
    if (step.kind === 'direct' && Number.isFinite(step.error)) report(step.error);
    if (step.kind === 'certify') {
      const dissipation = await network.dissipation();
      const stored = await network.stored();
      const flow = await network.routeResidual();
      const energy = { dissipation, stored, total: interfaceArea };
      bounds = intersect(bounds, boundCompliance(energy, flow, margins));
      next = steps.next(relativeWidth(bounds));
    } else {
      next = steps.next(await network.carryOut(step));
    }
  }
  onProgress(1);
  return electrodeSolution(reached, next.value, bounds);
}

/** Turns the volume, open face first, and keeps the cells that it reaches, with their class. */
async function findReached(
  session: KernelSession,
  arena: number,
  layout: LinkedLayout,
  network: LinkedNetwork,
  { codes, size, direction, phase, periodicSides, isOpenAtEnd }: ElectrodeProblem,
  table: Float64Array,
): Promise<Reached> {
  const grid = turned(size, direction);
  const slice = grid[0] * grid[1];
  const cells = session.u8(arena + layout.cells, slice * grid[2]);
  const eachChunk = async (use: (start: number, end: number) => void): Promise<void> => {
    const slices = Math.max(1, Math.floor(CHUNK_CELLS / slice));
    for (let z = 0; z < grid[2]; z += slices) {
      use(z, Math.min(grid[2], z + slices));
      await session.breathe();
    }
  };
  const classes = phaseClasses(phase);
  await eachChunk((start, end) => {
    turnCells(codes, size, direction, classes, cells, start, end);
  });
  if (isOpenAtEnd) reverseSlices(cells, slice);
  await network.growForest();
  const counts = new Float64Array(SOURCE_CLASSES);
  await eachChunk((start, end) => {
    classifyFaces(cells, grid, periodicSides, start, end, counts);
  });
  return sumReached(counts, table);
}
