/**
 * Where a store of bricks keeps its bytes. Synchronous, as sync access handles and file descriptors
 * are: a slice is a thousand reads of some microseconds.
 */
import { UserError } from '../errors/errors.ts';

export interface BrickStorage {
  readonly size: number;
  /** Fills `into` from byte `offset` and returns how many bytes there were. */
  read(offset: number, into: Uint8Array): number;
  /** Writes all bytes, behind the end too. Throws `store/full` where there is no room. */
  write(offset: number, bytes: Uint8Array): void;
  /** Returns when what was written would survive a crash. */
  flush(): void;
  /** Nothing can be read or written afterwards; the bytes stay. */
  close(): void;
  /** Closes and deletes. */
  remove(): Promise<void>;
}

/** What a host throws into the sentence that says what can be done. */
export function storageFull(cause: unknown): UserError {
  return new UserError(
    'store/full',
    'There is no room left to keep the volume as bricks: free disk space, or open a crop of it.',
    {},
    cause,
  );
}

const PAGE_BYTES = 2 ** 20;

/** Bytes in memory, as many as have been written; pages that were skipped cost nothing. */
export function memoryStorage(): BrickStorage {
  const pages = new Map<number, Uint8Array>();
  let size = 0;
  /** Visits the stretches of [offset, offset + length), a page at a time. */
  function forEachPart(
    offset: number,
    length: number,
    visit: (page: number, from: number, to: number, at: number) => void,
  ): void {
    for (let at = 0; at < length; ) {
      const page = Math.floor((offset + at) / PAGE_BYTES);
      const from = offset + at - page * PAGE_BYTES;
      const to = Math.min(PAGE_BYTES, from + length - at);
      visit(page, from, to, at);
      at += to - from;
    }
  }
  return {
    get size() {
      return size;
    },
    read(offset, into) {
      const length = Math.max(0, Math.min(into.length, size - offset));
      forEachPart(offset, length, (page, from, to, at) => {
        const bytes = pages.get(page);
        if (bytes === undefined) into.fill(0, at, at + to - from);
        else into.set(bytes.subarray(from, to), at);
      });
      return length;
    },
    write(offset, bytes) {
      forEachPart(offset, bytes.length, (page, from, to, at) => {
        const kept = pages.get(page) ?? new Uint8Array(PAGE_BYTES);
        pages.set(page, kept);
        kept.set(bytes.subarray(at, at + to - from), from);
      });
      size = Math.max(size, offset + bytes.length);
    },
    flush: () => undefined,
    close: () => undefined,
    async remove() {
      pages.clear();
      size = 0;
    },
  };
}
