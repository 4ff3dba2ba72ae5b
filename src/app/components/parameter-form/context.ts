/** What the fields know of the volume that reaches the step. */
import type { Phase, Size3 } from '../../../volume/volume.ts';

export interface FieldContext {
  /** Size of the volume; null where it is not known before running. */
  readonly size: Size3 | null;
  /** Phases of the labels that reach the step, empty where none are known. */
  readonly phases: readonly Phase[];
  /** Grey range of the volume; null where it is not known. */
  readonly range: readonly [min: number, max: number] | null;
  /** Values the last run found for parameters left automatic. */
  readonly found: Readonly<Record<string, unknown>>;
}

export const NO_CONTEXT: FieldContext = { size: null, phases: [], range: null, found: {} };

export interface FieldProps<F, V> {
  readonly id: string;
  readonly field: F;
  readonly value: V;
  readonly context: FieldContext;
  /** One sentence; null where the value is accepted. */
  readonly problem: string | null;
  /** `gesture` groups changes that undo takes back together. */
  readonly onChange: (value: V, gesture: string | null) => void;
}
