// Where the host puts a chunk. Streams are decoded from `input` to `output`; the host leaves at least
// PADDING bytes behind the end of each, which may be read or overwritten but mean nothing.

/** More than any load, store or refill may go past an end. */
export const PADDING: usize = 64;

/** The first byte behind this module's own tables. */
export function arenaStart(): usize {
  return (__heap_base + 63) & ~63;
}

/** Copies `length` bytes to `to` from lower addresses, `distance` = to - from ≥ 1; overlap repeats. */
// @ts-ignore: decorator
@inline
export function copyMatch(to: usize, distance: usize, length: usize): void {
  let from = to - distance;
  const end = to + length;
  if (distance >= 16) {
    do {
      v128.store(to, v128.load(from));
      to += 16;
      from += 16;
    } while (to < end);
  } else if (distance >= 8) {
    do {
      store<u64>(to, load<u64>(from));
      to += 8;
      from += 8;
    } while (to < end);
  } else {
    do {
      store<u8>(to++, load<u8>(from++));
    } while (to < end);
  }
}
