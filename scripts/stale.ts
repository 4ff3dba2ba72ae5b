/** Decides by modification times whether something built is older than what it is built from. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Folders count too: their time changes when a file in them goes. */
function newestIn(path: string): number {
  let stats: ReturnType<typeof statSync>;
  try {
    stats = statSync(path);
  } catch {
    return 0;
  }
  if (!stats.isDirectory()) return stats.mtimeMs;
  return readdirSync(path).reduce(
    (newest, name) => Math.max(newest, newestIn(join(path, name))),
    stats.mtimeMs,
  );
}

/** True where `output` is missing or older than any of the sources (files or folders). */
export function isStale(output: string, sources: readonly string[]): boolean {
  const built = newestIn(output);
  return built === 0 || sources.some((source) => newestIn(source) > built);
}
