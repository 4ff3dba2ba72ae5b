/** What a paper takes of the results: references, and a report on one page. */
import type { Action } from './action.ts';
import { saveFile } from './components/save-file.ts';
import {
  action,
  needsEngine,
  needsResults,
  needsSource,
  stateOf,
  stemOf,
} from './declare-action.ts';
import { makeReport, printHtml } from './features/figures/index.ts';
import { currentRecipe } from './stores/workspace.ts';
import type { Workbench } from './workbench-context.tsx';

async function withBibtex(
  workbench: Workbench,
  use: (text: string) => void | Promise<void>,
): Promise<void> {
  const { client, workspace } = workbench;
  try {
    await use(await client.bibtex(currentRecipe(stateOf(workbench))));
  } catch (error) {
    workspace.report('References', error);
  }
}

async function withReport(
  workbench: Workbench,
  use: (html: string) => void | Promise<void>,
): Promise<void> {
  try {
    await use(await makeReport(workbench));
  } catch (error) {
    workbench.workspace.report('Report', error);
  }
}

export const PAPER_ACTIONS: readonly Action[] = [
  action({
    id: 'save-figure',
    title: 'Figure of the views…',
    group: 'Export',
    icon: 'export',
    keywords: 'screenshot picture image png svg scale bar dpi print paper save',
    obstacle: needsSource,
    run: ({ dialogs }) => dialogs.setState({ open: 'figure' }),
  }),
  action({
    id: 'copy-bibtex',
    title: 'Copy the references as BibTeX',
    group: 'Export',
    icon: 'copy',
    keywords: 'citations bibliography latex paper',
    obstacle: needsEngine,
    run: (workbench) => void withBibtex(workbench, (text) => navigator.clipboard.writeText(text)),
  }),
  action({
    id: 'save-bibtex',
    title: 'References as BibTeX',
    group: 'Export',
    icon: 'export',
    keywords: 'citations bibliography latex paper save download bib',
    obstacle: needsEngine,
    run: (workbench) =>
      void withBibtex(workbench, (text) =>
        saveFile(
          `${stemOf(workbench)}-references.bib`,
          new Blob([text], { type: 'text/x-bibtex' }),
        ),
      ),
  }),
  action({
    id: 'print-report',
    title: 'Print the report, or save it as PDF…',
    group: 'Export',
    icon: 'export',
    keywords: 'page summary a4 pdf print results figures',
    obstacle: needsResults,
    run: (workbench) => void withReport(workbench, printHtml),
  }),
  action({
    id: 'save-report',
    title: 'Report as HTML',
    group: 'Export',
    icon: 'export',
    keywords: 'page summary a4 save download results figures',
    obstacle: needsResults,
    run: (workbench) =>
      void withReport(workbench, (html) =>
        saveFile(
          `${stemOf(workbench)}-report.html`,
          new Blob([html], { type: 'text/html;charset=utf-8' }),
        ),
      ),
  }),
];
