/** `tauscope verify`: re-runs a session and compares every number that it claims. */
import { basename, dirname } from 'node:path';
import type { ResultTable } from '../../declaration/results.ts';
import { createBreathe } from '../../engine/breathe.ts';
import type { Engine } from '../../engine/engine.ts';
import {
  type Verification,
  verdictText,
  verificationHtml,
  verificationOf,
  verificationText,
} from '../../engine/verification.ts';
import { type DatasetCheck, verifyDataset } from '../../engine/verify.ts';
import { cancelled, UserError } from '../../errors/errors.ts';
import type { ByteSource } from '../../io/format.ts';
import { openVolume } from '../../io/open.ts';
import { looksLikeBundle, type OpenedBundle, openBundle } from '../../session/bundle.ts';
import { checkFiles } from '../../session/data-check.ts';
import { isSessionFragment, parseSessionFragment } from '../../session/link.ts';
import { parseSessionText, type Session, type SessionDataset } from '../../session/session.ts';
import { digestBytes } from '../../volume/digest.ts';
import { createSpacing } from '../../volume/length.ts';
import { parseRawLayout } from '../../volume/raw-layout.ts';
import { withKind, withSpacing } from '../../volume/volume.ts';
import { COMMANDS } from '../about.ts';
import {
  formatHelp,
  JSON_OPTION,
  type OwnOption,
  parseArguments,
  QUIET_OPTION,
} from '../arguments.ts';
import type { Command, Surroundings } from '../command.ts';
import { openSources, readText } from '../files.ts';
import { assertWritable, writeFiles } from '../outputs.ts';
import { formatTable } from '../terminal.ts';

const REPORT: OwnOption = {
  name: 'report',
  type: 'string',
  flag: '--report <file.html>',
  text: 'Writes every claimed number beside the one that comes out as one HTML page.',
};
const OPTIONS = [REPORT, JSON_OPTION, QUIET_OPTION];
const HEAD_BYTES = 4;

export const verify: Command = {
  help: (_topic, width) =>
    Promise.resolve(
      formatHelp({
        about: COMMANDS.verify,
        width,
        sections: [{ title: 'Options', flags: OPTIONS }],
        closing: [
          'A session is a bundle (.tauscope.zip), a session file (.json), or a link in quotes. Data that are not in the bundle are named after it; a file is recognised by its content, whatever its name. Nothing is fetched from the network.',
          'The exit code is 0 where every claim holds, and 1 where one differs.',
        ],
      }),
    ),
  async run(args, surroundings) {
    const { positionals, options } = parseArguments(args, OPTIONS);
    const [name, ...inputs] = positionals;
    if (name === undefined) {
      throw new UserError('usage', 'verify needs a session; see tauscope verify --help.');
    }
    const page = options['report'];
    if (typeof page === 'string') {
      await assertWritable(dirname(page), [basename(page)], positionals);
    }
    const opened = await openSession(name, surroundings.signal);
    const engine = await surroundings.createEngine();
    const given = inputs.length === 0 ? [] : await openSources(inputs);
    const checks: DatasetCheck[] = [];
    for (const dataset of opened.session.datasets) {
      checks.push(await verifyOne(engine, opened, dataset, given, surroundings));
      engine.trim();
    }
    const { host } = await import('#host');
    const kernels = digestBytes(await host.kernelBytes());
    const verification = verificationOf(opened.session, checks, kernels);
    if (typeof page === 'string') {
      const date = new Date().toISOString().slice(0, 10);
      const html = { name: basename(page), content: verificationHtml(verification, date) };
      await writeFiles(dirname(page), [html], surroundings.signal);
    }
    surroundings.print(
      options['json'] === true
        ? verificationText(verification)
        : `${formatTable(summaryOf(verification), surroundings.style)}\n`,
    );
    if (verification.verdict === 'differs') throw differing(name, checks);
  },
};

/** A session with the files that it brings along: none where it is no bundle. */
type OpenedSession = Pick<OpenedBundle, 'session' | 'filesOf'>;

function withoutData(session: Session): OpenedSession {
  return { session, filesOf: () => Promise.resolve([]) };
}

