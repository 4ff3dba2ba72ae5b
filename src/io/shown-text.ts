/** Text from file headers, made fit to be shown. */

const MAX_TAGS = 256;
const MAX_KEY_CHARACTERS = 200;
const MAX_VALUE_CHARACTERS = 4096;

/** Control characters but tab and line feed, and marks that reorder what is around them. */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** At most 256 tags of at most 4 KiB each, without hidden characters. Empty values are left out. */
export function shownTags(
  entries: Iterable<readonly [key: string, value: string]>,
): Readonly<Record<string, string>> {
  const tags = new Map<string, string>();
  for (const [key, value] of entries) {
    if (tags.size === MAX_TAGS) break;
    const shown = value.replace(HIDDEN, '').trim().slice(0, MAX_VALUE_CHARACTERS);
    if (shown !== '') tags.set(key.replace(HIDDEN, '').slice(0, MAX_KEY_CHARACTERS), shown);
  }
  return Object.fromEntries(tags);
}
