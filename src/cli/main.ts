/**
 * The command line. Exit codes: 0 done, 1 an error the user can correct, 2 wrong usage, 70 a bug,
 * 128 + n ended by signal n (130: interrupted). Results go to stdout, everything else to stderr.
 */
import { constants } from 'node:os';
import { VERSION } from '../engine/version.ts';
import { isCancelled, isUserError, UserError } from '../errors/errors.ts';
import type { KernelHost } from '../wasm/kernel-host.ts';
import { COMMAND_NAMES, COMMANDS, type CommandName, isCommandName } from './about.ts';
import type { Command } from './command.ts';
import { describeFileError } from './files.ts';
import { removeUnfinished } from './outputs.ts';
import { nearest } from './suggestion.ts';
import { createProgressLine, oneLine, styleFor, wrap } from './terminal.ts';

/** Loaded when called, so that `--version` and `--help` answer at once. */
const LOADERS: Readonly<Record<CommandName, () => Promise<Command>>> = {
  run: async () => (await import('./commands/run.ts')).run,
  analyze: async () => (await import('./commands/analyze.ts')).analyze,
  apply: async () => (await import('./commands/apply.ts')).apply,
  info: async () => (await import('./commands/info.ts')).info,
  surface: async () => (await import('./commands/surface.ts')).surface,
  phantom: async () => (await import('./commands/phantom.ts')).phantom,
  bundle: async () => (await import('./commands/bundle.ts')).bundle,
  verify: async () => (await import('./commands/verify.ts')).verify,
};

/** Results kept while one command runs; nothing is run twice, so little is enough. */
const CACHE_BYTES = 2 ** 30;

/** How long a cancelled command may take to end by itself. */
const GRACE_MS = 500;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function overallHelp(width: number): string {
  const commands = COMMAND_NAMES.map(
    (name) =>
      `  tauscope ${COMMANDS[name].usage}\n${wrap(COMMANDS[name].summary, width, '      ')}`,
  );
  return `${[
    'Usage: tauscope <command> …',
    wrap(
      'From a CT stack to porosity and tortuosity factor: the same operations and the same bits as in the browser.',
      width,
    ),
    `Commands:\n${commands.join('\n')}`,
    [
      'tauscope <command> --help       the options of a command',
      'tauscope apply <operation> -h   the parameters of an operation',
      'tauscope phantom <name> -h      the parameters of a phantom',
      'tauscope --version              the version',
    ].join('\n'),
    wrap(
      'An input is a file, a folder of TIFF slices, several slices, or a web address (https://…). TAUSCOPE_THREADS sets the number of threads; results do not depend on it.',
      width,
    ),
    wrap(
      'Exit codes: 0 done, 1 input or recipe at fault, 2 wrong usage, 70 a bug, 130 interrupted.',
      width,
    ),
  ].join('\n\n')}\n`;
}

function noSuchCommand(name: string): UserError {
  const meant = nearest(name, COMMAND_NAMES);
  return new UserError(
    'usage',
    meant === null
      ? `There is no command "${name}"; the commands are ${COMMAND_NAMES.join(', ')}.`
      : `There is no command "${name}"; did you mean ${meant}?`,
  );
}

const STDOUT = 'Standard output';

/** A file as standard output reports a full disk by throwing, a pipe by an event. */
function writeOut(text: string): void {
  try {
    process.stdout.write(text);
  } catch (cause) {
    throw describeFileError(cause, STDOUT, 'written');
  }
}

