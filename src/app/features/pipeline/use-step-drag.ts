/** Moves a step by dragging its row; the keyboard has Alt with the arrow keys. */
import { type DragEvent, useState } from 'react';
import type { StepStatus } from '../../stores/recipe-status.ts';
import { moveStepTo } from '../../stores/step-edits.ts';
import { useWorkspace } from '../../workbench-context.tsx';

/** So that a dragged file or text is not taken for a step. */
const STEP_TYPE = 'application/x-tauscope-step';

export interface RowDrag {
  readonly draggable: true;
  readonly 'data-drop': 'before' | 'after' | undefined;
  onDragStart(event: DragEvent): void;
  onDragOver(event: DragEvent): void;
  onDragEnd(): void;
  onDrop(event: DragEvent): void;
}

function isUpperHalf(event: DragEvent): boolean {
  const { top, height } = event.currentTarget.getBoundingClientRect();
  return event.clientY < top + height / 2;
}

export function useStepDrag(steps: readonly StepStatus[]): {
  row(status: StepStatus, index: number): RowDrag;
} {
  const workspace = useWorkspace();
  const [dragged, setDragged] = useState<StepStatus | null>(null);
  /** The dragged step would stand before the row of this number. */
  const [gap, setGap] = useState<number | null>(null);
  const from = steps.findIndex(({ step }) => step.id === dragged?.step.id);
  // The gaps around the row itself leave it where it is.
  const target = gap === null || gap === from || gap === from + 1 ? null : gap;

  const end = (): void => {
    setDragged(null);
    setGap(null);
  };
  return {
    row: (status, index) => ({
      draggable: true,
      'data-drop':
        target === index
          ? 'before'
          : target === steps.length && index === steps.length - 1
            ? 'after'
            : undefined,
      onDragStart(event) {
        event.dataTransfer.setData(STEP_TYPE, status.step.id);
        event.dataTransfer.effectAllowed = 'move';
        setDragged(status);
      },
      onDragOver(event) {
        if (dragged === null) return;
        event.preventDefault();
        setGap(isUpperHalf(event) ? index : index + 1);
      },
      onDragEnd: end,
      onDrop(event) {
        if (dragged === null) return;
        event.preventDefault();
        const place = isUpperHalf(event) ? index : index + 1;
        moveStepTo(workspace, dragged, place > from ? place - 1 : place);
        end();
      },
    }),
  };
}
