export { saveHistogram } from './files.ts';
export { HistogramPanel } from './HistogramPanel.tsx';
export { OpacityEditor } from './lazy-opacity-editor.ts';
