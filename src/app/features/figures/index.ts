export { FigureDialog } from './lazy-dialogs.ts';

export async function makeReport(
  ...args: Parameters<typeof import('./report-of.ts').reportOf>
): Promise<string> {
  return (await import('./report-of.ts')).reportOf(...args);
}

export async function printHtml(html: string): Promise<void> {
  await (await import('./print-html.ts')).printHtml(html);
}
