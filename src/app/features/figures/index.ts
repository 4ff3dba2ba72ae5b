export { printHtml } from './print-html.ts';
export { reportOf } from './report-of.ts';
