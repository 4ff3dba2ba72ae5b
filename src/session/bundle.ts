/**
 * A bundle: one ZIP archive with the session, optionally its data, the results as files that anyone can
 * read, and RO-Crate metadata. Any ZIP tool opens it; this reads one that any tool wrote.
 */
import { UserError } from '../errors/errors.ts';
import type { ByteSink } from '../io/byte-sink.ts';
import { DecodeJob } from '../io/decode-job.ts';
import type { ByteSource, ReadOptions } from '../io/format.ts';
import { readZipDirectory, readZipMember, zipMemberStart, type ZipMember } from '../io/zip.ts';
import { writeZip, type ZipContent } from '../io/zip-writer.ts';
import { roCrateText } from './ro-crate.ts';
import { isSafePath, parseSessionText, type Session, sessionText } from './session.ts';

export const BUNDLE_EXTENSION = '.tauscope.zip';
const SESSION_NAME = 'session.json';
const CRATE_NAME = 'ro-crate-metadata.json';
const DATA_FOLDER = 'data';
const RESULTS_FOLDER = 'results';

const MAX_MEMBERS = 25_000;
const MAX_SESSION_BYTES = 2 ** 26;
/** Data that were compressed into the archive are unpacked into memory. */
const MAX_UNPACKED = 2 ** 31;

export interface BundleFile {
  /** The dataset that the file belongs to. */
  readonly dataset: string;
  readonly path: string;
  readonly content: ZipContent['content'];
}

export interface BundleParts {
  readonly session: Session;
  /** Files of the datasets; leave them out to share the session without its data. */
  readonly data: readonly BundleFile[];
  /** results.json, report.html, … of each dataset. */
  readonly results: readonly BundleFile[];
  /** Day in ISO 8601. */
  readonly date: string;
}

/** Writes the archive. Data are stored as they are; the same parts give the same bytes. */
export async function writeBundle(
  { session, data, results, date }: BundleParts,
  sink: ByteSink,
): Promise<void> {
  const files: readonly ZipContent[] = [
    { name: SESSION_NAME, content: sessionText(session) },
    ...inFolder(RESULTS_FOLDER, results),
    ...inFolder(DATA_FOLDER, data),
  ];
  const crate = roCrateText(
    session,
    files.map(({ name, content }) => ({
      name,
      bytes: typeof content === 'string' ? new TextEncoder().encode(content).length : content.size,
    })),
    date,
  );
  await writeZip([{ name: CRATE_NAME, content: crate }, ...files], sink);
}

function inFolder(folder: string, files: readonly BundleFile[]): readonly ZipContent[] {
  return files.map(({ dataset, path, content }) => ({
    name: `${folder}/${dataset}/${path}`,
    content,
  }));
}

export interface OpenedBundle {
  readonly session: Session;
  /** The files of a dataset that are in the bundle, as sources to open; empty where it has none. */
  filesOf(dataset: string, options?: ReadOptions): Promise<readonly ByteSource[]>;
}

/** Whether a file can only be a bundle, by its name and first bytes. */
export function looksLikeBundle(name: string, head: Uint8Array): boolean {
  const isZip = head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4;
  return isZip && name.toLowerCase().endsWith(BUNDLE_EXTENSION);
}

function malformed(source: ByteSource, problem: string): UserError {
  return new UserError('session/malformed', `${source.name} is no bundle of ours: ${problem}.`, {
    file: source.name,
  });
}

/**
 * Reads the directory and the session; data are read when asked for. Throws `session/malformed` for
 * names that lead out of their folder, that occur twice, or that differ in case alone.
 */
export async function openBundle(
  source: ByteSource,
  options: ReadOptions = {},
): Promise<OpenedBundle> {
  const members = await readZipDirectory(source);
  if (members.length > MAX_MEMBERS) {
    throw malformed(source, `it holds ${members.length} files, more than ${MAX_MEMBERS}`);
  }
  const files = members.filter(({ name }) => !name.endsWith('/'));
  assertNames(source, files);
  const member = files.find(({ name }) => name === SESSION_NAME);
  if (member === undefined) throw malformed(source, `it holds no ${SESSION_NAME}`);
  if (member.size > MAX_SESSION_BYTES) {
    throw malformed(source, `its ${SESSION_NAME} has ${member.size} bytes`);
  }
  const job = new DecodeJob(source.name, options, []);
  const text = new TextDecoder().decode(await readZipMember(source, member, job));
  const session = parseSessionText(text, `${SESSION_NAME} in ${source.name}`);
  return {
    session,
    filesOf: (dataset, own = {}) => filesOf(source, files, session, dataset, own),
  };
}

function assertNames(source: ByteSource, members: readonly ZipMember[]): void {
  const seen = new Set<string>();
  for (const { name } of members) {
    const shown = name.slice(0, 100);
    if (!isSafePath(name)) throw malformed(source, `the name ${shown} leads out of its folder`);
    const key = name.toLowerCase();
    if (seen.has(key)) throw malformed(source, `the name ${shown} occurs twice`);
    seen.add(key);
  }
}

async function filesOf(
  source: ByteSource,
  members: readonly ZipMember[],
  session: Session,
  dataset: string,
  options: ReadOptions,
): Promise<readonly ByteSource[]> {
  const found: ByteSource[] = [];
  const files = session.datasets.find(({ id }) => id === dataset)?.files ?? [];
  for (const { path } of files) {
    const member = members.find(({ name }) => name === `${DATA_FOLDER}/${dataset}/${path}`);
    if (member !== undefined) found.push(await memberSource(source, member, path, options));
  }
  return found;
}

/** A stored member is read in place; a compressed one is unpacked first. */
async function memberSource(
  source: ByteSource,
  member: ZipMember,
  path: string,
  options: ReadOptions,
): Promise<ByteSource> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const facts = { name, path: path === name ? '' : path, size: member.size };
  if (member.method === 0) {
    const at = await zipMemberStart(source, member);
    return {
      ...facts,
      read: (start, end) =>
        source.read(at + Math.min(start, member.size), at + Math.min(end, member.size)),
      ...(source.blob === undefined ? {} : { blob: source.blob.slice(at, at + member.size) }),
    };
  }
  if (member.size > MAX_UNPACKED) {
    throw new UserError(
      'file/limit',
      `${path} in ${source.name} is compressed and has ${(member.size / 2 ** 30).toFixed(1)} GiB: unpack the bundle and open the file beside it.`,
      { file: source.name },
    );
  }
  const bytes = await readZipMember(source, member, new DecodeJob(source.name, options, []));
  return {
    ...facts,
    read: (start, end) => Promise.resolve(bytes.slice(start, Math.max(start, end))),
  };
}
