/**
 * Preconditioned conjugate gradients (Hestenes & Stiefel 1952, DOI 10.6028/jres.049.044) for the
 * steady diffusion problem, as a sequence of steps that a caller carries out on its own arrays:
 * the scalar reference at once, the WebAssembly driver slab by slab.
 *
 * What is sought is the dissipation J(u) = Σ c (Δu)² over all links, for a drop of 1 between the
 * outer faces: its minimum is the conductance of the network. The error of J is ‖u − u*‖²_A, so it
 * is quadratic in the error of the potential, and J never falls below the true value.
 *
 * Only u is float64, or a multiple of 2⁻²⁹ in int32 where all links are equal; r, z, p and q are
 * float32. After each certificate r is computed anew from u,
 * so that rounding in its updates costs iterations at most, never accuracy.
 */

/** One thing to do; `precondition`, `multiply` and `energy` are answered with a number. */
export type SolverStep =
  /** Linear profile u and its residual r = −A u; answered with J(u). */
  | { readonly kind: 'start' }
  /** z = B r, anew after a certificate; answered with r·z. */
  | { readonly kind: 'precondition' }
  /** p = z + beta p. `error` is the present bound of J's relative error. */
  | { readonly kind: 'direct'; readonly beta: number; readonly error: number }
  /** q = A p; answered with p·q. */
  | { readonly kind: 'multiply' }
  /** u += alpha p, r −= alpha q. */
  | { readonly kind: 'advance'; readonly alpha: number }
  /** Answered with J(u). */
  | { readonly kind: 'energy' }
  /**
   * Bound the conductance from both sides, given J(u); answered with the relative width of the
   * interval that all certificates so far leave. u and p stay as they are, z is lost and r is computed anew.
   */
  | { readonly kind: 'certify'; readonly energy: number };

export interface SolverOutcome {
  /** J of the last potential: an upper bound of the conductance, but for rounding. */
  readonly energy: number;
  readonly iterations: number;
  /** Relative width of the certified interval. */
  readonly width: number;
  readonly converged: boolean;
}

export const MAX_ITERATIONS = 1000;

/**
 * The smallest Ritz value falls towards the smallest eigenvalue from above, so a part of it is
 * taken for the lower end of the spectrum. On 61 volumes with known answers and accuracies of
 * 1e-2 to 1e-6 the true error was at most 1.43 times the bound with half of it, 0.56 times with
 * a quarter, which costs 8 % more iterations.
 */
const SPECTRUM_MARGIN = 0.2;

/**
 * Good conductors that lie isolated in bad ones leave eigenvalues of about 65 times the contrast,
 * which the iteration finds late. The lower end is never taken above this multiple of the contrast.
 */
const CONTRAST_MARGIN = 10;

/** What the preconditioned spectrum is taken to reach down to before anything is known of it. */
const UNKNOWN_SPECTRUM = 1e-3;

/**
 * Bounds ‖u − u_k‖²_A from the coefficients of the iteration: Gauss–Radau quadrature with a node
 * below the spectrum (Meurant & Tichý 2013, DOI 10.1007/s11075-012-9591-9, algorithm CGQ). The
 * node comes from the smallest Ritz value of the Lanczos matrix that the coefficients define.
 */
class EnergyErrorBound {
  readonly #alphas: number[] = [];
  readonly #betas: number[] = [];
  readonly #ceiling: number;
  #smallestRitz = Number.POSITIVE_INFINITY;

  /** `contrast`: lowest over highest conductivity that is not 0. */
  constructor(contrast: number) {
    this.#ceiling = CONTRAST_MARGIN * contrast;
  }

  /** After one iteration: its step, and r·z before and after. */
  add(alpha: number, before: number, after: number): void {
    this.#alphas.push(alpha);
    this.#betas.push(after / before);
    this.#smallestRitz = this.#findSmallestRitz();
  }

