/**
 * Finds the Chromium that the browser and end-to-end tests drive: the one named by
 * `TAUSCOPE_CHROMIUM`, Debian's, or Playwright's own download.
 */
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

/** Quiet, GPU-less and reproducible: software WebGL, no background network. */
export const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
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
