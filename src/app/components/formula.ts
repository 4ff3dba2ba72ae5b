/** Finds the indices in a formula written as plain text. */

export interface FormulaPart {
  readonly text: string;
  /** Whether it is an index. */
  readonly low: boolean;
}

/** A letter with an underscore and its index, or the D0 of free diffusion. */
const INDEXED = /(?<=\p{L})_(\p{L}+|\d+)|(?<=\bD)(0)\b/gu;

export function formulaParts(text: string): readonly FormulaPart[] {
  const parts: FormulaPart[] = [];
  let from = 0;
  for (const match of text.matchAll(INDEXED)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index), low: false });
    parts.push({ text: match[1] ?? match[2] ?? '', low: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), low: false });
  return parts;
}
