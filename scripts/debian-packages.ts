/** Installs Debian packages that tests use, where this process may do so without a password. */
import { spawnSync } from 'node:child_process';

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** What runs apt-get with the needed rights without asking for a password, or null. */
function aptGetPrefix(): readonly string[] | null {
  if (!succeeds('apt-get', ['--version'])) return null;
  if (process.getuid?.() === 0) return [];
  return succeeds('sudo', ['-n', 'true']) ? ['sudo', '-n'] : null;
}

/** Whether an installation was tried; whether it worked shows when the packages are used. */
export function installPackages(names: readonly string[], timeoutMs?: number): boolean {
  const prefix = aptGetPrefix();
  if (prefix === null) return false;
  console.log(`Installing ${names.join(', ')} with apt-get.`);
  for (const step of [['update'], ['install', '-y', '--no-install-recommends', ...names]]) {
    const [command = 'apt-get', ...args] = [...prefix, 'apt-get', '-q', ...step];
    spawnSync(command, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    });
  }
  return true;
}
