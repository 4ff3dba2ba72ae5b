import { describe, expect, it } from 'vitest';
import {
  conjugateGradients,
  MAX_ITERATIONS,
  type SolverOutcome,
  type SolverStep,
} from './diffusion-solver.ts';
import { randomUniform } from './random.ts';

interface Run extends SolverOutcome {
  readonly certificates: number;
  /** Before each iteration: the error the solver claims, and the true one. */
  readonly history: readonly { readonly claimed: number; readonly actual: number }[];
}

const dot = (x: readonly number[], y: readonly number[]): number =>
  x.reduce((sum, value, i) => sum + value * (y[i] as number), 0);

/** How much wider than the true error the intervals of the certificates are. */
const SLACK = 30;

/**
 * Minimises J(u) = 1 + (u − v)·A (u − v) from u = 0 without preconditioner; A is diagonal, v random
 * with J(0) = 4.
 */
function minimise(diagonal: readonly number[], accuracy: number, floor = 0): Run {
  const raw = diagonal.map((d, i) => (0.5 + randomUniform(1, 0, i)) / Math.sqrt(d));
  const scale = Math.sqrt(
    3 /
      dot(
        raw.map((v, i) => v * (diagonal[i] as number)),
        raw,
      ),
  );
  const target = raw.map((v) => v * scale);
  let u = raw.map(() => 0);
  let r = target.map((v, i) => v * (diagonal[i] as number));
  let p = u;
  let q = u;
  const excess = (): number => {
    const error = u.map((value, i) => value - (target[i] as number));
    return dot(
      error,
      error.map((value, i) => value * (diagonal[i] as number)),
    );
  };
  let certificates = 0;
  const history: { claimed: number; actual: number }[] = [];
  const carryOut = (step: SolverStep): number => {
    switch (step.kind) {
      case 'start':
      case 'energy':
        return 1 + excess();
      case 'certify':
        certificates += 1;
        return SLACK * excess() + floor;
      case 'precondition':
        return dot(r, r);
      case 'direct':
        history.push({ claimed: step.error, actual: excess() / (1 + excess()) });
        p = r.map((value, i) => value + step.beta * (p[i] as number));
        return 0;
      case 'multiply':
        q = p.map((value, i) => value * (diagonal[i] as number));
        return dot(p, q);
      case 'advance':
        u = u.map((value, i) => value + step.alpha * (p[i] as number));
        r = r.map((value, i) => value - step.alpha * (q[i] as number));
        return 0;
    }
  };
  const steps = conjugateGradients(accuracy);
  let next = steps.next();
  while (next.done !== true) next = steps.next(carryOut(next.value));
  return { ...next.value, history, certificates };
}

/** Eigenvalues from `low` to 1, most of them near 1, as a preconditioner leaves them. */
function clustered(n: number, low: number): readonly number[] {
  return Array.from({ length: n }, (_, i) => 1 - (1 - low) * (i / (n - 1)) ** 6);
}

describe('conjugate gradients', () => {
  it.each([1e-2, 1e-4, 1e-6, 1e-8])(
    'stop when certified to %f, soon and seldom asked',
    (accuracy) => {
      for (const low of [0.3, 0.05, 0.01]) {
        const { width, converged, energy, history, certificates } = minimise(
          clustered(400, low),
          accuracy,
        );
        expect(converged).toBe(true);
        expect(width).toBeLessThanOrEqual(accuracy);
        expect(energy - 1).toBeLessThanOrEqual(accuracy / SLACK);
        const needed = history.findIndex(({ actual }) => SLACK * actual <= accuracy);
        expect(history.length).toBeLessThan(1.35 * (needed < 0 ? history.length : needed) + 4);
        expect(certificates).toBeLessThanOrEqual(3);
      }
    },
  );

  it('claim an error that is above the true one, by two orders of magnitude at most', () => {
    const { history } = minimise(clustered(400, 0.02), 1e-9);
    const settled = history.slice(4).filter(({ actual }) => actual > 1e-14);
    expect(settled.length).toBeGreaterThan(10);
    for (const { claimed, actual } of settled) {
      expect(claimed).toBeGreaterThan(actual);
      expect(claimed).toBeLessThan(100 * actual);
    }
  });

  it('say so when the iterations run out', () => {
    const wide = Array.from({ length: 3000 }, (_, i) => 10 ** ((-12 * i) / 2999));
    const { converged, iterations, width } = minimise(wide, 1e-6);
    expect(converged).toBe(false);
    expect(iterations).toBe(MAX_ITERATIONS);
    expect(width).toBeGreaterThan(1e-6);
  });

  it('give up when rounding keeps the certificates from narrowing', () => {
    const { converged, iterations, width } = minimise(clustered(400, 0.05), 1e-9, 1e-8);
    expect(converged).toBe(false);
    expect(iterations).toBeLessThan(100);
    expect(width).toBeLessThan(1.1e-8);
  });
});
