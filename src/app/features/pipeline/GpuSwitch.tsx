/** Lets a run use the GPU. Off whenever the page opens: the CPU's numbers are the numbers. */
import { Switch, Tooltip } from '@mantine/core';
import { useEffect } from 'react';
import type { StepStatus } from '../../stores/recipe-status.ts';
import { useWorkspace, useWorkspaceState } from '../../workbench-context.tsx';
import styles from './pipeline.module.css';

/** Nothing where no enabled step could use it. */
export function GpuSwitch({ steps }: { readonly steps: readonly StepStatus[] }) {
  const able = steps.filter(({ operation }) => operation?.gpu !== undefined);
  return able.length === 0 ? null : <Offered able={able} />;
}

function Offered({ able }: { readonly able: readonly StepStatus[] }) {
  const workspace = useWorkspace();
  const { gpu, usesGpu } = useWorkspaceState(({ gpu, usesGpu }) => ({ gpu, usesGpu }));
  useEffect(() => void workspace.findGpu(), [workspace]);
  const titles = [...new Set(able.map(({ operation }) => operation?.title))].join(', ');
  const offer = `Computes on ${gpu?.adapter}: ${titles}. Results are marked, and so are exported files; without it all numbers come from the CPU.`;
  return (
    <Tooltip
      label={gpu?.problem ?? (gpu === null ? 'Looking for a GPU…' : offer)}
      refProp="rootRef"
      position="right"
    >
      <Switch
        size="xs"
        label="Compute on GPU"
        className={styles['gpuSwitch']}
        disabled={gpu === null || gpu.adapter === null}
        checked={usesGpu}
        onChange={(event) => workspace.useGpu(event.currentTarget.checked)}
      />
    </Tooltip>
  );
}
