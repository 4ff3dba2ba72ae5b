/** From labels to solver problems, and from solutions to rows of the transport table. */
import { Bug } from '../../errors/errors.ts';
import type { DiffusionProblem, DiffusionSolution } from '../../kernels/diffusion.ts';
import type { FluxDirection, Triple } from '../../kernels/diffusion-grid.ts';
import { naturalLog } from '../../kernels/exp.ts';
import type { LabelIndex } from '../../volume/labels.ts';
import { AXES, checkConverged, positionOf } from '../steady-diffusion.ts';

/** One phase along one direction. */
export interface PhaseCase {
  readonly label: number;
  readonly name: string;
  readonly direction: FluxDirection;
  /** Voxels of the phase and of the volume. */
  readonly phaseVoxels: number;
  readonly volumeVoxels: number;
}

/** Every requested label along every direction, phase by phase; refuses labels that do not occur. */
export function listCases(
  index: LabelIndex,
  requested: readonly number[] | null,
  directions: readonly FluxDirection[],
): readonly PhaseCase[] {
  const { labels, counts, phases } = index;
  const volumeVoxels = counts.reduce((total, count) => total + count, 0);
  return (requested ?? labels).flatMap((label) => {
    const position = positionOf(index, label, 'phase');
    return directions.map((direction) => ({
      label,
      name: phases[position]?.name ?? '',
      direction,
      phaseVoxels: counts[position] as number,
      volumeVoxels,
    }));
  });
}

/** The phase conducts with 1, everything else insulates. */
export function problemOf(
  size: Triple,
  edges: Triple,
  { labels, indices }: LabelIndex,
  { label, direction }: PhaseCase,
  { sides, accuracy }: { readonly sides: string; readonly accuracy: number },
): DiffusionProblem {
  return {
    size,
    codes: indices,
    conductivities: labels.map((each) => (each === label ? 1 : 0)),
    edges,
    direction,
    periodicSides: sides === 'periodic',
    accuracy,
  };
}

/** Rounding may carry a straight channel this far beyond the parallel bound. */
const BOUND_SLACK = 1e-9;

/** Throws `solver/not-converged` where the iterations ran out. */
export function transportRow(
  { label, name, direction, phaseVoxels, volumeVoxels }: PhaseCase,
  solution: DiffusionSolution,
  accuracy: number,
) {
  const { percolates, percolatingVoxels, stray, effectiveConductivity, bounds } = solution;
  const { iterations, width } = solution;
  const axis = AXES[direction];
  const what = `The tortuosity factor of label ${label} along ${axis}`;
  checkConverged(solution, what, accuracy);
  const volumeFraction = phaseVoxels / volumeVoxels;
  if (effectiveConductivity > volumeFraction * (1 + BOUND_SLACK)) {
    throw new Bug('The effective diffusivity exceeds the parallel bound.', {
      effectiveConductivity,
      volumeFraction,
      label,
      direction: axis,
    });
  }
  return {
    label,
    phase: name,
    direction: axis,
    percolates,
    volumeFraction,
    percolatingFraction: percolatingVoxels / phaseVoxels,
    blindFraction: stray.blindVoxels / phaseVoxels,
    isolatedFraction: stray.isolatedVoxels / phaseVoxels,
    blindClusters: stray.blindClusters,
    isolatedClusters: stray.isolatedClusters,
    tortuosityFactor: percolates ? volumeFraction / effectiveConductivity : null,
    tortuosityFactorLower: percolates ? volumeFraction / bounds.upper : null,
    tortuosityFactorUpper: percolates ? volumeFraction / bounds.lower : null,
    effectiveDiffusivity: effectiveConductivity,
    formationFactor: percolates ? 1 / effectiveConductivity : null,
    bruggemanExponent:
      percolates && volumeFraction < 1
        ? naturalLog(effectiveConductivity) / naturalLog(volumeFraction)
        : null,
    iterations,
    errorBound: percolates ? width : null,
  };
}
