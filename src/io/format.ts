/**
 * The contract of a file format: one folder under `src/io/formats` exports one `VolumeFormat`.
 * Readers work over random access, so that a file is never loaded whole before it is understood.
 */
import type { VoxelSpacing } from '../volume/length.ts';
import type { StreamedVolume } from '../volume/streamed.ts';
import type { Size3, Volume, VoxelArray, VoxelType } from '../volume/volume.ts';
import type { RawLayout } from '../volume/raw-layout.ts';
import type { ByteSink } from './byte-sink.ts';

/** Random access to bytes: a `Blob` in the browser, a file descriptor in Node, bytes in tests. */
export interface ByteSource {
  readonly name: string;
  /** Path relative to the dropped folder, '' for a single file. */
  readonly path: string;
  readonly size: number;
  /** Bytes [start, end), clipped to the size. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** The same bytes as a blob, where the host has one. */
  readonly blob?: Blob;
  /** The files beside it, where they lie on a host that hands them out by their path. */
  readonly folder?: RemoteFolder;
}

/** A folder whose files can be asked for, and of which nobody can say which there are. */
export interface RemoteFolder {
  /** Paths of some files that are there. */
  readonly keys: readonly string[];
  /** undefined where there is no such file. */
  get(path: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** `range` as in a request: "0-99", or "-100" for the last bytes. */
  getRange(path: string, range: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

export interface VolumeMetadata {
  readonly format: string;
  readonly size: Size3;
  readonly type: VoxelType;
  /** Samples of each voxel; more than 1 (RGB) is refused by `readVolume`. */
  readonly channels: number;
  readonly spacing: VoxelSpacing | null;
  /** Where the voxel size was found ("ImageJ description", "NRRD space directions"), or why not. */
  readonly spacingSource: string;
  /** Header text worth showing: key → value, at most 4 KiB each, never markup. */
  readonly tags: Readonly<Record<string, string>>;
  /** One sentence each: what was odd and what was done about it. */
  readonly warnings: readonly string[];
}

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** 0 to 1, rising. */
  readonly progress?: (fraction: number) => void;
  /** Files that came with this one (detached data, the other slices of a folder). */
  readonly siblings?: readonly ByteSource[];
  /** Which of a file's volumes is meant, by its path in the file; a file with one needs none. */
  readonly dataset?: string;
  /** How the voxels lie in a file that has no header: it is taken for one, whatever it looks like. */
  readonly raw?: RawLayout;
}

export interface ReadVolume {
  readonly volume: Volume;
  readonly metadata: VolumeMetadata;
}

/**
 * A volume of which slices are read on demand: what a store of bricks is filled from, and a crop or a
 * smaller copy is made from, without the whole volume in memory.
 */
export interface SlabReader {
  /** The volume's name. */
  readonly name: string;
  /** As `readVolume` would have it, but for warnings that only the voxels give rise to. */
  readonly metadata: VolumeMetadata;
  readonly kind: Volume['kind'];
  readonly origin: Volume['origin'];
  readonly phases: Volume['phases'];
  /** Sentences that reading has given rise to so far, besides those of the metadata. */
  readonly warnings: readonly string[];
  /** Bytes that it may hold besides the slices it hands out; the whole volume's where it must. */
  readonly memoryBytes: number;
  /**
   * Slices [first, end) in an array of their own, x fastest, the same voxels as `readVolume` gives.
   * Any order is allowed; rising order without gaps is cheap, and going back may decode anew from the
   * start. One call at a time. Cancelled by the signal it was opened with.
   */
  readSlices(first: number, end: number): Promise<VoxelArray>;
}

/** Every failure is a UserError with a `file/…` code whose message names the file and the place. */
export interface VolumeFormat {
  readonly id: string;
  readonly title: string;
  /** Lower case, with the dot. */
  readonly extensions: readonly string[];
  /** Decides by content; `head` is the first 4096 bytes. */
  sniff(head: Uint8Array, name: string): boolean;
  readMetadata(source: ByteSource, options?: ReadOptions): Promise<VolumeMetadata>;
  readVolume(source: ByteSource, options?: ReadOptions): Promise<ReadVolume>;
  /** Reads headers alone; refuses what `readVolume` would. */
  openSlabs(source: ByteSource, options?: ReadOptions): Promise<SlabReader>;
  /**
   * Writes the volume without having it in memory: equal volumes give equal bytes, however they are
   * streamed. Absent where the format is read-only.
   */
  write?(volume: StreamedVolume, sink: ByteSink, options?: WriteOptions): Promise<void>;
}

export interface WriteOptions {
  /** One line in ASCII for the header; default: none. */
  readonly note?: string;
}
