export { Inspector } from './Inspector.tsx';
export { PipelinePanel } from './PipelinePanel.tsx';
export { ShownBar } from './ShownBar.tsx';
export { useIntervalsOfSelected } from './use-intervals-of-selected.ts';
