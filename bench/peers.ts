/**
 * Programs that the kernels are measured against: Python libraries of the distribution, and C of
 * `bench/peers/native`. Each measurement is a process of its own, which reads the volume from a file,
 * times the call alone and prints what it cost.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as v from 'valibot';
import {
  type NumericVoxelArray,
  voxelBytes,
  voxelsFromBytes,
  voxelTypeOf,
} from '../src/volume/volume.ts';
import type { Outcome } from './contest.ts';
import type { Sample } from './volumes.ts';

const execute = promisify(execFile);
const folder = fileURLToPath(new URL('peers', import.meta.url));

/** Debian package of each module. */
const PACKAGES = {
  numpy: 'python3-numpy',
  scipy: 'python3-scipy',
  skimage: 'python3-skimage',
  torch: 'python3-torch',
} as const;

/** All that is measured against. */
export const PEER_PACKAGES: readonly string[] = [...Object.values(PACKAGES), 'clang-19'];

export type PythonModule = keyof typeof PACKAGES;

export interface PythonCall {
  readonly kind: 'python';
  /** File of `bench/peers` without its ending. */
  readonly script: string;
  readonly needs: readonly PythonModule[];
  readonly threads?: number;
  readonly parameters: Readonly<Record<string, string | number>>;
  /** Name of a C file whose library the script loads, passed as the parameter `library`. */
  readonly library?: string;
  readonly outputType?: 'float32' | 'uint8';
}

export interface NativeCall {
  readonly kind: 'native';
  /** File of `bench/peers/native` without its ending. */
  readonly program: string;
  readonly parameters: readonly number[];
}

export type PeerCall = PythonCall | NativeCall;

export interface PeerTurn {
  readonly cpu: readonly number[];
  readonly wall: readonly number[];
  readonly bytes: number;
  readonly outcome: Outcome;
}

export interface Peers {
  /** One line each: what was found and its version. */
  readonly versions: readonly string[];
  /** Whether Python has these modules. */
  has(modules: readonly PythonModule[]): boolean;
  /** Throws an Error with one sentence where the peer is not installed or fails. */
  run(call: PeerCall, sample: Sample, calls: number): Promise<PeerTurn>;
  dispose(): void;
}

/** The widest SIMD that WebAssembly has is 128 bits, and it has no fused multiply-add. */
const COMPILE_FLAGS = [
  '-O3',
  '-march=x86-64-v2',
  '-ffp-contract=off',
  '-fno-strict-aliasing',
] as const;

const Answer = v.looseObject({
  cpu: v.array(v.number()),
  wall: v.array(v.number()),
  bytes: v.number(),
  value: v.optional(v.number()),
});

interface Python {
  readonly command: string;
  readonly versions: Readonly<Partial<Record<string, string>>>;
}

const PROBE = `
import importlib, json, platform
found = {'python': platform.python_version()}
for name in ${JSON.stringify(Object.keys(PACKAGES))}:
    try: found[name] = importlib.import_module(name).__version__
    except ImportError: pass
print(json.dumps(found))
`;

/** The first Python that has NumPy: the one that is asked for, the distribution's, the path's. */
async function findPython(): Promise<Python | null> {
  const asked = process.env['TAUSCOPE_PYTHON'];
  for (const command of asked === undefined ? ['/usr/bin/python3', 'python3'] : [asked]) {
    try {
      const { stdout } = await execute(command, ['-c', PROBE]);
      const versions = v.parse(v.record(v.string(), v.string()), JSON.parse(stdout));
      if (versions['numpy'] !== undefined) return { command, versions };
    } catch {
      // Not there, or not usable: try the next.
    }
  }
  return null;
}

interface Compiler {
  readonly command: string;
  readonly version: string;
}

async function findCompiler(): Promise<Compiler | null> {
  for (const command of ['clang-19', 'clang', 'gcc']) {
    try {
      const { stdout } = await execute(command, ['--version']);
      return { command, version: (stdout.split('\n')[0] ?? '').trim() };
    } catch {
      // Try the next.
    }
  }
  return null;
}

function notInstalled(what: string, packages: readonly string[]): Error {
  return new Error(`${what} is not installed: apt-get install ${packages.join(' ')}`);
}

/** No program is run: every peer is reported as left out. */
export const NO_PEERS: Peers = {
  versions: [],
  has: () => false,
  run: () => Promise.reject(new Error('left out (--skip-peers)')),
  dispose: () => undefined,
};

