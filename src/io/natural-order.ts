/** Order of numbered file names as people count: `img2` before `img10`, `slice_0999` before `slice_1000`. */

/** Text and digit runs in turn; the first is text, maybe empty. */
export function splitDigits(name: string): readonly string[] {
  return name.split(/(\d+)/);
}

function withoutZeros(digits: string): string {
  return digits.replace(/^0+(?=\d)/, '');
}

/** Compares digit runs as whole numbers of any length. */
export function compareDigits(a: string, b: string): number {
  const [left, right] = [withoutZeros(a), withoutZeros(b)];
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * Natural order: digit runs by value, text by code unit without regard to case; then by the plain
 * strings, so that only equal names compare equal. The same on every host and in every language.
 */
export function compareNatural(a: string, b: string): number {
  const left = splitDigits(a);
  const right = splitDigits(b);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i] ?? '', right[i] ?? ''];
    if (i % 2 === 1) {
      const order = compareDigits(x, y);
      if (order !== 0) return order;
      continue;
    }
    const [lowX, lowY] = [x.toLowerCase(), y.toLowerCase()];
    if (lowX !== lowY) return lowX < lowY ? -1 : 1;
  }
  if (left.length !== right.length) return left.length - right.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
