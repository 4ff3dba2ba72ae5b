export { ResultsPanel } from './ResultsPanel.tsx';
export { ResultsStrip } from './ResultsStrip.tsx';
