/**
 * The command line. Exit codes: 0 done, 1 an error the user can correct, 2 wrong usage, 70 a bug,
 * 130 interrupted. Results go to stdout, everything else to stderr.
 */
import { host } from '#host';
import { createEngine } from '../engine/engine.ts';
import { VERSION } from '../engine/version.ts';
import { isCancelled, isUserError, UserError } from '../errors/errors.ts';
import { createKernelHost, type KernelHost } from '../wasm/kernel-host.ts';
import { wrap } from './terminal.ts';
import type { Command } from './command.ts';
import { analyze } from './commands/analyze.ts';
import { apply, operationHelp } from './commands/apply.ts';
import { info } from './commands/info.ts';
import { phantom } from './commands/phantom.ts';
import { run } from './commands/run.ts';
import { createProgressLine } from './terminal.ts';

const COMMANDS: readonly Command[] = [run, analyze, apply, info, phantom];

/** Results kept while one command runs; nothing is run twice, so little is enough. */
const CACHE_BYTES = 2 ** 30;

function overallHelp(): string {
  const commands = COMMANDS.map(
    ({ usage, summary }) => `  tauscope ${usage}\n${wrap(summary, 88, '      ')}`,
  );
  return `${[
    'Usage: tauscope <command> …',
    'From a CT stack to porosity and tortuosity factor: the same operations and the same bits as in the browser.',
    `Commands:\n${commands.join('\n')}`,
    'tauscope <command> --help tells a command’s options; tauscope --version the version.\nTAUSCOPE_THREADS sets the number of threads; results do not depend on it.',
  ].join('\n\n')}\n`;
}

async function main(args: readonly string[]): Promise<void> {
  const [name, ...rest] = args;
  if (name === '--version' || name === '-V') {
    process.stdout.write(`tauscope ${VERSION}\n`);
    return;
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(overallHelp());
    if (name === undefined) process.exitCode = 2;
    return;
  }
  const command = COMMANDS.find((each) => each.name === name);
  if (command === undefined) {
    throw new UserError(
      'usage',
      `There is no command "${name}"; the commands are ${COMMANDS.map((each) => each.name).join(', ')}.`,
    );
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    const [topic] = rest;
    const ofOperation = command === apply && topic !== undefined && !topic.startsWith('-');
    process.stdout.write(ofOperation ? await operationHelp(topic) : await command.help());
    return;
  }
  await runCommand(command, rest);
}

async function runCommand(command: Command, args: readonly string[]): Promise<void> {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const line = createProgressLine(process.stderr, false);
  let kernels: KernelHost | null = null;
  try {
    await command.run(args, {
      signal: controller.signal,
      print: (text) => {
        line.clear();
        process.stdout.write(text);
      },
      remark: (text) => {
        line.clear();
        process.stderr.write(`tauscope: ${text}\n`);
      },
      progress: (text, fraction) => line.update(text, fraction),
      createEngine: () => {
        kernels ??= createKernelHost(host);
        return createEngine(host, kernels, CACHE_BYTES);
      },
    });
  } finally {
    line.clear();
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
    (kernels as KernelHost | null)?.dispose();
  }
}

function exitCodeOf(error: unknown): number {
  if (isCancelled(error)) return 130;
  if (!isUserError(error)) return 70;
  return error.code === 'usage' ? 2 : 1;
}

// `tauscope … | head` closes our output early; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

main(process.argv.slice(2)).catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`tauscope: ${message}\n`);
  if (!isUserError(error) && !isCancelled(error)) {
    const stack = error instanceof Error ? error.stack : undefined;
    process.stderr.write(`${stack ?? ''}\nThis is a bug of Tauscope, not of your data.\n`);
  }
  process.exitCode = exitCodeOf(error);
});
