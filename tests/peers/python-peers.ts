/** Debian's tifffile, nibabel, h5py, zarr and numpy, where they are there. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { installPackages } from '../../scripts/debian-packages.ts';

const SCRIPT = fileURLToPath(new URL('peers.py', import.meta.url));
const MODULES = ['tifffile', 'nibabel', 'h5py', 'zarr', 'numpy'];

/** What a peer says of a file. */
export interface PeerFacts {
  readonly shape: readonly number[];
  readonly type: string;
  readonly sha256: string;
  readonly edges: readonly number[] | null;
  readonly unit: string | null;
}

/** A Python that has them all, or null. */
export function findPythonPeers(): string | null {
  const found = ['/usr/bin/python3', 'python3'].find(
    (command) => spawnSync(command, ['-c', `import ${MODULES.join(', ')}`]).status === 0,
  );
  return found ?? null;
}

const INSTALL_MS = 120_000;

/** Installs Debian's packages where they are missing and that is allowed; else their tests are skipped. */
export function ensurePythonPeers(): void {
  if (findPythonPeers() !== null) return;
  installPackages(
    MODULES.map((name) => `python3-${name}`),
    INSTALL_MS,
  );
}

export function askPeers(
  python: string,
  task: { readonly read: readonly string[] } | { readonly write: string },
): Readonly<Record<string, PeerFacts>> {
  const { status, stdout, stderr } = spawnSync(python, [SCRIPT], {
    input: JSON.stringify(task),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`the peers failed: ${stderr}`);
  return JSON.parse(stdout) as Readonly<Record<string, PeerFacts>>;
}
