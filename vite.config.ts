import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { ISOLATION_HEADERS, PAGE_POLICY } from './scripts/security-headers.ts';

/** Hosts that send no headers still get the policy: it stands in the built page itself. */
function pagePolicy(): Plugin {
  return {
    name: 'page-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: PAGE_POLICY },
        injectTo: 'head-prepend',
      },
    ],
  };
}

export default defineConfig({
  base: './',
  plugins: [react(), pagePolicy()],
  server: { headers: ISOLATION_HEADERS },
  preview: { headers: ISOLATION_HEADERS },
  worker: { format: 'es' },
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
});