  /** Bound for the present iterate, whose r·z is given. */
  bound(rz: number): number {
    if (this.#alphas.length === 0) {
      return rz / Math.min(UNKNOWN_SPECTRUM, this.#ceiling);
    }
    const node = Math.min(SPECTRUM_MARGIN * this.#smallestRitz, this.#ceiling);
    let radau = 1 / node;
    this.#alphas.forEach((alpha, j) => {
      const gap = radau - alpha;
      // A gap that rounding made negative says that the node lies inside the spectrum.
      radau = gap > 0 ? gap / (node * gap + (this.#betas[j] as number)) : 1 / node;
    });
    return radau * rz;
  }

  /** Bisection with Sturm counts on the k × k Lanczos matrix, to three digits. */
  #findSmallestRitz(): number {
    const k = this.#alphas.length;
    const last = k - 1;
    const alpha = this.#alphas;
    const beta = this.#betas;
    const diagonal = alpha.map(
      (a, j) => 1 / a + (j === 0 ? 0 : (beta[j - 1] as number) / (alpha[j - 1] as number)),
    );
    /** Squared off-diagonal between rows j and j + 1. */
    const squared = alpha.map((a, j) => (beta[j] as number) / (a * a));
    const hasBelow = (shift: number): boolean => {
      let pivot = (diagonal[0] as number) - shift;
      for (let j = 1; j <= last; j++) {
        if (pivot <= 0) return true;
        pivot = (diagonal[j] as number) - shift - (squared[j - 1] as number) / pivot;
      }
      return pivot <= 0;
    };
    let high = Math.min(this.#smallestRitz, diagonal[last] as number);
    let low = 0;
    while (high - low > 1e-3 * high) {
      const middle = (low + high) / 2;
      if (hasBelow(middle)) high = middle;
      else low = middle;
    }
    return high;
  }
}

/** The estimate falls at least so far at once between certificates: a poor one says little. */
const MAX_DIGITS_AT_ONCE = 1e-3;

/**
 * The estimate at which the first certificate is worth its time, as a fraction of the accuracy.
 * The flow of the certificate dissipates more than it must, and the estimate errs upwards.
 */
const FIRST_CERTIFICATE = 0.3;

/** How far below what the last certificate asks for the estimate must fall before the next. */
const NEXT_CERTIFICATE = 0.7;

/** Certificates in a row that gain less than a tenth before rounding is taken for the limit. */
const MAX_IDLE_CERTIFICATES = 3;

/**
 * Runs until the conductance is certified to lie in an interval of the relative width `accuracy`,
 * or `MAX_ITERATIONS` are used up, or the interval narrows no more. The estimate only decides when a certificate is tried.
 * `contrast`: lowest over highest conductivity that is not 0. `rises`: J is the maximum of
 * 2 s·u − u·A u, which grows towards the exact value, instead of a minimum.
 */
export function* conjugateGradients(
  accuracy: number,
  contrast = 1,
  rises = false,
): Generator<SolverStep, SolverOutcome, number> {
  let energy = yield { kind: 'start' };
  const estimate = new EnergyErrorBound(contrast);
  let rz = yield { kind: 'precondition' };
  let error = estimate.bound(rz) / energy;
  let target = FIRST_CERTIFICATE * accuracy;
  let width = Number.POSITIVE_INFINITY;
  let idle = 0;
  let beta = 0;
  let iterations = 0;
  for (;;) {
    const isLast = iterations === MAX_ITERATIONS;
    if (!(error > target) || isLast) {
      energy = yield { kind: 'energy' };
      const before = width;
      width = yield { kind: 'certify', energy };
      idle = width > 0.9 * before ? idle + 1 : 0;
      if (width <= accuracy || isLast || idle === MAX_IDLE_CERTIFICATES) break;
      target = NEXT_CERTIFICATE * error * Math.max(accuracy / width, MAX_DIGITS_AT_ONCE);
      rz = yield { kind: 'precondition' };
    }
    yield { kind: 'direct', beta, error };
    const curvature = yield { kind: 'multiply' };
    if (!(curvature > 0)) break;
    const alpha = rz / curvature;
    yield { kind: 'advance', alpha };
    energy += rises ? alpha * rz : -alpha * rz;
    const next = yield { kind: 'precondition' };
    estimate.add(alpha, rz, next);
    beta = next / rz;
    rz = next;
    iterations += 1;
    error = estimate.bound(rz) / energy;
  }
  return { energy, iterations, width, converged: width <= accuracy };
}
