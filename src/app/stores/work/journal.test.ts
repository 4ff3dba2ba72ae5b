import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Journal, recoverDocument, type RecordStorage, type StoredRecord } from './journal.ts';
import type { Plain } from './patch.ts';

/** Records in memory. `refuses` says of each write, counted from 0, whether it fails. */
function memory(refuses: (write: number) => boolean = () => false) {
  let records: StoredRecord[] = [];
  let writes = 0;
  const storage: RecordStorage = {
    readAll: () => Promise.resolve(records),
    write(added, before) {
      if (refuses(writes++)) return Promise.reject(new DOMException('full', 'QuotaExceededError'));
      records = [
        ...records.filter(
          ({ epoch, seq }) =>
            before === null ||
            epoch > before.epoch ||
            (epoch === before.epoch && seq >= before.seq),
        ),
        ...added,
      ];
      return Promise.resolve();
    },
  };
  return { storage, records: () => records, set: (changed: StoredRecord[]) => (records = changed) };
}

function states(count: number): readonly Plain[] {
  return Array.from({ length: count }, (_, i) => ({
    count: i,
    strokes: Array.from({ length: i % 7 }, (_, j) => `${i},${j}`),
    nested: { half: i >> 1 },
  }));
}

async function writeAll(storage: RecordStorage, documents: readonly Plain[]): Promise<void> {
  const { journal } = await Journal.open(storage);
  for (const document of documents) await journal.write(document).catch(() => undefined);
}

describe('a journal', () => {
  it('gives back the document that was written last, over many snapshots', async () => {
    const { storage, records } = memory();
    const documents = states(450);
    for (const [i, document] of documents.entries()) {
      if (i === 0) await writeAll(storage, [document]);
    }
    await writeAll(storage, documents);
    expect((await Journal.open(storage)).document).toEqual(documents.at(-1));
    expect(records().length).toBeLessThan(210);
    expect(records().filter(({ isSnapshot }) => isSnapshot)).toHaveLength(2);
  });

  it('reads a state that was written when any record is damaged, missing or cut off', async () => {
    const { storage, records } = memory();
    const documents = states(230);
    await writeAll(storage, documents);
    const whole = records();
    const texts = new Set(documents.map((document) => JSON.stringify(document)));
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.constantFrom('damage', 'lose', 'cut', 'swap'),
        fc.nat(),
        (index, fault, at) => {
          const record = whole[index] as StoredRecord;
          const { text } = record;
          const place = at % text.length;
          const changed = {
            damage: [{ ...record, text: `${text.slice(0, place)}\u0000${text.slice(place + 1)}` }],
            cut: [{ ...record, text: text.slice(0, place) }],
            swap: [{ ...record, text: (whole[(index + 1) % whole.length] as StoredRecord).text }],
            lose: [],
          }[fault];
          const read = recoverDocument(whole.toSpliced(index, 1, ...changed));
          expect(texts.has(JSON.stringify(read))).toBe(true);
        },
      ),
    );
  });

  it('reads the older snapshot with all changes when the newest is damaged', async () => {
    const { storage, records } = memory();
    const documents = states(230);
    await writeAll(storage, documents);
    const newest = records().findLastIndex(({ isSnapshot }) => isSnapshot);
    const damaged = records().with(newest, { ...(records()[newest] as StoredRecord), text: 'x' });
    // The change that became the snapshot is not there a second time.
    expect(recoverDocument(damaged)).toEqual(
      documents[(records()[newest] as StoredRecord).seq - 2],
    );
  });

  it('has a state that was written after each write in turn fails, and the last one after it', async () => {
    const documents = states(120);
    for (let failing = 0; failing < documents.length; failing++) {
      const { storage } = memory((write) => write === failing);
      const { journal } = await Journal.open(storage);
      for (const [i, document] of documents.entries()) {
        const write = journal.write(document);
        if (i !== failing) {
          await write;
          continue;
        }
        await expect(write).rejects.toThrow('full');
        const { document: read } = await Journal.open(storage);
        expect(read).toEqual(i === 0 ? null : documents[i - 1]);
      }
      await journal.write(documents.at(-1) as Plain);
      expect((await Journal.open(storage)).document).toEqual(documents.at(-1));
    }
  });

  it('goes on from a storage that refused for a while', async () => {
    const { storage } = memory((write) => write >= 3 && write < 40);
    const documents = states(60);
    await writeAll(storage, documents);
    expect((await Journal.open(storage)).document).toEqual(documents.at(-1));
  });

  it('does not read what a page writes that lost the document', async () => {
    const { storage } = memory();
    const first = await Journal.open(storage);
    await first.journal.write({ by: 'first', count: 0 });
    const second = await Journal.open(storage);
    expect(second.document).toEqual({ by: 'first', count: 0 });
    await second.journal.write({ by: 'second', count: 1 });
    for (let count = 2; count < 300; count++) await first.journal.write({ by: 'first', count });
    expect((await Journal.open(storage)).document).toEqual({ by: 'second', count: 1 });
  });

  it('leaves records of another format alone', async () => {
    const { storage, records, set } = memory();
    await writeAll(storage, states(3));
    set(records().map((record) => ({ ...record, text: record.text.replace('[1,', '[2,') })));
    expect((await Journal.open(storage)).document).toBeNull();
  });
});
