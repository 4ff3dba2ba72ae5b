/**
 * Property tests try the same cases in every run, so that a failure is a change's and not chance's.
 * `TAUSCOPE_PROPERTY_SEED` tries others.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['TAUSCOPE_PROPERTY_SEED'] ?? 20_261_123) });
