/** What suggestions are called, in the list and in the history. */
import type { IntervalSuggestion } from '../../../../workers/interval-suggestions.ts';
import type { GreyInterval } from '../../../declaration/parameters.ts';
import { groupedGrey } from './bars.ts';

function listed(values: readonly number[]): string {
  return values.map(groupedGrey).join(', ');
}

export function suggestionTitle({ method, values, intervals }: IntervalSuggestion): string {
  const several = values.length === 1 ? '' : 's';
  if (method === 'otsu') return `Otsu threshold${several} ${listed(values)}`;
  if (method === 'valleys')
    return `${values.length === 1 ? 'valley' : 'valleys'} between peaks ${listed(values)}`;
  return `markers around ${intervals.length} peaks ${listed(values)}`;
}

/** The suggestion's intervals, by the names of those before where there are as many. */
export function withNames(
  intervals: readonly GreyInterval[],
  before: readonly GreyInterval[] | null,
): readonly GreyInterval[] {
  if (before?.length !== intervals.length) return intervals;
  return intervals.map((interval, i) => ({ ...interval, name: before[i]?.name ?? interval.name }));
}
