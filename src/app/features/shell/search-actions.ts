/** Which actions a query means. */
import type { Action } from '../../action.ts';

function rank(title: string, rest: string, words: readonly string[]): number | null {
  const all = `${title} ${rest}`.toLowerCase();
  if (!words.every((word) => all.includes(word))) return null;
  const name = title.toLowerCase();
  const first = words[0] ?? '';
  if (name.startsWith(words.join(' '))) return 0;
  if (words.every((word) => name.includes(word))) return name.startsWith(first) ? 1 : 2;
  return 3;
}

/**
 * Actions that have every word of the query in their title, group or keywords: those with the words
 * in the title first, else in the order of their declaration.
 */
export function searchActions(
  actions: readonly Action[],
  query: string,
  titleOf: (action: Action) => string = ({ title }) => title,
): readonly Action[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return actions
    .flatMap((action) => {
      const place = rank(
        titleOf(action),
        `${action.title} ${action.group} ${action.summary} ${action.keywords}`,
        words,
      );
      return place === null ? [] : [{ action, place }];
    })
    .toSorted((a, b) => a.place - b.place)
    .map(({ action }) => action);
}
