/**
 * What changed between two plain documents (objects, lists, texts, numbers, flags, null), as plain
 * data that makes the second of the first. Parts that are the same object are not looked into, so
 * the cost is that of what changed.
 */

export type Plain =
  | string
  | number
  | boolean
  | null
  | readonly Plain[]
  | { readonly [key: string]: Plain };

type PlainObject = { readonly [key: string]: Plain };

export type Patch =
  /** Another value in its place. */
  | readonly ['=', Plain]
  /** Entries of an object: changed or added ones, and those that are gone. */
  | readonly ['{', readonly (readonly [key: string, patch: Patch])[], readonly string[]]
  /** From an index of a list so many elements go, and these come. */
  | readonly ['[', number, number, readonly Plain[]]
  /** Elements of a list by index. */
  | readonly ['#', readonly (readonly [index: number, patch: Patch])[]];

function isObject(value: Plain): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}

/** null where they are equal. */
export function patchBetween(before: Plain, after: Plain): Patch | null {
  if (Object.is(before, after)) return null;
  if (isList(before) && isList(after)) return listPatch(before, after);
  if (isObject(before) && isObject(after)) return objectPatch(before, after);
  return ['=', after];
}

function objectPatch(before: PlainObject, after: PlainObject): Patch | null {
  const changed = Object.entries(after).flatMap(([key, value]): [string, Patch][] => {
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    const patch: Patch | null = old === undefined ? ['=', value] : patchBetween(old, value);
    return patch === null ? [] : [[key, patch]];
  });
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  return changed.length === 0 && gone.length === 0 ? null : ['{', changed, gone];
}

function listPatch(before: readonly Plain[], after: readonly Plain[]): Patch | null {
  const isSame = (a: Plain | undefined, b: Plain | undefined): boolean =>
    a !== undefined && b !== undefined && patchBetween(a, b) === null;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && isSame(before[start], after[start])) start += 1;
  let end = 0;
  while (end < shorter - start && isSame(before.at(-1 - end), after.at(-1 - end))) end += 1;
  const [gone, come] = [before.length - start - end, after.length - start - end];
  if (gone === 0 && come === 0) return null;
  if (gone !== come) return ['[', start, gone, after.slice(start, start + come)];
  const elements = after.slice(start, start + come).flatMap((value, i): [number, Patch][] => {
    const patch = patchBetween(before[start + i] as Plain, value);
    return patch === null ? [] : [[start + i, patch]];
  });
  return ['#', elements];
}

/** The document that the patch was made for; `before` stays as it is. */
export function patched(before: Plain, patch: Patch): Plain {
  switch (patch[0]) {
    case '=':
      return patch[1];
    case '{': {
      if (!isObject(before)) throw new TypeError('The patch is of an object.');
      const [, changed, gone] = patch;
      // Entries, since a key may be called __proto__.
      const entries = new Map(Object.entries(before).filter(([key]) => !gone.includes(key)));
      for (const [key, part] of changed) entries.set(key, patched(entries.get(key) ?? null, part));
      return Object.fromEntries(entries);
    }
    case '[': {
      if (!isList(before)) throw new TypeError('The patch is of a list.');
      return before.toSpliced(patch[1], patch[2], ...patch[3]);
    }
    case '#': {
      if (!isList(before)) throw new TypeError('The patch is of a list.');
      const list = [...before];
      for (const [index, part] of patch[1]) list[index] = patched(list[index] ?? null, part);
      return list;
    }
  }
}
