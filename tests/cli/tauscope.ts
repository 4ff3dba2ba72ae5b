/** The built command line as a child process, in a folder of its own for each test file. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isStale } from '../../scripts/stale.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const ENTRY = resolve(root, 'dist/cli/tauscope.js');
const SOURCES = ['src', 'vite.cli.config.ts', 'package-lock.json'];
const LOCK = resolve(root, '.cache/cli-build');

function isBuilt(): boolean {
  return !isStale(
    ENTRY,
    SOURCES.map((source) => resolve(root, source)),
  );
}

/** Builds the command line where a source is newer; test files that start together build it once. */
export async function buildCommandLine(): Promise<void> {
  if (isBuilt()) return;
  mkdirSync(dirname(LOCK), { recursive: true });
  for (;;) {
    try {
      mkdirSync(LOCK);
      break;
    } catch {
      await wait(100);
      if (isBuilt()) return;
    }
  }
  try {
    const tsx = resolve(root, 'node_modules/tsx/dist/cli.mjs');
    const { status, stderr } = spawnSync(
      process.execPath,
      [tsx, 'scripts/build-cli.ts', '--if-stale'],
      { cwd: root, encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`The command line was not built: ${stderr}`);
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with the running process. */
  readonly onStart?: (child: ReturnType<typeof spawn>) => void;
}

export interface Workplace {
  readonly folder: string;
  path(...parts: string[]): string;
  /** Writes a file, its folders too, and returns its path. */
  write(name: string, content: Uint8Array | string | object): string;
  read(name: string): string;
  /** Names in a folder below, or [] where there is none. */
  list(name?: string): readonly string[];
  /** Runs `tauscope` in the folder. */
  run(args: readonly string[], options?: RunOptions): Promise<Ended>;
  remove(): void;
}

export function createWorkplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), 'tauscope-cli-'));
  const path = (...parts: string[]): string => join(folder, ...parts);
  return {
    folder,
    path,
    write(name, content) {
      const file = path(name);
      mkdirSync(dirname(file), { recursive: true });
      const isData = typeof content === 'string' || content instanceof Uint8Array;
      writeFileSync(file, isData ? content : JSON.stringify(content));
      return file;
    },
    read: (name) => readFileSync(path(name), 'utf8'),
    list(name = '.') {
      try {
        return readdirSync(path(name)).toSorted();
      } catch {
        return [];
      }
    },
    run: (args, { environment = {}, onStart } = {}) =>
      new Promise((done, fail) => {
        const { COLUMNS: _columns, TAUSCOPE_THREADS: _threads, ...inherited } = process.env;
        const child = spawn(process.execPath, [ENTRY, ...args], {
          cwd: folder,
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { ...inherited, TAUSCOPE_THREADS: '1', ...environment },
        });
        const parts = { stdout: '', stderr: '' };
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          parts.stdout += text;
        });
        child.stderr.setEncoding('utf8').on('data', (text: string) => {
          parts.stderr += text;
        });
        child.on('error', fail);
        child.on('close', (code) => done({ code, ...parts }));
        onStart?.(child);
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A recipe document of these steps, each `[operation, params]`, with the operation as its id. */
export function recipeOf(
  ...steps: readonly (readonly [operation: string, params?: object])[]
): object {
  return {
    format: 'tauscope-recipe',
    version: 1,
    title: 'test',
    steps: steps.map(([operation, params = {}]) => ({
      id: operation,
      operation,
      version: 1,
      params,
      enabled: true,
    })),
  };
}
