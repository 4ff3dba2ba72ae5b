import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { fileURLToPath } from 'node:url';
import { DECLARATIONS_FILE } from './scripts/build-declarations.ts';
import { recordChunks } from './scripts/built-chunks.ts';
import { ISOLATION_HEADERS, PAGE_POLICY } from './scripts/security-headers.ts';
import { themeVariables } from './scripts/theme-variables.ts';

/**
 * What stands in the built page alone: the policy, for hosts that send no headers, and the script
 * that runs before the page.
 */
function builtHead(): Plugin {
  return {
    name: 'built-head',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: PAGE_POLICY },
        injectTo: 'head-prepend',
      },
      { tag: 'script', attrs: { src: './isolation.js' }, injectTo: 'head-prepend' },
    ],
  };
}

const chunks = recordChunks(fileURLToPath(new URL('.', import.meta.url)));

export default defineConfig(({ command }) => ({
  define: command === 'build' ? { DECLARATIONS_FILE: JSON.stringify(DECLARATIONS_FILE) } : {},
  base: './',
  plugins: [react(), themeVariables(), builtHead(), chunks.page],
  server: { headers: ISOLATION_HEADERS },
  preview: { headers: ISOLATION_HEADERS },
  worker: { format: 'es', plugins: () => [chunks.workers] },
  build: {
    outDir: 'dist/app',
    emptyOutDir: true,
    target: 'es2022',
    // A data URL would be a second copy of the kernels and breaks the policy for scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // vtk.js is one chunk of that size, loaded when the 3-D view first opens.
    chunkSizeWarningLimit: 900,
  },
}));
