/** The counts of a histogram as a table for other programs. */
import type { Histogram } from '../../../../workers/engine-api.ts';

/**
 * One line for each bin, empty ones as well: the whole grey value where bins are exact, else the
 * two edges of the bin. UTF-8 text with CRLF, as RFC 4180 has it.
 */
export function histogramCsv({ start, binWidth, counts, exact }: Histogram): string {
  const edge = (bin: number): string => String(Number((start + bin * binWidth).toPrecision(12)));
  const lines = Array.from(counts, (count, bin) =>
    exact
      ? `${Math.round(start + (bin + 0.5) * binWidth)},${count}`
      : `${edge(bin)},${edge(bin + 1)},${count}`,
  );
  return [exact ? 'grey value,count' : 'from,to,count', ...lines, ''].join('\r\n');
}
