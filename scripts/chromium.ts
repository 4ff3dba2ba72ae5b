/**
 * Finds the Chromium that the browser and end-to-end tests drive: the one named by
 * `TAUSCOPE_CHROMIUM`, the system's, or Playwright's own download. Where there is none it can
 * install Debian's.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

/** Quiet, GPU-less and reproducible: software WebGL and WebGPU, no background network. */
export const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  // Software adapters of WebGPU are offered with this flag only.
  '--enable-unsafe-webgpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--force-device-scale-factor=1',
];

const SYSTEM_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Absolute path of a Chromium, or null where there is none. */
export function findChromium(): string | null {
  const named = process.env['TAUSCOPE_CHROMIUM'];
  if (named !== undefined && named !== '') return existsSync(named) ? named : null;
  const system = SYSTEM_PATHS.find((path) => existsSync(path));
  if (system !== undefined) return system;
  const own = chromium.executablePath();
  return existsSync(own) ? own : null;
}

/** How scripts start it. */
export function chromiumOptions(): {
  readonly args: string[];
  readonly executablePath?: string;
} {
  const executablePath = findChromium();
  return {
    args: [...CHROMIUM_ARGUMENTS],
    ...(executablePath === null ? {} : { executablePath }),
  };
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** What runs apt-get with the needed rights without asking for a password, or null. */
function aptGetPrefix(): readonly string[] | null {
  if (!succeeds('apt-get', ['--version'])) return null;
  if (process.getuid?.() === 0) return [];
  return succeeds('sudo', ['-n', 'true']) ? ['sudo', '-n'] : null;
}

/**
 * Installs Debian's Chromium where there is none and this process may. Returns null when one is
 * there afterwards, otherwise the sentence that tells the user what to do.
 */
export function ensureChromium(): string | null {
  if (findChromium() !== null) return null;
  const named = process.env['TAUSCOPE_CHROMIUM'];
  if (named !== undefined && named !== '') {
    return `TAUSCOPE_CHROMIUM names ${named}, which does not exist: set it to a Chromium, or unset it.`;
  }
  const prefix = aptGetPrefix();
  if (prefix !== null) {
    console.log('No Chromium was found: installing the chromium package with apt-get.');
    const steps = [['update'], ['install', '-y', '--no-install-recommends', 'chromium']];
    for (const step of steps) {
      const [command = 'apt-get', ...args] = [...prefix, 'apt-get', '-q', ...step];
      spawnSync(command, args, {
        stdio: ['ignore', 'inherit', 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
    }
    if (findChromium() !== null) return null;
  }
  return 'The browser tests need a Chromium: install one (on Debian "apt-get install chromium") or set TAUSCOPE_CHROMIUM to its path.';
}