async function openSession(name: string, signal: AbortSignal): Promise<OpenedSession> {
  const fragment = name.slice(Math.max(0, name.indexOf('#')));
  if (isSessionFragment(fragment)) return withoutData(await parseSessionFragment(fragment));
  const [source, ...more] = await openSources([name]);
  if (source === undefined || more.length > 0) {
    throw new UserError('usage', `${name} is a folder; name a bundle or a session file.`);
  }
  if (looksLikeBundle(source.name, await source.read(0, HEAD_BYTES))) {
    return openBundle(source, { signal });
  }
  const text = await readText(name);
  if (text === null) {
    throw new UserError(
      'session/malformed',
      `${name} is neither a bundle (.tauscope.zip) nor a session file.`,
      { file: name },
    );
  }
  return withoutData(parseSessionText(text, name));
}

async function verifyOne(
  engine: Engine,
  { session, filesOf }: OpenedSession,
  dataset: SessionDataset,
  given: readonly ByteSource[],
  { signal, progress, remark }: Surroundings,
): Promise<DatasetCheck> {
  const { host } = await import('#host');
  const breathe = createBreathe(host, signal);
  const bundled = await filesOf(dataset.id, { signal });
  const sources = bundled.length > 0 ? bundled : await sourcesOf(dataset, session, given, breathe);
  progress(`reading ${dataset.name}`, 0);
  const files = await checkFiles(dataset, sources, breathe);
  const { dataset: path, raw, kind, voxelSize } = dataset.opened;
  const { volume } = await openVolume(sources, {
    signal,
    kind,
    progress: (fraction) => progress(`reading ${dataset.name}`, fraction),
    ...(path === undefined ? {} : { dataset: path }),
    ...(raw === undefined ? {} : { raw: parseRawLayout(raw, dataset.name) }),
  });
  if (signal.aborted) throw cancelled();
  const spacing = voxelSize === null ? null : createSpacing(voxelSize.values, voxelSize.unit);
  const claimed = withSpacing(withKind(volume, kind), spacing);
  for (const { path: file, verdict } of files) {
    if (verdict !== 'equal') remark(`${file} is not the file that the session names`);
  }
  return verifyDataset(engine, session, dataset, claimed, files, breathe, {
    signal,
    onEvent: (event) => {
      if (event.kind === 'progress') progress(event.stepId, event.overall);
    },
  });
}

/** The given files that the dataset names, by content; all of them where nothing else can be meant. */
async function sourcesOf(
  dataset: SessionDataset,
  session: Session,
  given: readonly ByteSource[],
  breathe: () => Promise<void>,
): Promise<readonly ByteSource[]> {
  const wanted: ByteSource[] = [];
  for (const source of given) {
    const checks = await checkFiles(dataset, [source], breathe);
    if (checks.some(({ verdict }) => verdict === 'equal')) wanted.push(source);
  }
  if (wanted.length > 0) return wanted;
  if (session.datasets.length === 1 && given.length > 0) return given;
  const [file] = dataset.files;
  throw new UserError(
    'usage',
    `The data of ${dataset.name} are not in the session: name the ${dataset.files.length === 1 ? `file ${file?.path} (${file?.bytes} bytes, SHA-256 ${file?.sha256})` : `${dataset.files.length} files that begin with ${file?.path}`} after it.`,
    { dataset: dataset.id },
  );
}

/** One row for each thing that was checked. */
function summaryOf(verification: Verification): ResultTable {
  const column = (id: string, title: string) => ({ id, title, symbol: '', unit: '', help: '' });
  const rows = verification.datasets.flatMap(({ name, data, steps }) => [
    {
      dataset: name,
      what: 'Input',
      numbers: null,
      differing: null,
      verdict: verdictText(data.voxels),
    },
    ...steps.map(({ step, title, numbers, verdict }) => ({
      dataset: name,
      what: `${title} (${step})`,
      numbers: numbers.length,
      differing: numbers.filter((each) => each.verdict === 'differs').length,
      verdict: verdictText(verdict),
    })),
  ]);
  return {
    id: 'verification',
    title: 'Verification',
    columns: [
      column('dataset', 'Dataset'),
      column('what', 'What'),
      column('numbers', 'Numbers'),
      column('differing', 'Differing'),
      column('verdict', 'Verdict'),
    ],
    rows,
    notes: verification.datasets.flatMap(({ firstDifference }) =>
      firstDifference === null ? [] : [firstDifference],
    ),
  };
}

function differing(name: string, checks: readonly DatasetCheck[]): UserError {
  const first = checks.find(({ firstDifference }) => firstDifference !== null)?.firstDifference;
  return new UserError(
    'session/differs',
    `${name} does not hold what it claims: ${first ?? 'see the table'}`,
    { file: name },
  );
}
