/**
 * The cathode that is shipped with the workbench: the grey volume of
 * `tauscope phantom cathode --size 128 --seed 1`.
 */
import type { CathodeOptions } from './cathode.ts';

export const SAMPLE_OPTIONS = { size: 128, seed: 1 } as const satisfies CathodeOptions;
