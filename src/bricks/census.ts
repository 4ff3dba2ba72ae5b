/** What one pass over the voxels of a large volume tells: its levels, its range, what is odd. */
import type { LevelCounts } from '../kernels/histogram.ts';
import { surveyOfLevels, type VolumeSurvey, VoxelSurvey } from '../volume/statistics.ts';
import type { Size3, VoxelArray, VoxelType } from '../volume/volume.ts';

/** Voxels counted between two pauses: some milliseconds. */
const CHUNK = 1 << 20;

const LOWEST: Partial<Record<VoxelType, number>> = {
  uint8: 0,
  int8: -128,
  uint16: 0,
  int16: -32_768,
};

/** Takes the voxels in order, some at a time. */
export class VoxelCensus {
  private readonly lowest: number | undefined;
  /** How often each level occurs; null for types with more than 65 536 of them. */
  private readonly counts: Float64Array | null;
  private readonly survey = new VoxelSurvey();

  constructor(type: VoxelType) {
    this.lowest = LOWEST[type];
    const levels = type === 'uint8' || type === 'int8' ? 256 : 65_536;
    this.counts = this.lowest === undefined ? null : new Float64Array(levels);
  }

  async add(data: VoxelArray, breathe: () => Promise<void>): Promise<void> {
    for (let from = 0; from < data.length; from += CHUNK) {
      const to = Math.min(from + CHUNK, data.length);
      if (this.counts === null) this.survey.add(data, from, to);
      else count(data as Uint16Array, from, to, this.lowest as number, this.counts);
      await breathe();
    }
  }

  /** Of a volume of the given size, all of whose voxels were added. */
  result(size: Size3): VolumeSurvey {
    return this.counts === null
      ? this.survey.result(size)
      : surveyOfLevels(this.counts, this.lowest as number);
  }

  /** Of 8- and 16-bit volumes, else null; exact up to 2^32 − 1 voxels of one level. */
  levels(): LevelCounts | null {
    if (this.counts === null) return null;
    const counts = Uint32Array.from(this.counts, (n) => Math.min(n, 0xffff_ffff));
    return {
      counts,
      lowest: this.lowest as number,
      total: this.counts.reduce((sum, n) => sum + n, 0),
    };
  }

  /** Levels present with their voxels, rising, of 8- and 16-bit volumes; else null. */
  present(): readonly { readonly label: number; readonly count: number }[] | null {
    if (this.counts === null) return null;
    return [...this.counts].flatMap((n, level) =>
      n === 0 ? [] : [{ label: level + (this.lowest as number), count: n }],
    );
  }
}

function count(
  data: Uint8Array | Int8Array | Uint16Array | Int16Array,
  from: number,
  to: number,
  lowest: number,
  counts: Float64Array,
): void {
  for (let i = from; i < to; i++) {
    const level = (data[i] as number) - lowest;
    counts[level] = (counts[level] as number) + 1;
  }
}
