/**
 * Finds the Chromium that the browser and end-to-end tests drive: the one named by
 * `TAUSCOPE_CHROMIUM`, the system's, or Playwright's own download. Where there is none it can
 * install Debian's.
 */
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { installPackages } from './debian-packages.ts';

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
  if (installPackages(['chromium']) && findChromium() !== null) return null;
  return 'The browser tests need a Chromium: install one (on Debian "apt-get install chromium") or set TAUSCOPE_CHROMIUM to its path.';
}
