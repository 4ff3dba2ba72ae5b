/**
 * Kills the page's process at random moments while a person corrects labels by keys, opens the page
 * again, and says what came back. Used by a short end-to-end test and by `bench/kill.ts`.
 */
import { writeFile } from 'node:fs/promises';
import type { BrowserContext, Page } from '@playwright/test';
import { writeVolume } from '../../src/io/registry.ts';
import { createSpacing } from '../../src/volume/length.ts';
import { createVolume } from '../../src/volume/volume.ts';
import { CorrectPage } from '../pages/correct-page.ts';
import { ViewsPage } from '../pages/views-page.ts';
import { WorkbenchPage } from '../pages/workbench-page.ts';

const SIZE = [240, 60, 4] as const;
/** Strokes go to and fro along rows, one voxel apart, so that each tells where it belongs. */
const [FIRST, COLUMNS, ROWS] = [4, 232, 52];
const CORRECT = 'correct-labels';

export interface KillRound {
  readonly how: 'SIGKILL' | 'Page.crash';
  /** From the first edit to the kill. */
  readonly afterMs: number;
  readonly made: number;
  readonly recovered: number;
  /** How old the oldest edit was that did not come back; 0 where all did. */
  readonly lostMs: number;
  /** From asking for the page to seeing that the work is kept. */
  readonly backMs: number;
  /** Whether what came back is what was done, up to some moment, edits and position alike. */
  readonly isPrefix: boolean;
}

export async function saveBlankLabels(path: string): Promise<void> {
  const [nx, ny, nz] = SIZE;
  const blank = createVolume({
    kind: 'labels',
    name: 'blank',
    size: SIZE,
    data: Uint8Array.from({ length: nx * ny * nz }, (_, i) => (i % nx < nx / 2 ? 0 : 1)),
    spacing: createSpacing([1, 1, 1], 'µm'),
    phases: [
      { label: 0, name: 'pore', colour: '#0072b2', pore: true },
      { label: 1, name: 'solid', colour: '#e69f00', pore: false },
    ],
  });
  await writeFile(path, Buffer.from(await (await writeVolume(blank, 'nrrd')).arrayBuffer()));
}

/** Column and row of the n-th stroke. */
function placeOf(n: number): readonly [x: number, y: number] {
  const row = Math.floor(n / COLUMNS);
  const column = n % COLUMNS;
  return [FIRST + (row % 2 === 0 ? column : COLUMNS - 1 - column), FIRST + (row % ROWS)];
}

/** The key that leads from a stroke's place to the next one's. */
function keyAfter(n: number): string {
  const [[x, y], [nextX, nextY]] = [placeOf(n), placeOf(n + 1)];
  if (nextY > y) return 'ArrowDown';
  return nextX > x ? 'ArrowRight' : 'ArrowLeft';
}

interface Store {
  subscribe(listener: (state: ReturnType<Store['getState']>) => void): void;
  getState(): {
    readonly history: {
      readonly position: number;
      readonly entries: readonly {
        readonly state: {
          readonly steps: readonly { operation: string; params: { edits?: { path: string }[] } }[];
        };
      }[];
    };
  };
}

type TestedWindow = Window & {
  readonly __tauscope: { readonly store: Store };
  /** Tells this process of a change of the recipe: strokes in it, and when. */
  readonly edited: (strokes: number, at: number) => Promise<void>;
};

/** Places of the strokes in the recipe, in order. */
function strokesOf(page: Page): Promise<readonly string[]> {
  return page.evaluate((operation) => {
    const { history } = (window as unknown as TestedWindow).__tauscope.store.getState();
    const steps = history.entries[history.position]?.state.steps ?? [];
    const step = steps.find((each) => each.operation === operation);
    return (step?.params.edits ?? []).map(({ path }) => path);
  }, CORRECT);
}

/** Has the page tell of each new stroke at once. */
function tellEdits(page: Page): Promise<void> {
  return page.evaluate((operation) => {
    const { __tauscope, edited } = window as unknown as TestedWindow;
    let last = -1;
    __tauscope.store.subscribe(({ history }) => {
      const steps = history.entries[history.position]?.state.steps ?? [];
      const strokes = steps.find((each) => each.operation === operation)?.params.edits?.length ?? 0;
      if (strokes === last) return;
      last = strokes;
      void edited(strokes, Date.now());
    });
  }, CORRECT);
}

