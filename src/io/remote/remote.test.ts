import { afterEach, describe, expect, test } from 'vitest';
import {
  type HostBehaviour,
  type RunningHost,
  type ServedFile,
  startHost,
} from '../../../tests/support/range-server.ts';
import type { ByteSource } from '../format.ts';
import { openVolume } from '../open.ts';
import { checkAddress, describeAddress } from './address.ts';
import { openRemote } from './open-remote.ts';
import type { RemoteOptions } from './requests.ts';

const MIB = 2 ** 20;
const BYTES = Uint8Array.from({ length: 3 * MIB + 17 }, (_, i) => (i * 31 + (i >> 8)) & 255);
const QUICK: RemoteOptions = { pauseMs: 1, stallMs: 2000 };

let host: RunningHost;
afterEach(() => host.close());

async function open(
  files: Readonly<Record<string, Uint8Array | ServedFile | string>>,
  behaviour: HostBehaviour = {},
  options: RemoteOptions = QUICK,
  followsRedirects = false,
): Promise<ByteSource> {
  host = await startHost(files, behaviour);
  const url = `${host.origin}${Object.keys(files)[0]}`;
  const [source] = await openRemote({ url, followsRedirects }, options);
  if (source === undefined) throw new Error('nothing was opened');
  return source;
}

async function expectBytes(source: ByteSource, start: number, end: number): Promise<void> {
  const read = await source.read(start, end);
  expect(Buffer.compare(read, BYTES.subarray(start, end))).toBe(0);
}

function failure(opening: Promise<unknown>): Promise<unknown> {
  return opening.then(
    () => 'nothing',
    (error: unknown) => error,
  );
}

describe('a host with ranges', () => {
  test('gives any stretch, and what was read is not fetched again', async () => {
    const source = await open({ '/a scan.tif': BYTES });
    expect(source).toMatchObject({ name: 'a scan.tif', size: BYTES.length });
    const stretches = [
      [0, 100],
      [MIB - 5, MIB + 5],
      [BYTES.length - 3, BYTES.length + 50],
      [700_000, 1_500_000],
    ] as const;
    for (const [start, end] of stretches) {
      await expectBytes(source, start, end);
    }
    const before = host.requests.length;
    for (const [start, end] of stretches) await source.read(start, end);
    expect(host.requests.length).toBe(before);
    expect(host.told).toEqual([]);
  });

  test('is asked only for what is read', async () => {
    const source = await open({ '/scan.tif': BYTES });
    await source.read(2 * MIB, 2 * MIB + 10);
    expect(host.requests).toEqual([
      'GET /scan.tif bytes=0-262143',
      'GET /scan.tif bytes=2097152-2359295',
    ]);
  });

  test('that breaks off is asked for the rest', async () => {
    const source = await open(
      { '/scan.tif': { bytes: BYTES, etag: '"one"' } },
      { cutAfter: (request) => (request > 0 && request < 8 ? 100_000 : null) },
    );
    await expectBytes(source, 262_144, 1_200_000);
    expect(host.requests.length).toBeGreaterThan(4);
  });

  test('that is busy is asked again, and given up in one sentence', async () => {
    const source = await open(
      { '/scan.tif': BYTES },
      { status: (request) => (request === 1 || request === 2 ? 503 : null) },
    );
    await expectBytes(source, MIB, MIB + 4);
    await host.close();
    expect(await failure(source.read(2 * MIB, 2 * MIB + 4))).toMatchObject({
      code: 'remote/unreachable',
      message: expect.stringMatching(/connection to 127\.0\.0\.1:\d+ was lost/) as string,
    });
  });

  test.each(['"two"', 'W/"two"'])('whose file changes to %s is not read on', async (etag) => {
    const before = etag.replace('two', 'one');
    const source = await open({ '/scan.tif': { bytes: BYTES, etag: before } });
    host.files.set('/scan.tif', { bytes: BYTES.map((byte) => byte ^ 255), etag });
    expect(await failure(source.read(MIB, MIB + 4))).toMatchObject({ code: 'remote/changed' });
  });

  test('whose file changes its size is not read on', async () => {
    const source = await open({ '/scan.tif': BYTES });
    host.files.set('/scan.tif', { bytes: BYTES.slice(1) });
    expect(await failure(source.read(MIB, MIB + 4))).toMatchObject({ code: 'remote/changed' });
  });

  test('is not asked any more once the reading is cancelled', async () => {
    const stop = new AbortController();
    const source = await open({ '/scan.tif': BYTES }, {}, { ...QUICK, signal: stop.signal });
    stop.abort();
    expect(await failure(source.read(MIB, MIB + 4))).toMatchObject({ code: 'run/cancelled' });
    expect(host.requests.length).toBe(1);
  });
});

describe('a host without ranges', () => {
  test.each([true, false])('gives the whole file, its length hidden: %s', async (hidesLength) => {
    const fractions: number[] = [];
    const progress = (fraction: number): void => void fractions.push(fraction);
    const source = await open(
      { '/scan.tif': BYTES },
      { ranges: false, hidesLength },
      { ...QUICK, progress },
    );
    await expectBytes(source, MIB, 2 * MIB);
    expect(host.requests.length).toBe(1);
    if (!hidesLength) expect(fractions.at(-1)).toBe(1);
  });

  test('that breaks off is asked from the start', async () => {
    const source = await open(
      { '/scan.tif': BYTES },
      { ranges: false, cutAfter: (request) => (request < 2 ? 500_000 : null) },
    );
    await expectBytes(source, 0, BYTES.length);
    expect(host.requests.length).toBe(3);
  });

  test.each([true, false])('is told how much fits, the length hidden: %s', async (hidesLength) => {
    const opening = open(
      { '/scan.tif': BYTES },
      { ranges: false, hidesLength },
      { ...QUICK, maxWholeBytes: MIB },
    );
    expect(await failure(opening)).toMatchObject({ code: 'file/limit' });
  });
});

