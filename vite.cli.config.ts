import { chmodSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const OUT = 'dist/cli';

function executable(): Plugin {
  return {
    name: 'executable',
    writeBundle: () => chmodSync(resolve(import.meta.dirname, OUT, 'tauscope.js'), 0o755),
  };
}

/** The command line: an entry with a lazy chunk per operation and format, run by plain Node. */
export default defineConfig({
  publicDir: false,
  plugins: [executable()],
  build: {
    ssr: 'src/cli/main.ts',
    outDir: OUT,
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    rolldownOptions: {
      output: {
        format: 'es',
        entryFileNames: 'tauscope.js',
        chunkFileNames: 'chunks/[name]-[hash].js',
        banner: (chunk) => (chunk.isEntry ? '#!/usr/bin/env node' : ''),
      },
    },
  },
});
