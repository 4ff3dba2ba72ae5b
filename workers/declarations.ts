/** What operations and phantoms declare: plain data, from which the page makes its forms. */
import { describeOperation } from '../src/operations/operation.ts';
import { loadAllOperations } from '../src/operations/registry.ts';
import { loadAllPhantoms } from '../src/phantoms/registry.ts';
import type { EngineDescription } from './engine-api.ts';

export type Declarations = Pick<EngineDescription, 'operations' | 'phantoms'>;

/** From the modules themselves, all of which it loads. */
export async function loadDeclarations(): Promise<Declarations> {
  const operations = await loadAllOperations();
  const phantoms = await loadAllPhantoms();
  return {
    operations: operations.map(describeOperation),
    phantoms: phantoms.map(({ id, title, summary, parameters }) => ({
      id,
      title,
      summary,
      parameters,
    })),
  };
}
