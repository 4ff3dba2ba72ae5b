/** What the page loads before anything is open; `npm test -- build size` holds it to its limit. */
import { fileURLToPath } from 'node:url';
import { initialFiles } from './scripts/built-chunks.ts';

const root = fileURLToPath(new URL('.', import.meta.url));

// oxlint-disable-next-line import/no-default-export -- size-limit reads this
export default [
  {
    name: 'Scripts and declarations until the start screen is ready, engine included',
    path: initialFiles(root).map((file) => `dist/app/${file}`),
    gzip: true,
    limit: '300 kB',
  },
];
