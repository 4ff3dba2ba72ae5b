/**
 * From older versions of the session document to the present one. Each entry is a pure function of
 * the document of its version and gives one of the next. Documents of every past version are kept in
 * `tests/golden/sessions`.
 */
import { UserError } from '../errors/errors.ts';

type Migration = (document: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** By the version that it starts from. */
const MIGRATIONS: Readonly<Record<number, Migration>> = {};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The document as version `current` has it; what is no session document is given back as it is, for
 * the schema to refuse. Throws `session/malformed` for a version from the future.
 */
export function migrate(
  document: unknown,
  current: number,
  migrations: Readonly<Record<number, Migration>> = MIGRATIONS,
): unknown {
  if (!isObject(document)) return document;
  const { version } = document;
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1) return document;
  if (version > current) {
    throw new UserError(
      'session/malformed',
      `The session has version ${version}, which is newer than this program knows (${current}): update Tauscope.`,
      { version },
    );
  }
  let migrated: Record<string, unknown> = document;
  for (let from = version; from < current; from++) {
    const step = migrations[from];
    if (step === undefined) return document;
    migrated = { ...step(migrated), version: from + 1 };
  }
  return migrated;
}
