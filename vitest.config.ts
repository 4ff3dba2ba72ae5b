import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { CHROMIUM_ARGUMENTS, findChromium } from './scripts/chromium.ts';
import { ISOLATION_HEADERS } from './scripts/security-headers.ts';

const executablePath = findChromium();

/** Tests wait for kernels and workers on loaded machines; a real hang is still found. */
const PATIENCE_MS = 120_000;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          setupFiles: ['tests/support/seed-properties.ts'],
          include: ['{src,tests,workers,scripts}/**/*.test.{ts,tsx}'],
          exclude: ['**/*.browser.test.{ts,tsx}'],
          testTimeout: PATIENCE_MS,
          hookTimeout: PATIENCE_MS,
          maxWorkers: 2,
        },
      },
      {
        plugins: [react()],
        server: { headers: ISOLATION_HEADERS },
        worker: { format: 'es' },
        build: { assetsInlineLimit: 0 },
        // Found before the first test: a dependency met later would reload the page under a test.
        optimizeDeps: {
          // Imported where the scan does not look; found late, they would reload a running test.
          include: [
            'geotiff',
            'h5wasm',
            'valibot',
            'zarrita',
            'zstddec',
            '@mantine/core',
            '@tabler/icons-react',
            'comlink',
            'react-dom/client',
            'zustand',
            'zustand/react/shallow',
            'zustand/vanilla',
          ],
          entries: [
            '{src,tests}/**/*.browser.test.{ts,tsx}',
            'workers/*.worker.ts',
            'src/app/main.tsx',
            'src/operations/*/index.ts',
            'src/io/formats/*/*.ts',
          ],
        },
        test: {
          name: 'browser',
          include: ['{src,tests}/**/*.browser.test.{ts,tsx}'],
          testTimeout: PATIENCE_MS,
          hookTimeout: PATIENCE_MS,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                args: [...CHROMIUM_ARGUMENTS],
                ...(executablePath === null ? {} : { executablePath }),
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
