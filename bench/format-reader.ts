/**
 * One reader of one file, in a process of its own so that nobody pays for another's garbage: told to
 * read by a message, answers with what it cost. `bench/formats.ts` starts it.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type FormatId, loadFormat } from '../src/io/registry.ts';
import { bytesSource } from '../src/io/sources.ts';
import { voxelBytes } from '../src/volume/volume.ts';

/** Seconds; what takes less is read several times, since processor time is counted in ticks. */
const SHORTEST_TURN = 0.2;

export const READERS = {
  tauscope: 'Tauscope',
  geotiff: 'geotiff',
  utif2: 'utif2',
  'image-io': '@itk-wasm/image-io',
} as const;

export type ReaderId = keyof typeof READERS;

/** Arguments of the process. */
export interface ReaderTask {
  readonly reader: ReaderId;
  readonly format: FormatId;
  readonly path: string;
}

export interface ReaderAnswer {
  /** User processor time of all threads for one read, in seconds. */
  readonly seconds: number;
  readonly digest: string;
  /** Why there is nothing. */
  readonly problem: string | null;
}

/** The voxels as they lie in memory, in one piece or one for each page. */
type Read = () => Promise<readonly Uint8Array[]>;

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

async function ownReader({ format, path }: ReaderTask): Promise<Read> {
  const source = bytesSource(new Uint8Array(readFileSync(path)), basename(path));
  const { readVolume } = await loadFormat(format);
  return async () => [voxelBytes((await readVolume(source)).volume.data)];
}

async function geotiffReader({ path }: ReaderTask): Promise<Read> {
  const { fromArrayBuffer } = await import('geotiff');
  const { buffer } = new Uint8Array(readFileSync(path));
  return async () => {
    const tiff = await fromArrayBuffer(buffer);
    const pages: Uint8Array[] = [];
    for (let page = 0; page < (await tiff.getImageCount()); page++) {
      const rasters = await (await tiff.getImage(page)).readRasters();
      pages.push(bytesOf(rasters[0] as unknown as ArrayBufferView));
    }
    return pages;
  };
}

async function utifReader({ path }: ReaderTask): Promise<Read> {
  const { default: utif } = await import('utif2');
  const { buffer } = new Uint8Array(readFileSync(path));
  return () =>
    Promise.resolve(
      utif.decode(buffer).map((page) => {
        utif.decodeImage(buffer, page);
        return bytesOf(page.data);
      }),
    );
}

async function itkReader({ format, path }: ReaderTask): Promise<Read> {
  const itk = await import('@itk-wasm/image-io');
  const readers: Partial<Record<FormatId, typeof itk.tiffReadImageNode>> = {
    tiff: itk.tiffReadImageNode,
    nrrd: itk.nrrdReadImageNode,
    'meta-image': itk.metaReadImageNode,
    nifti: itk.niftiReadImageNode,
  };
  const read = readers[format];
  if (read === undefined) throw new Error(`image-io has no reader of ${format}`);
  return async () => {
    const { image } = await read(path);
    if (!ArrayBuffer.isView(image.data)) throw new Error('it gives no image');
    return [bytesOf(image.data)];
  };
}

const MAKERS: Readonly<Record<ReaderId, (task: ReaderTask) => Promise<Read>>> = {
  tauscope: ownReader,
  geotiff: geotiffReader,
  utif2: utifReader,
  'image-io': itkReader,
};

async function serve(task: ReaderTask): Promise<void> {
  const read = await MAKERS[task.reader](task);
  const turn = async (): Promise<ReaderAnswer> => {
    globalThis.gc?.();
    const before = process.cpuUsage();
    let pieces: readonly Uint8Array[] = [];
    let seconds = 0;
    let reads = 0;
    while (seconds < SHORTEST_TURN) {
      pieces = await read();
      seconds = process.cpuUsage(before).user / 1e6;
      reads++;
    }
    const hash = createHash('sha256');
    for (const piece of pieces) hash.update(piece);
    return { seconds: seconds / reads, digest: hash.digest('hex'), problem: null };
  };
  process.on('message', () => {
    void turn()
      .catch((error: unknown) => ({
        seconds: 0,
        digest: '',
        // image-io rejects with numbers, geotiff with strings.
        problem: error instanceof Error ? error.message : `it throws ${String(error)}`,
      }))
      .then((answer) => process.send?.(answer));
  });
  process.send?.('ready');
}

const [text] = process.argv.slice(2);
if (process.send !== undefined && text !== undefined) {
  await serve(JSON.parse(text) as ReaderTask);
}
