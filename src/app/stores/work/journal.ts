/**
 * A document written down as it changes: a snapshot now and then, and between them what changed, each
 * with a number and a checksum. The last two snapshots are there with all changes since the older
 * one. What is read back is the document as it was after some write, or nothing: reading stops at
 * the first record that is missing, damaged or cut off.
 *
 * Who takes a document over begins a new epoch with a snapshot. Records of an older epoch, which a
 * page that lost the document may still write, are not read then.
 */
import { crc32 } from '../../../volume/crc32.ts';
import { type Patch, patchBetween, patched, type Plain } from './patch.ts';

/** Changes between two snapshots. */
const SNAPSHOT_AFTER = 100;
/** A document of this version; newer ones are left to a newer program. */
export const WORK_FORMAT = 1;

export interface RecordKey {
  readonly epoch: number;
  /** Changes since the epoch's beginning, with the record's own. */
  readonly seq: number;
  readonly isSnapshot: boolean;
}

export interface StoredRecord extends RecordKey {
  readonly text: string;
}

/** Where one document's records are. Each call happens whole or not at all, in the order of the calls. */
export interface RecordStorage {
  readAll(): Promise<readonly StoredRecord[]>;
  /** Adds records, and drops all that come before a key: of older epochs, and of lower numbers. */
  write(
    records: readonly StoredRecord[],
    dropBefore: Omit<RecordKey, 'isSnapshot'> | null,
  ): Promise<void>;
}

function checksum(text: string): string {
  return crc32(new TextEncoder().encode(text)).toString(16).padStart(8, '0');
}

/** The text of a record: a checksum, then what it holds with its own key. */
function recordText({ epoch, seq, isSnapshot }: RecordKey, content: Plain | Patch): string {
  const body = JSON.stringify([WORK_FORMAT, epoch, seq, isSnapshot, content]);
  return `${checksum(body)}${body}`;
}

/** What a record holds; undefined where it is not whole, or stands in the place of another. */
function contentOf({ epoch, seq, isSnapshot, text }: StoredRecord): Plain | undefined {
  const body = text.slice(8);
  if (checksum(body) !== text.slice(0, 8)) return undefined;
  try {
    const parsed: unknown = JSON.parse(body);
    if (!Array.isArray(parsed) || parsed.length !== 5) return undefined;
    const [format, ...key] = parsed as [unknown, unknown, unknown, unknown, Plain];
    const isItself = key[0] === epoch && key[1] === seq && key[2] === isSnapshot;
    return format === WORK_FORMAT && isItself ? key[3] : undefined;
  } catch {
    return undefined;
  }
}

/** The document as the records have it; null where they have none. */
export function recoverDocument(records: readonly StoredRecord[]): Plain | null {
  const snapshots = records
    .filter(({ isSnapshot }) => isSnapshot)
    .toSorted((a, b) => b.epoch - a.epoch || b.seq - a.seq);
  for (const snapshot of snapshots) {
    const document = contentOf(snapshot);
    if (document !== undefined) return withChanges(document, snapshot, records);
  }
  return null;
}

function withChanges(
  document: Plain,
  { epoch, seq }: RecordKey,
  records: readonly StoredRecord[],
): Plain {
  const changes = new Map(
    records
      .filter((record) => !record.isSnapshot && record.epoch === epoch)
      .map((record) => [record.seq, record]),
  );
  let current = document;
  for (let next = seq + 1; ; next++) {
    const record = changes.get(next);
    const patch = record === undefined ? undefined : contentOf(record);
    if (patch === undefined) return current;
    try {
      current = patched(current, patch as unknown as Patch);
    } catch {
      return current;
    }
  }
}

export class Journal {
  readonly #storage: RecordStorage;
  readonly #epoch: number;
  #seq = 0;
  #last: Plain;
  /** Of the snapshots that are there; the newest last. */
  #snapshots: readonly number[] = [];
  #needsSnapshot = true;

  private constructor(storage: RecordStorage, epoch: number, document: Plain) {
    this.#storage = storage;
    this.#epoch = epoch;
    this.#last = document;
  }

  /** Reads what is there. The first write begins a new epoch. */
  static async open(
    storage: RecordStorage,
  ): Promise<{ readonly journal: Journal; readonly document: Plain | null }> {
    const records = await storage.readAll();
    const document = recoverDocument(records);
    const epoch = 1 + Math.max(0, ...records.map((record) => record.epoch));
    return { journal: new Journal(storage, epoch, document), document };
  }

  /**
   * Writes what changed since the last write, which need not have ended. Rejects where the storage
   * refuses; the next write is then a snapshot, which needs nothing of what failed.
   */
  async write(document: Plain): Promise<void> {
    const patch = patchBetween(this.#last, document);
    if (patch === null && !this.#needsSnapshot) return;
    this.#seq += 1;
    this.#last = document;
    const seq = this.#seq;
    const isSnapshot =
      patch === null || this.#needsSnapshot || seq - (this.#snapshots.at(-1) ?? 0) > SNAPSHOT_AFTER;
    const key = { epoch: this.#epoch, seq, isSnapshot };
    const text = recordText(key, isSnapshot ? document : patch);
    // A first snapshot leaves the epoch before as it is, until there is a second.
    const older = isSnapshot ? this.#snapshots.at(-1) : undefined;
    if (isSnapshot) {
      this.#snapshots = [...this.#snapshots, seq].slice(-2);
      this.#needsSnapshot = false;
    }
    try {
      const before = older === undefined ? null : { epoch: this.#epoch, seq: older };
      await this.#storage.write([{ ...key, text }], before);
    } catch (error) {
      this.#snapshots = this.#snapshots.filter((each) => each !== seq);
      this.#needsSnapshot = true;
      throw error;
    }
  }
}