describe('what cannot be had', () => {
  test('is told with the status', async () => {
    expect(await failure(open({ '/a.tif': BYTES }, { status: () => 404 }))).toMatchObject({
      code: 'remote/refused',
      message: expect.stringContaining('there is no such file (404)') as string,
    });
  });

  test('from a page names both reasons that a browser does not tell apart', async () => {
    host = await startHost({});
    const url = `${host.origin}/a.tif`;
    await host.close();
    const page = { ...QUICK, home: 'https://tauscope.example/' };
    const error = await failure(openRemote({ url, followsRedirects: false }, page));
    expect(error).toMatchObject({
      code: 'remote/unreachable',
      message: expect.stringMatching(
        /no connection.*CORS.*Download the file and drop it/s,
      ) as string,
    });
  });
});

describe('redirects', () => {
  test('are told first, then followed', async () => {
    const files = { '/moved.tif': '/scan.tif', '/scan.tif': BYTES };
    expect(await failure(open(files))).toMatchObject({ code: 'remote/redirected' });
    expect(host.requests.length).toBe(1);
    await host.close();
    const source = await open(files, {}, QUICK, true);
    await expectBytes(source, 0, 9);
    expect(source.name).toBe('scan.tif');
  });

  test.each(['http://example.org/x.tif', 'file:///etc/passwd', 'https://me:secret@example.org/x'])(
    'to %s are not followed',
    async (to) => {
      const error = await failure(open({ '/moved.tif': to }, {}, QUICK, true));
      expect(error).toMatchObject({ code: 'usage' });
      expect((error as Error).message).not.toContain('secret');
    },
  );

  test('in a circle end', async () => {
    const error = await failure(open({ '/a.tif': '/b.tif', '/b.tif': '/a.tif' }, {}, QUICK, true));
    expect(error).toMatchObject({ code: 'remote/refused' });
  });
});

describe('addresses', () => {
  test.each([
    ['scan.tif', /no web address/],
    ['http://example.org/scan.tif', /not encrypted/],
    ['https://me:secret@example.org/scan.tif', /user name or a password/],
    ['ftp://example.org/scan.tif', /no web address/],
    ['javascript:alert(1)', /no web address/],
  ])('%s is refused', (text, sentence) => {
    expect(() => checkAddress(text)).toThrow(sentence);
  });

  test('say what is known before anything is fetched', () => {
    expect(describeAddress('https://zenodo.org/records/1/files/soc%2050.tif?download=1#x')).toEqual(
      {
        url: 'https://zenodo.org/records/1/files/soc%2050.tif?download=1',
        host: 'zenodo.org',
        name: 'soc 50.tif',
        isEncrypted: true,
      },
    );
    expect(describeAddress('http://lab.example/a.tif', 'http://lab.example/tauscope/').host).toBe(
      'lab.example',
    );
  });
});

describe('a Zarr store', () => {
  const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const array = json({
    zarr_format: 2,
    shape: [4, 3, 2],
    chunks: [2, 3, 2],
    dtype: '|u1',
    compressor: null,
    fill_value: 7,
    order: 'C',
    filters: null,
  });
  const multiscales = json({
    multiscales: [
      {
        version: '0.4',
        axes: ['z', 'y', 'x'].map((name) => ({ name, type: 'space', unit: 'micrometer' })),
        datasets: [
          { path: '0', coordinateTransformations: [{ type: 'scale', scale: [2, 0.5, 0.5] }] },
        ],
      },
    ],
  });
  const chunk = Uint8Array.from({ length: 12 }, (_, i) => i);
  const expected = [...chunk, ...Array<number>(12).fill(7)];

  test('opens by its address, missing chunks have the fill value', async () => {
    const source = await open({
      '/cell.zarr': new Uint8Array(),
      '/cell.zarr/.zgroup': json({ zarr_format: 2 }),
      '/cell.zarr/.zattrs': multiscales,
      '/cell.zarr/0/.zarray': array,
      '/cell.zarr/0/0.0.0': chunk,
    });
    const { volume } = await openVolume([source]);
    expect([...(volume.data as Uint8Array)]).toEqual(expected);
    expect(volume).toMatchObject({
      size: [2, 3, 4],
      spacing: { values: [0.5, 0.5, 2], unit: 'µm' },
    });
  });

  test('whose arrays only consolidated metadata lists opens too', async () => {
    const source = await open({
      '/cell.zarr': new Uint8Array(),
      '/cell.zarr/.zgroup': json({ zarr_format: 2 }),
      '/cell.zarr/.zmetadata': json({
        zarr_consolidated_format: 1,
        metadata: { '.zgroup': { zarr_format: 2 }, 'grey/.zarray': {} },
      }),
      '/cell.zarr/grey/.zarray': array,
      '/cell.zarr/grey/0.0.0': chunk,
    });
    const { volume } = await openVolume([source]);
    expect([...(volume.data as Uint8Array)]).toEqual(expected);
  });

  test('that is not there is told', async () => {
    expect(await failure(open({ '/none.zarr': new Uint8Array() }))).toMatchObject({
      code: 'remote/refused',
      message: expect.stringContaining('no Zarr store') as string,
    });
  });
});
