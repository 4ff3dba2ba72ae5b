/**
 * What each format's reader takes: stated beside the format, printed into `docs/formats` by
 * `npm run docs`. Titles, extensions and whether a format is written come from the format itself.
 */
export interface FormatFacts {
  /** Versions, flavours and arrangements of files, in a few words. */
  readonly layouts: string;
  /** Sample types as stored, and what becomes of those that no voxel type holds. */
  readonly types: string;
  readonly compressions: string;
  /** Where the number and the unit of the voxel size come from. */
  readonly voxelSize: string;
  /** Which slices can be had without decoding the whole volume; '' where none can. */
  readonly slices: string;
  /** What a written file looks like; '' where the format is read-only. */
  readonly written: string;
  readonly tests: readonly FormatTest[];
  /** One sentence each: what is refused, ignored or not certain. */
  readonly limits: readonly string[];
}

export interface FormatTest {
  /** Other programs that the voxels are compared with; '' where the test builds its files itself. */
  readonly peer: string;
  /** What is compared. */
  readonly what: string;
  /** Path of the test from the project's root. */
  readonly file: string;
}

/** Files of other projects, with voxels and spacing as the programs named give them. */
export function corpus(peer: string): FormatTest {
  return { peer, what: 'files of other projects', file: 'src/io/open.test.ts' };
}
