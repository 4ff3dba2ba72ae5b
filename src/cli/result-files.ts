/** The files that a run's numbers are written to. */
import { basename } from 'node:path';
import { bibtex } from '../engine/bibtex.ts';
import { type Identified, loadSteps, type StepOutcome } from '../engine/engine.ts';
import { methodsAsText, methodsText } from '../engine/methods.ts';
import { type Opening, openingMethods } from '../engine/opening.ts';
import { resultsCsv, resultsDocument, resultsText } from '../engine/results.ts';
import type { VolumeMetadata } from '../io/format.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { VolumeDescription } from '../volume/streamed.ts';

export interface ResultFacts {
  readonly recipe: Recipe;
  readonly input: Identified<VolumeDescription>;
  readonly outcomes: readonly StepOutcome<VolumeDescription>[];
  /** Paths as the user named them. */
  readonly inputs: readonly string[];
  readonly metadata: VolumeMetadata;
  readonly isSpacingStated: boolean;
  /** How the input was opened. */
  readonly opening: Opening;
  readonly startedAt: Date;
  readonly withReport: boolean;
}

export interface ResultFile {
  readonly name: string;
  readonly content: string;
}

export async function resultFiles(
  facts: ResultFacts,
): Promise<{ readonly results: string; readonly files: readonly ResultFile[] }> {
  const { recipe, input, outcomes, inputs, metadata, isSpacingStated, startedAt, opening } = facts;
  const results = resultsText(resultsDocument(recipe, input, outcomes));
  const steps = await loadSteps(recipe);
  const opened = await openingMethods(opening);
  const methods = methodsText([...opened.steps, ...steps], [...opened.results, ...outcomes]);
  const files: ResultFile[] = [
    { name: 'results.json', content: results },
    { name: 'results.csv', content: resultsCsv(outcomes) },
    { name: 'methods.txt', content: methodsAsText(methods) },
    { name: 'references.bib', content: bibtex(methods.citations) },
  ];
  if (facts.withReport) {
    const spacingSource = isSpacingStated ? 'as stated by --voxel-size' : metadata.spacingSource;
    const date = startedAt.toISOString().slice(0, 10);
    const file = inputs.map((path) => basename(path)).join(' ');
    const { reportHtml } = await import('../engine/report.ts');
    const shown = { recipe, steps, input, file, outcomes, spacingSource, isSpacingStated, date };
    const page = { ...shown, opening: { ...opening, ...opened } };
    files.push({ name: 'report.html', content: reportHtml(page) });
  }
  return { results, files };
}
