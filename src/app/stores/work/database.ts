/**
 * Where work is kept: the records of each, what is known of all, and the browser's handles of opened
 * files, in one IndexedDB of this origin. Writes are asked for at once and in order, so that those
 * of a page that is left are still done.
 */
import type { RecordStorage, StoredRecord } from './journal.ts';

const NAME = 'tauscope-work';
/** Of the stores below; a newer one is refused with a VersionError. */
const VERSION = 1;

/** What the list of works says of one. */
export interface WorkFacts {
  readonly id: string;
  /** Of the last write, in milliseconds since 1970. */
  readonly at: number;
  readonly format: number;
  readonly steps: number;
  readonly volumes: readonly string[];
}

/** Handles of the files of a volume, by the name it was opened under. */
export interface KeptHandles {
  readonly work: string;
  readonly name: string;
  readonly handles: readonly FileSystemHandle[];
}

export interface WorkDatabase {
  list(): Promise<readonly WorkFacts[]>;
  records(work: string, facts: () => Omit<WorkFacts, 'id'>): RecordStorage;
  remove(work: string): Promise<void>;
  handles(work: string): Promise<readonly KeptHandles[]>;
  keepHandles(kept: KeptHandles): Promise<void>;
  close(): void;
}

type RecordKey = [work: string, epoch: number, seq: number, isSnapshot: 0 | 1];

/** All keys of a work: an array sorts after every number. */
function keysOf(work: string): IDBKeyRange {
  return IDBKeyRange.bound([work], [work, []]);
}

function done(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve());
    const fail = (): void => reject(transaction.error ?? new DOMException('aborted', 'AbortError'));
    transaction.addEventListener('abort', fail);
    transaction.addEventListener('error', fail);
  });
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
}

/** `onOutdated` is called when a newer version of the program needs the database. */
export async function openWorkDatabase(onOutdated: () => void): Promise<WorkDatabase> {
  const opening = indexedDB.open(NAME, VERSION);
  opening.addEventListener('upgradeneeded', () => {
    const made = opening.result;
    made.createObjectStore('works', { keyPath: 'id' });
    made.createObjectStore('records');
    made.createObjectStore('handles', { keyPath: ['work', 'name'] });
  });
  const database = await resultOf(opening);
  database.addEventListener('versionchange', () => {
    database.close();
    onOutdated();
  });

  /** Asks for everything at once: no answer is waited for, so a page that is left loses none. */
  function write(stores: readonly string[], ask: (transaction: IDBTransaction) => void) {
    const transaction = database.transaction(stores, 'readwrite', { durability: 'relaxed' });
    const ended = done(transaction);
    ask(transaction);
    transaction.commit();
    return ended;
  }

  return {
    list: () => resultOf(database.transaction('works').objectStore('works').getAll()),
    records: (work, facts) => ({
      async readAll() {
        const store = database.transaction('records').objectStore('records');
        const [keys, texts] = await Promise.all([
          resultOf(store.getAllKeys(keysOf(work))),
          resultOf(store.getAll(keysOf(work))),
        ]);
        return keys.map((key, i): StoredRecord => {
          const [, epoch, seq, isSnapshot] = key as RecordKey;
          return { epoch, seq, isSnapshot: isSnapshot === 1, text: String(texts[i]) };
        });
      },
      async write(records, before) {
        await write(['works', 'records'], (transaction) => {
          const store = transaction.objectStore('records');
          for (const { epoch, seq, isSnapshot, text } of records) {
            store.put(text, [work, epoch, seq, isSnapshot ? 1 : 0]);
          }
          if (before !== null) {
            store.delete(IDBKeyRange.bound([work], [work, before.epoch, before.seq], false, true));
          }
          transaction.objectStore('works').put({ id: work, ...facts() } satisfies WorkFacts);
        });
      },
    }),
    remove: (work) =>
      write(['works', 'records', 'handles'], (transaction) => {
        transaction.objectStore('works').delete(work);
        transaction.objectStore('records').delete(keysOf(work));
        transaction.objectStore('handles').delete(keysOf(work));
      }),
    handles: (work) =>
      resultOf(database.transaction('handles').objectStore('handles').getAll(keysOf(work))),
    keepHandles: (kept) =>
      write(['handles'], (transaction) => transaction.objectStore('handles').put(kept)),
    close: () => database.close(),
  };
}
