/**
 * The contract of a phantom: parameters declared once, volumes that are the same bits for the same
 * parameters on every machine.
 */
import {
  type ParameterFields,
  type ParameterValues,
  parseParameters,
  type RawParameters,
} from '../declaration/parameters.ts';
import type { PlainValue } from '../errors/errors.ts';
import type { Volume } from '../volume/volume.ts';
import type { PhantomHooks } from './hooks.ts';

export interface PhantomVolume {
  /** Name of the file without extension, unique within one phantom: `grey`, `truth`. */
  readonly stem: string;
  readonly volume: Volume;
}

export interface PhantomResult {
  /** What is measured first (grey where there is one), then the truth. */
  readonly volumes: readonly PhantomVolume[];
  /** One sentence each: conventions and expected numbers. */
  readonly notes: readonly string[];
  /** Parameters with defaults filled in, and what is known of the result, as JSON. */
  readonly facts: Readonly<Record<string, PlainValue>>;
}

export interface Phantom<F extends ParameterFields = ParameterFields> {
  /** Stable for ever. */
  readonly id: string;
  readonly title: string;
  /** One sentence for menus and help. */
  readonly summary: string;
  readonly parameters: F;
  /** Peak bytes, results included. Throws UserError for parameters out of range. */
  estimateBytes(raw: RawParameters): number;
  /** Checks `raw`, fills in defaults and generates. Throws UserError, also when cancelled. */
  generate(raw: RawParameters, hooks?: PhantomHooks): Promise<PhantomResult>;
}

/** A phantom whose functions take parsed parameters, as one that takes them raw. */
export function definePhantom<const F extends ParameterFields>(
  declaration: Pick<Phantom<F>, 'id' | 'title' | 'summary' | 'parameters'> & {
    estimateBytes(params: ParameterValues<F>): number;
    generate(params: ParameterValues<F>, hooks: PhantomHooks): Promise<PhantomResult>;
  },
): Phantom<F> {
  const parse = (raw: RawParameters) =>
    parseParameters(declaration.parameters, raw, `phantom ${declaration.id}`);
  return {
    id: declaration.id,
    title: declaration.title,
    summary: declaration.summary,
    parameters: declaration.parameters,
    estimateBytes: (raw) => declaration.estimateBytes(parse(raw)),
    generate: async (raw, hooks = {}) => declaration.generate(parse(raw), hooks),
  };
}
