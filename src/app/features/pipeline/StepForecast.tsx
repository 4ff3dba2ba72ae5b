/** What running the selected step will take. */
import { formatBytes } from '../../components/format.ts';
import type { StepStatus } from '../../stores/recipe-status.ts';
import { isUpToDate } from '../../stores/recipe-status.ts';
import { useWorkspaceState } from '../../workbench-context.tsx';
import { forecastText } from './run-forecast.ts';
import { useForecasts } from './use-forecasts.ts';
import styles from './pipeline.module.css';

/** Nothing where the step has been run, or its estimate is not known. */
export function StepForecast({ status }: { readonly status: StepStatus }) {
  const outcome = useWorkspaceState((state) => state.outcomes[status.step.id]);
  const found = useForecasts().get(status.step.id);
  if (found === undefined || (outcome !== undefined && isUpToDate(status, outcome))) return null;
  return (
    <p className={styles['hint']}>
      To run it: {forecastText(found.time)}, {formatBytes(found.bytes)} of memory.
    </p>
  );
}
