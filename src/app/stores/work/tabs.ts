/**
 * Which tab has a work: one holds its lock, the others can ask for it. Where the browser has no locks
 * (plain http from another machine), the tab that opened a work last has it.
 */

export interface WorkHold {
  /** Lets another tab have the work. */
  release(): void;
}

type TabMessage =
  /** The tab that has the work shall give it up. */
  | { readonly kind: 'ask'; readonly work: string }
  /** A tab has it now. */
  | { readonly kind: 'have'; readonly work: string; readonly tab: string };

export interface WorkTabs {
  /** null where another tab has the work. */
  hold(work: string): Promise<WorkHold | null>;
  /** Has another tab give the work up, by force where it does not answer. It is free then. */
  free(work: string): Promise<void>;
  /** Whether another tab has it now. */
  isHeld(work: string): Promise<boolean>;
}

/** A tab that has not answered after this long is taken for frozen. */
const PATIENCE_MS = 2_000;

const lockName = (work: string): string => `tauscope-work ${work}`;

/**
 * `onAsked` is called when another tab asks for the work that this one has, and `onLost` when
 * another one has it. `tab` tells this tab from the others.
 */
export function createTabs(
  tab: string,
  listeners: { readonly onAsked: () => void; readonly onLost: () => void },
): WorkTabs {
  const locks = navigator.locks as LockManager | undefined;
  const channel = new BroadcastChannel('tauscope-work');
  let held: string | null = null;

  channel.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => {
    if (data.work !== held) return;
    if (data.kind === 'ask') listeners.onAsked();
    else if (data.tab !== tab) {
      held = null;
      listeners.onLost();
    }
  });

  const say = (message: TabMessage): void => channel.postMessage(message);

  function take(work: string, release: () => void): WorkHold {
    held = work;
    say({ kind: 'have', work, tab });
    return {
      release() {
        if (held === work) held = null;
        release();
      },
    };
  }

  return {
    hold(work) {
      if (locks === undefined) return Promise.resolve(take(work, () => undefined));
      return new Promise((resolve, reject) => {
        locks
          .request(lockName(work), { ifAvailable: true }, (lock) => {
            if (lock === null) {
              resolve(null);
              return undefined;
            }
            return new Promise<void>((release) => resolve(take(work, release)));
          })
          .catch((error: unknown) => {
            // Stolen, or refused in the first place.
            if (held === work) {
              held = null;
              listeners.onLost();
            }
            reject(error instanceof Error ? error : new Error(String(error)));
          });
      });
    },
    async free(work) {
      if (locks === undefined) return;
      say({ kind: 'ask', work });
      try {
        const signal = AbortSignal.timeout(PATIENCE_MS);
        await locks.request(lockName(work), { signal }, () => undefined);
      } catch {
        await locks.request(lockName(work), { steal: true }, () => undefined);
      }
    },
    async isHeld(work) {
      const state = await locks?.query();
      return state?.held?.some(({ name }) => name === lockName(work)) === true;
    },
  };
}