/** Arguments before "--" that ask for help. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).some((arg) => arg === '--help' || arg === '-h');
}

function isQuiet(args: readonly string[]): boolean {
  return args.includes('--quiet') || args.includes('-q');
}

async function main(args: readonly string[]): Promise<void> {
  const [name, ...rest] = args;
  const { textWidth } = styleFor(process.stdout, process.env);
  if (name === '--version' || name === '-V') {
    writeOut(`tauscope ${VERSION}\n`);
    return;
  }
  if (name === undefined) {
    process.stderr.write(overallHelp(styleFor(process.stderr, process.env).textWidth));
    process.exitCode = 2;
    return;
  }
  if (name === '--help' || name === '-h' || (name === 'help' && rest.length === 0)) {
    writeOut(overallHelp(textWidth));
    return;
  }
  if (name === 'help') {
    await main([...rest, '--help']);
    return;
  }
  if (name.startsWith('-')) {
    throw new UserError('usage', `There is no option ${name}; see tauscope --help.`);
  }
  if (!isCommandName(name)) throw noSuchCommand(name);
  const command = await LOADERS[name]();
  if (asksForHelp(rest)) {
    const topic = rest.find((arg) => !arg.startsWith('-')) ?? null;
    writeOut(await command.help(topic, textWidth));
    return;
  }
  await runCommand(command, rest);
}

function assertThreadsAreSane(): void {
  const text = process.env['TAUSCOPE_THREADS'];
  if (text === undefined || text === '' || /^[1-9]\d*$/.test(text)) return;
  throw new UserError(
    'usage',
    `TAUSCOPE_THREADS is "${text}": it must be a whole number from 1 up.`,
  );
}

async function runCommand(command: Command, args: readonly string[]): Promise<void> {
  assertThreadsAreSane();
  const controller = new AbortController();
  const stopped = stopOnSignals(controller);
  const quiet = isQuiet(args);
  const line = createProgressLine(process.stderr, process.env, quiet);
  let kernels: KernelHost | null = null;
  try {
    await command.run(args, {
      signal: controller.signal,
      style: styleFor(process.stdout, process.env),
      print: (text) => {
        line.clear();
        writeOut(text);
      },
      remark: (text) => {
        if (quiet) return;
        line.clear();
        process.stderr.write(`tauscope: ${oneLine(text)}\n`);
      },
      progress: (text, fraction) => line.update(text, fraction),
      createEngine: async () => {
        const [{ host }, { createKernelHost }, { createEngine }] = await Promise.all([
          import('#host'),
          import('../wasm/kernel-host.ts'),
          import('../engine/engine.ts'),
        ]);
        kernels = createKernelHost(host);
        return createEngine(host, kernels, CACHE_BYTES);
      },
    });
  } finally {
    line.clear();
    stopped.release();
    (kernels as KernelHost | null)?.dispose();
  }
}

/** The first signal cancels; a second, or a command that does not end in time, ends the process. */
function stopOnSignals(controller: AbortController): { release(): void } {
  let timer: NodeJS.Timeout | null = null;
  const end = (code: number): never => {
    removeUnfinished();
    process.exit(code);
  };
  const handlers = SIGNALS.map((signal) => {
    const code = 128 + constants.signals[signal];
    const handler = (): void => {
      if (controller.signal.aborted) end(code);
      signalCode = code;
      controller.abort();
      timer = setTimeout(() => end(code), GRACE_MS);
    };
    process.on(signal, handler);
    return [signal, handler] as const;
  });
  return {
    release() {
      if (timer !== null) clearTimeout(timer);
      for (const [signal, handler] of handlers) process.removeListener(signal, handler);
    },
  };
}

/** The exit code of the signal that cancelled the command. */
let signalCode = 128 + constants.signals.SIGINT;

function isOutOfMemory(error: unknown): boolean {
  return (
    error instanceof RangeError &&
    /allocation failed|Invalid typed array length|Invalid array buffer length/i.test(error.message)
  );
}

/** Tells an error in one line, a bug with its stack, and sets the exit code. */
function fail(error: unknown): void {
  if (isCancelled(error)) {
    process.exitCode = signalCode;
    return;
  }
  if (isOutOfMemory(error)) {
    process.stderr.write(
      'tauscope: The memory that this needs cannot be had: crop the volume or use a machine with more.\n',
    );
    process.exitCode = 1;
    return;
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`tauscope: ${oneLine(message)}\n`);
  if (isUserError(error)) {
    process.exitCode = error.code === 'usage' ? 2 : 1;
    return;
  }
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  process.stderr.write(`${stack}\nThis is a bug of Tauscope ${VERSION}, not of your data.\n`);
  process.exitCode = 70;
}

// `tauscope … | head` closes our output early; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  removeUnfinished();
  if (error.code !== 'EPIPE') fail(describeFileError(error, STDOUT, 'written'));
  process.exit();
});
process.stderr.on('error', () => {
  // Nobody is left to be told.
});
process.on('uncaughtException', (error) => {
  removeUnfinished();
  fail(error);
  process.exit();
});

main(process.argv.slice(2)).catch(fail);
