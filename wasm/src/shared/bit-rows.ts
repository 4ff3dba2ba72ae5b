/** Rows of bits, 64 to a word, one for each cell of a row of the grid; bits past the row are 0. */

/** First set bit at `x` or after it; `words * 64` where there is none. */
@inline
export function nextSet(row: usize, x: i32, words: i32): i32 {
  let word = x >> 6;
  if (word >= words) return words << 6;
  let rest = load<u64>(row + (<usize>word << 3)) & (~(<u64>0) << <u64>(x & 63));
  while (rest === 0) {
    word += 1;
    if (word === words) return words << 6;
    rest = load<u64>(row + (<usize>word << 3));
  }
  return (word << 6) + <i32>ctz(rest);
}

/** First clear bit after the set bit `x`; `words * 64` where there is none. */
@inline
export function nextClear(row: usize, x: i32, words: i32): i32 {
  let word = x >> 6;
  let rest = ~load<u64>(row + (<usize>word << 3)) & (~(<u64>0) << <u64>(x & 63));
  while (rest === 0) {
    word += 1;
    if (word === words) return words << 6;
    rest = ~load<u64>(row + (<usize>word << 3));
  }
  return (word << 6) + <i32>ctz(rest);
}

/** Last set bit at `x` or before it, of which there must be one. */
@inline
export function lastSet(row: usize, x: i32): i32 {
  let word = x >> 6;
  let rest = load<u64>(row + (<usize>word << 3)) & (~(<u64>0) >> <u64>(63 - (x & 63)));
  while (rest === 0) {
    word -= 1;
    rest = load<u64>(row + (<usize>word << 3));
  }
  return (word << 6) + 63 - <i32>clz(rest);
}

/** First bit of the set bits that end with the set bit `x`. */
@inline
export function firstSet(row: usize, x: i32): i32 {
  let word = x >> 6;
  let rest = ~load<u64>(row + (<usize>word << 3)) & (~(<u64>0) >> <u64>(63 - (x & 63)));
  while (rest === 0) {
    if (word === 0) return 0;
    word -= 1;
    rest = ~load<u64>(row + (<usize>word << 3));
  }
  return (word << 6) + 64 - <i32>clz(rest);
}

/** Clears bits [start, end). */
@inline
export function clearBits(row: usize, start: i32, end: i32): void {
  for (let word = start >> 6; word <= (end - 1) >> 6; word++) {
    const base = word << 6;
    let mask = ~(<u64>0);
    if (start > base) mask &= ~(<u64>0) << <u64>(start - base);
    if (end < base + 64) mask &= ~(<u64>0) >> <u64>(base + 64 - end);
    const at = row + (<usize>word << 3);
    store<u64>(at, load<u64>(at) & ~mask);
  }
}
