/** Runs one operation in Node the way the engine does, without recipe and cache. */
import {
  type ParameterFields,
  type ParameterValues,
  parseParameters,
  type RawParameters,
} from '../../src/declaration/parameters.ts';
import type { Cell, ResultTable } from '../../src/declaration/results.ts';
import { cancelled } from '../../src/errors/errors.ts';
import type { Operation, OperationResult } from '../../src/operations/operation.ts';
import type { Volume } from '../../src/volume/volume.ts';
import { withTestKernels } from './kernels.ts';

export interface RunOperationOptions {
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly progress?: (fraction: number) => void;
}

/** Parses `params` as the engine does and runs the operation. */
export function runOperation<F extends ParameterFields>(
  operation: Operation<F>,
  input: Volume,
  params: RawParameters | Partial<ParameterValues<F>> = {},
  options: RunOperationOptions = {},
): Promise<OperationResult> {
  const signal = options.signal ?? new AbortController().signal;
  const progress = options.progress ?? (() => undefined);
  const parsed = parseParameters(operation.parameters, params as RawParameters, operation.title);
  return operation.run(input, parsed, {
    signal,
    progress,
    breathe: () => (signal.aborted ? Promise.reject(cancelled()) : Promise.resolve()),
    withKernels: (bytes, driver) =>
      withTestKernels(bytes, driver, options.threads ?? 1, { signal, progress }),
  });
}

/** The volume of a result, which must have one. */
export function volumeOf(result: OperationResult): Volume {
  if (!('volume' in result)) throw new Error('the operation returned no volume');
  return result.volume;
}

/** The rows of a table, which must be there. */
export function rowsOf(
  result: OperationResult,
  id: string,
): readonly Readonly<Record<string, Cell>>[] {
  return tableOf(result, id).rows;
}

export function tableOf(result: OperationResult, id: string): ResultTable {
  const found = result.tables?.find((table) => table.id === id);
  if (found === undefined) throw new Error(`the operation returned no table ${id}`);
  return found;
}
