import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { nrrdBytes } from '../../../../tests/support/nrrd-files.ts';
import { UserError } from '../../../errors/errors.ts';
import { voxelBytes } from '../../../volume/volume.ts';
import { bytesSource } from '../../sources.ts';
import { nrrdFormat } from './format.ts';

const COUNT = 1000;

/** mulberry32: the seed and a mutant's number name it for ever. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const voxels = Uint8Array.from({ length: 24 }, (_, i) => i * 10);
const geometry = {
  sizes: '3 2 2',
  type: 'ushort',
  endian: 'big',
  kinds: 'domain domain domain',
  space: 'left-posterior-superior',
  'space directions': '(0.4,0,0) (0,0.4,0) (0,0,0.5)',
  'space units': '"um" "um" "um"',
  'space origin': '(0,0,0)',
};
const pairs = ['Segment0_LabelValue:=1', 'Segment0_Name:=binder', 'tauscope phases:=[]'];
const bases: readonly Uint8Array[] = [
  nrrdBytes(geometry, voxels, pairs),
  nrrdBytes(
    { ...geometry, encoding: 'gzip', 'line skip': '1' },
    Buffer.concat([Buffer.from('x\n'), gzipSync(voxels)]),
    pairs,
  ),
  nrrdBytes(
    { ...geometry, encoding: 'ascii', space: undefined, spacings: '1 nan 2' },
    '1 2 3 4 5 6 7 8 9 10 11 12',
  ),
  nrrdBytes({ ...geometry, encoding: 'hex', 'byte skip': '0' }, '0a'.repeat(24)),
  nrrdBytes(
    { ...geometry, encoding: 'bzip2', sizes: '6 1 1' },
    Buffer.from(
      'QlpoMTFBWSZTWaRjnbsAAACRgEAAASAcACAAIYAMAycu4u5IpwoSFIxzt2BCWmgxMUFZJlNZJooCNAAAAoGADgGIACAAIhhoMAcCmF3JFOFCQJooCNA=',
      'base64',
    ),
  ),
  nrrdBytes({ ...geometry, 'data file': 'LIST 2' }, 'a.raw\nb.raw\n'),
  nrrdBytes({ ...geometry, 'data file': 's%02d.raw 0 1 1' }, ''),
];

const HOSTILE = [
  '0',
  '-1',
  '1e300',
  'nan',
  'inf',
  '-inf',
  '4294967296',
  '9007199254740993',
  '2147483648',
  '999999999999999',
  '',
  ' ',
  '"',
  '((((',
  'none',
  'LIST',
  '%9999999d 0 9999999 1',
  '%d 0 0 0',
  '__proto__',
  '<img onerror=1>',
  '\0',
  '\\n',
  '../../etc/passwd',
  'x'.repeat(20_000),
  '3 3 3',
  '1 1 1 1 1 1 1',
  '65536 65536 8',
  'RGB-color domain domain',
  'bzip2',
  'gzip',
  'raw',
];

function mutate(base: Uint8Array, random: (below: number) => number): Uint8Array {
  let bytes = base.slice();
  for (let turn = 0; turn <= random(3); turn++) {
    const at = random(bytes.length);
    const lines = new TextDecoder('latin1').decode(bytes).split('\n');
    switch (random(6)) {
      case 0:
        bytes = bytes.slice(0, at);
        break;
      case 1:
        if (bytes.length > 0) bytes[at] = (bytes[at] as number) ^ (1 << random(8));
        break;
      case 2:
        bytes = new Uint8Array([
          ...bytes.subarray(0, at),
          ...bytes.subarray(random(bytes.length + 1)),
        ]);
        break;
      case 3: {
        const line = random(Math.min(lines.length, 14));
        const name = lines[line]?.split(':')[0] ?? '';
        lines[line] = `${name}: ${HOSTILE[random(HOSTILE.length)]}`;
        bytes = new Uint8Array(Buffer.from(lines.join('\n'), 'latin1'));
        break;
      }
      case 4: {
        const from = random(lines.length);
        lines.splice(random(lines.length), 0, lines[from] ?? '');
        bytes = new Uint8Array(Buffer.from(lines.join('\n'), 'latin1'));
        break;
      }
      default:
        lines.splice(random(lines.length), 1);
        bytes = new Uint8Array(Buffer.from(lines.join('\n'), 'latin1'));
    }
  }
  return bytes;
}

const siblings = ['a.raw', 'b.raw', 's00.raw', 's01.raw'].map((name) =>
  bytesSource(new Uint8Array(12), name),
);

async function outcome(bytes: Uint8Array): Promise<Uint8Array | UserError> {
  const reading = nrrdFormat.readVolume(bytesSource(bytes, 'mutant.nhdr'), { siblings });
  return reading.then(
    ({ volume }) => voxelBytes(volume.data).slice(),
    (error: unknown) => {
      if (error instanceof UserError) return error;
      throw error;
    },
  );
}

test(`${COUNT} mutants give a volume, the same one twice, or one sentence`, async () => {
  const random = randomNumbers(2024);
  let volumes = 0;
  for (let i = 0; i < COUNT; i++) {
    const bytes = mutate(bases[i % bases.length] as Uint8Array, random);
    const first = await outcome(bytes).catch((error: unknown) => {
      throw new Error(`mutant ${i}`, { cause: error });
    });
    if (first instanceof UserError) {
      expect(first.message, `mutant ${i}`).toMatch(/\.$/);
      continue;
    }
    volumes++;
    expect(await outcome(bytes), `mutant ${i}`).toEqual(first);
  }
  // Most mutations break the file; some only touch a comment or a name.
  expect(volumes).toBeGreaterThan(COUNT / 20);
  expect(volumes).toBeLessThan(COUNT);
});
