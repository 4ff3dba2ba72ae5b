import { defineConfig } from '@playwright/test';
import { CHROMIUM_ARGUMENTS, findChromium } from './scripts/chromium.ts';

/** Two checkouts on one machine need two ports. */
const PORT = Number(process.env['TAUSCOPE_E2E_PORT'] ?? 4273);
const executablePath = findChromium();

/** The built page, as `npm start` serves it. One worker: software rendering takes both cores. */
export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  workers: 1,
  retries: 0,
  forbidOnly: process.env['CI'] !== undefined,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    baseURL: `http://127.0.0.1:${PORT}/`,
    viewport: { width: 1440, height: 900 },
    deviceScaleFactor: 1,
    colorScheme: 'dark',
    contextOptions: { reducedMotion: 'reduce' },
    locale: 'en-GB',
    // Keeping every file for use without a network would slow down each test; some allow it.
    serviceWorkers: 'block',
    trace: 'retain-on-failure',
    launchOptions: {
      args: [...CHROMIUM_ARGUMENTS],
      ...(executablePath === null ? {} : { executablePath }),
    },
  },
  webServer: {
    command: `node --import tsx scripts/serve.ts --port ${PORT} --strict-port`,
    url: `http://127.0.0.1:${PORT}/`,
    reuseExistingServer: false,
    timeout: 30_000,
  },
});