export async function findPeers(): Promise<Peers> {
  const [python, compiler] = await Promise.all([findPython(), findCompiler()]);
  const scratch = mkdtempSync(join(tmpdir(), 'tauscope-bench-'));
  const built = new Map<string, Promise<string>>();

  async function build(program: string, kind: 'program' | 'library'): Promise<string> {
    if (compiler === null) throw notInstalled('A C compiler', ['clang-19']);
    const output = join(scratch, kind === 'library' ? `lib${program}.so` : program);
    const shape = kind === 'library' ? ['-shared', '-fPIC', '-DLIBRARY'] : [];
    const source = join(folder, 'native', `${program}.c`);
    const flags = [...COMPILE_FLAGS, ...shape, source, '-o', output, '-lm'];
    await execute(compiler.command, flags);
    return output;
  }

  function builtFile(program: string, kind: 'program' | 'library'): Promise<string> {
    const key = `${kind} ${program}`;
    const found = built.get(key) ?? build(program, kind);
    built.set(key, found);
    return found;
  }

  /** The files of a sample's arrays, written once and replaced by those of the next sample. */
  let written: {
    readonly sample: Sample;
    readonly files: Readonly<Record<string, string>>;
  } | null = null;
  async function filesOf(sample: Sample): Promise<Readonly<Record<string, string>>> {
    if (written?.sample === sample) return written.files;
    const inputs = join(scratch, 'inputs');
    rmSync(inputs, { recursive: true, force: true });
    await mkdir(inputs);
    const files: Record<string, string> = {};
    for (const [name, data] of Object.entries(sample.arrays)) {
      files[name] = join(inputs, `${name}.raw`);
      await writeFile(files[name], voxelBytes(data));
    }
    written = { sample, files };
    return files;
  }

  function absentOf(modules: readonly PythonModule[]): readonly PythonModule[] {
    return modules.filter((name) => python?.versions[name] === undefined);
  }

  async function runPython(call: PythonCall, sample: Sample, calls: number, output: string) {
    const absent = absentOf(call.needs);
    if (python === null || absent.length > 0) {
      throw notInstalled(
        absent.join(', '),
        absent.map((name) => PACKAGES[name]),
      );
    }
    const threads = String(call.threads ?? 1);
    const library = call.library === undefined ? null : await builtFile(call.library, 'library');
    const files = await filesOf(sample);
    const [nx, ny, nz] = sample.volume.size;
    const request = {
      inputs: Object.fromEntries(
        Object.entries(sample.arrays).map(([name, data]) => [
          name,
          { path: files[name], dtype: voxelTypeOf(data), shape: [nz, ny, nx] },
        ]),
      ),
      parameters: { ...call.parameters, ...(library === null ? {} : { library }) },
      threads: call.threads ?? 1,
      calls,
      output: call.outputType === undefined ? null : output,
      outputType: call.outputType ?? null,
    };
    const script = join(folder, `${call.script}.py`);
    return execute(python.command, [script, JSON.stringify(request)], {
      env: {
        ...process.env,
        OMP_NUM_THREADS: threads,
        // Threads that wait sleep, so that a busy machine does not stall them all.
        OMP_WAIT_POLICY: 'passive',
        OPENBLAS_NUM_THREADS: threads,
        MKL_NUM_THREADS: threads,
        PYTHONDONTWRITEBYTECODE: '1',
      },
    });
  }

  async function runNative(call: NativeCall, sample: Sample, calls: number, output: string) {
    const program = await builtFile(call.program, 'program');
    const files = await filesOf(sample);
    const input = files['volume'] ?? '';
    const numbers = [...sample.volume.size, calls].map(String);
    return execute(program, [input, ...numbers, output, ...call.parameters.map(String)]);
  }

  return {
    versions: [
      ...Object.entries(python?.versions ?? {}).map(([name, version]) => `${name} ${version}`),
      ...(compiler === null ? [] : [`${compiler.version} with ${COMPILE_FLAGS.join(' ')}`]),
    ],
    has: (modules) => absentOf(modules).length === 0,
    async run(call, sample, calls) {
      const output = join(scratch, 'output.raw');
      rmSync(output, { force: true });
      const { stdout } = await (call.kind === 'python'
        ? runPython(call, sample, calls, output)
        : runNative(call, sample, calls, output)
      ).catch(shorten);
      const { cpu, wall, bytes, value, ...facts } = v.parse(Answer, JSON.parse(stdout));
      const type = call.kind === 'native' ? 'float32' : call.outputType;
      const outcome: Outcome = {
        ...(value === undefined ? {} : { value }),
        ...(type === undefined ? {} : { data: await readArray(output, type) }),
        facts,
      };
      return { cpu, wall, bytes, outcome };
    },
    dispose: () => rmSync(scratch, { recursive: true, force: true }),
  };
}

/** Of a failed process the last line it wrote, instead of its command line. */
function shorten(error: unknown): never {
  const written = (error as { readonly stderr?: unknown }).stderr;
  if (typeof written !== 'string') throw error;
  throw new Error(written.trim().split('\n').at(-1) || 'it ended without a word', { cause: error });
}

async function readArray(path: string, type: 'float32' | 'uint8'): Promise<NumericVoxelArray> {
  const bytes = new Uint8Array(await readFile(path));
  const count = bytes.length / (type === 'uint8' ? 1 : 4);
  return voxelsFromBytes(type, bytes, count) as NumericVoxelArray;
}
