/** What a dialog for a file without a header starts with. */
import type { VoxelSpacing } from '../../../volume/length.ts';
import type { ByteSource } from '../../format.ts';
import { guessRawLayouts, type RawGuess, readName } from './guess.ts';
import { rankRawGuesses } from './rank.ts';

export interface RawOffer {
  readonly name: string;
  /** Of the file. */
  readonly bytes: number;
  /** The likeliest first, at least one. */
  readonly guesses: readonly RawGuess[];
  /** What the name says of the voxel size; null where it says nothing. */
  readonly spacing: VoxelSpacing | null;
}

const MOST_OFFERED = 16;

/** Reads a few stretches of the file. */
export async function offerRaw(source: ByteSource): Promise<RawOffer> {
  const { name, size } = source;
  return {
    name,
    bytes: size,
    guesses: (await rankRawGuesses(source, guessRawLayouts(name, size))).slice(0, MOST_OFFERED),
    spacing: readName(name).spacing,
  };
}
