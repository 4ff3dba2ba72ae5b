/** What a page and its workers hold after a garbage collection, as the browser counts it. */
import type { CDPSession, Page } from '@playwright/test';

export interface Held {
  /** Objects of the page and its workers. */
  readonly heapBytes: number;
  /** Array buffers of the page and its workers, where volumes are. */
  readonly bufferBytes: number;
  readonly nodes: number;
  readonly listeners: number;
  readonly workers: number;
}

interface HeapUsage {
  readonly usedSize: number;
  readonly backingStorageSize?: number;
}

/** Asks the workers one by one through the page's own session. */
export class MemoryProbe {
  readonly #session: CDPSession;
  readonly #workers = new Map<string, string>();
  readonly #answers = new Map<number, (result: unknown) => void>();
  #lastId = 0;

  private constructor(session: CDPSession) {
    this.#session = session;
    session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      if (targetInfo.type === 'worker') this.#workers.set(sessionId, targetInfo.url);
    });
    session.on('Target.detachedFromTarget', ({ sessionId }) => this.#workers.delete(sessionId));
    session.on('Target.receivedMessageFromTarget', ({ message }) => {
      const { id, result } = JSON.parse(message) as { id?: number; result?: unknown };
      if (id !== undefined) this.#answers.get(id)?.(result);
    });
  }

  static async attach(page: Page): Promise<MemoryProbe> {
    const session = await page.context().newCDPSession(page);
    const probe = new MemoryProbe(session);
    await session.send('Performance.enable');
    await session.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: false,
    });
    return probe;
  }

  #ask(sessionId: string, method: string): Promise<unknown> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      void this.#session.send('Target.sendMessageToTarget', {
        sessionId,
        message: JSON.stringify({ id, method }),
      });
    });
  }

  async read(): Promise<Held> {
    const usages: HeapUsage[] = [];
    // What the first collection frees may hold more that only the second finds.
    for (let i = 0; i < 2; i++) await this.#session.send('HeapProfiler.collectGarbage');
    usages.push((await this.#session.send('Runtime.getHeapUsage')) as HeapUsage);
    for (const worker of this.#workers.keys()) {
      await this.#ask(worker, 'HeapProfiler.collectGarbage');
      usages.push((await this.#ask(worker, 'Runtime.getHeapUsage')) as HeapUsage);
    }
    const { nodes, jsEventListeners } = await this.#session.send('Memory.getDOMCounters');
    return {
      heapBytes: usages.reduce((sum, { usedSize }) => sum + usedSize, 0),
      bufferBytes: usages.reduce((sum, usage) => sum + (usage.backingStorageSize ?? 0), 0),
      nodes,
      listeners: jsEventListeners,
      workers: this.#workers.size,
    };
  }
}