async function renderers(context: BrowserContext): Promise<readonly number[]> {
  const session = await context.browser()?.newBrowserCDPSession();
  const { processInfo } = (await session?.send('SystemInfo.getProcessInfo')) ?? { processInfo: [] };
  await session?.detach();
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
}

async function positionOf(page: Page): Promise<readonly number[]> {
  const at = (name: string) => page.getByRole('slider', { name }).inputValue();
  return [Number(await at('x of the YZ slice')), Number(await at('y of the XZ slice'))];
}

/** A process that the browser held ready may have been killed as well: then there is another. */
async function newPage(context: BrowserContext): Promise<Page> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await context.newPage();
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

/** Each round begins with what the one before brought back. */
export async function killRounds(
  context: BrowserContext,
  options: {
    readonly url: string;
    readonly file: string;
    readonly rounds: number;
    /** 0 to 1. */
    readonly random: () => number;
    readonly onRound?: (round: KillRound) => void;
  },
): Promise<readonly KillRound[]> {
  const { url, file, random } = options;
  const rounds: KillRound[] = [];
  // Without another page the browser may end with the one that is killed.
  const keeper = await context.newPage();
  /** When the recipe had so many strokes, by the page's clock, which is this machine's. */
  let madeAt = new Map<number, number>();
  await context.exposeFunction('edited', (strokes: number, at: number) => madeAt.set(strokes, at));
  const others = await renderers(context);
  let page = await context.newPage();
  await page.goto(url);
  const first = new WorkbenchPage(page);
  await page.getByRole('button', { name: /sample electrode/ }).waitFor();
  await first.drop(file);
  await new ViewsPage(page).goTo(...placeOf(0), 2);

  for (let i = 0; i < options.rounds; i++) {
    const mine = (await renderers(context)).filter((id) => !others.includes(id));
    const views = new ViewsPage(page);
    const before = (await strokesOf(page)).length;
    await views.goTo(...placeOf(before), 2);
    await views.slice('XY').focus();
    await page.keyboard.press('k');
    await new CorrectPage(views, SIZE[0], SIZE[1]).bar.waitFor();
    await page.keyboard.press('1');
    madeAt = new Map();
    await tellEdits(page);

    const how = i % 2 === 0 ? 'SIGKILL' : 'Page.crash';
    const session = await context.newCDPSession(page);
    const crashed = new Promise<void>((resolve) => page.once('crash', () => resolve()));
    const startedAt = Date.now();
    let killedAt = Number.POSITIVE_INFINITY;
    setTimeout(
      () => {
        killedAt = Date.now();
        if (how === 'SIGKILL') for (const id of mine) process.kill(id, 'SIGKILL');
        else void session.send('Page.crash').catch(() => undefined);
      },
      200 + 2300 * random(),
    );
    const edit = async (): Promise<void> => {
      for (let stroke = before; Date.now() < killedAt; stroke++) {
        await page.keyboard.press('Enter');
        await page.keyboard.press(keyAfter(stroke));
      }
    };
    await Promise.race([edit().catch(() => undefined), crashed]);
    await crashed;
    await page.close();

    const askedAt = performance.now();
    page = await newPage(context);
    await page.goto(url);
    // A page that crashed took its right to read the file with it: a person drops it again.
    await page.getByText('is kept').waitFor();
    const backMs = performance.now() - askedAt;
    await new WorkbenchPage(page).drop(file);
    await page.getByRole('slider', { name: 'x of the YZ slice' }).waitFor();
    const strokes = await strokesOf(page);
    const recovered = strokes.length - before;
    const at = await positionOf(page);
    const isAt = (n: number): boolean => placeOf(n).every((edge, axis) => edge === at[axis]);
    const made = Math.max(before, ...madeAt.keys()) - before;
    const firstLost = madeAt.get(strokes.length + 1);
    const round: KillRound = {
      how,
      afterMs: killedAt - startedAt,
      made,
      recovered,
      lostMs: firstLost === undefined ? 0 : Math.max(0, killedAt - firstLost),
      backMs,
      // Of an edit in the last moment the page may not have told.
      isPrefix:
        recovered >= 0 &&
        recovered <= made + 1 &&
        strokes.every((path, n) => path === placeOf(n).join(',')) &&
        (isAt(strokes.length) || isAt(Math.max(0, strokes.length - 1))),
    };
    rounds.push(round);
    options.onRound?.(round);
  }
  await page.close();
  await keeper.close();
  return rounds;
}
