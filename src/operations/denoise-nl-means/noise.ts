/** The noise that non-local means allows for: what the kernels make of it, and its table. */
import type { Column, ResultTable } from '../../declaration/results.ts';
import type { NlMeansParameters } from '../../kernels/nl-means.ts';
import { estimateNoise, noiseBlockSlices, NoiseTally } from '../../kernels/noise.ts';
import type { StreamedVolume } from '../../volume/streamed.ts';
import { createVolume, type NumericVoxelArray, type Volume } from '../../volume/volume.ts';
import { streamedGrey } from '../grey-values.ts';
import type { OperationResult } from '../operation.ts';

const columns: readonly Column[] = [
  {
    id: 'sigma',
    title: 'Noise',
    symbol: 'σ',
    unit: 'grey',
    help: 'Standard deviation of the noise that the weights allow for.',
  },
  {
    id: 'source',
    title: 'Source',
    symbol: '',
    unit: '',
    help: 'Whether the noise was given or estimated from the volume.',
  },
  {
    id: 'h',
    title: 'Width of the weights',
    symbol: 'h',
    unit: 'grey',
    help: 'Strength times noise, h = k · σ.',
  },
];

export const tables = { noise: { title: 'Noise', columns } } as const;

interface Values {
  readonly patchRadius: number;
  readonly searchRadius: number;
  /** null: estimated. */
  readonly sigma: number | null;
  readonly strength: number;
}

export function kernelParameters(
  values: NumericVoxelArray,
  { size }: Volume,
  params: Values,
): NlMeansParameters {
  const sigma = params.sigma ?? estimateNoise(values, size);
  return {
    patchRadius: params.patchRadius,
    searchRadius: params.searchRadius,
    sigma,
    h: params.strength * sigma,
  };
}

export function report(
  { sigma, h }: Pick<NlMeansParameters, 'sigma' | 'h'>,
  estimated: boolean,
): { readonly tables: readonly ResultTable[]; readonly notes: readonly string[] } {
  const table: ResultTable = {
    id: 'noise',
    title: tables.noise.title,
    columns,
    rows: [{ sigma, source: estimated ? 'estimated' : 'given', h }],
    notes:
      sigma === 0
        ? ['Without noise there is nothing to remove: the grey values are unchanged.']
        : [],
  };
  return { tables: [table], notes: table.notes };
}

export function resultOf(
  input: Volume,
  data: Float32Array,
  kernel: NlMeansParameters,
  estimated: boolean,
): OperationResult {
  return { volume: createVolume({ ...input, data }), ...report(kernel, estimated) };
}

/** `estimateNoise` of a volume that comes some slices at a time. */
export async function estimateStreamedNoise(
  input: StreamedVolume,
  breathe: () => Promise<void>,
): Promise<number> {
  const tally = new NoiseTally(input.size);
  const multipleOf = noiseBlockSlices(input.size);
  for await (const { first, slices, values } of streamedGrey(input, breathe, { multipleOf })) {
    tally.add(values, first, slices);
    await breathe();
  }
  return tally.estimate();
}
