/**
 * Writes a volume as attached NRRD0005 with gzip data, little endian.
 *
 * Voxel size: `space: left-posterior-superior`, `space directions` and `space units` hold the
 * numbers in the unit of the volume. Fiji reads number and unit. 3D Slicer and ITK read the number
 * and take it for millimetres, whatever `space units` says: 0.398 µm shows as 0.398 mm there. The
 * number is kept as it is because a voxel of 0.000398 mm is below what Slicer's views can handle.
 * ITK writes a file again without `space units` but with the keys it does not know, so the unit is
 * also a key. A volume of unknown voxel size is written without any geometry.
 */
import { Gzip } from 'fflate';
import { LENGTH_UNIT_KEY, type LengthUnit } from '../../../volume/length.ts';
import type { StreamedVolume, VolumeDescription } from '../../../volume/streamed.ts';
import { type VoxelType, voxelBytes } from '../../../volume/volume.ts';
import type { ByteSink } from '../../byte-sink.ts';
import { phaseKeyValues } from '../../phase-key-values.ts';

/** Words that Fiji's reader, which looks for parts of words, takes for the right type. */
const TYPE_WORDS: Readonly<Record<VoxelType, string>> = {
  uint8: 'uint8',
  int8: 'int8',
  uint16: 'uint16',
  int16: 'int16',
  uint32: 'uint32',
  int32: 'int32',
  uint64: 'uint64',
  int64: 'int64',
  float32: 'float',
  float64: 'double',
};

/** ASCII spellings, since the header's encoding is not stated anywhere. */
const UNIT_WORDS: Readonly<Record<LengthUnit, string>> = {
  nm: 'nm',
  µm: 'um',
  mm: 'mm',
  cm: 'cm',
  m: 'm',
};

/** Input of one compression step: fixed, so that the same voxels give the same file everywhere. */
const PIECE_BYTES = 1024 * 1024;
const COMPRESSION_LEVEL = 6;

function escapeValue(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '');
}

/** The whole volume for each segment: 3D Slicer warns of a segment without an extent. */
function segmentExtents({
  kind,
  phases,
  size,
}: VolumeDescription): readonly (readonly [string, string])[] {
  const whole = size.map((length) => `0 ${length - 1}`).join(' ');
  return phaseKeyValues(kind, phases)
    .filter(([key]) => /^Segment\d+_ID$/.test(key))
    .map(([key]) => [key.replace('_ID', '_Extent'), whole]);
}

function headerText(volume: VolumeDescription, note: string): string {
  const { size, spacing, origin } = volume;
  const lines = [
    'NRRD0005',
    `type: ${TYPE_WORDS[volume.type]}`,
    'dimension: 3',
    `sizes: ${size.join(' ')}`,
    'kinds: domain domain domain',
    'endian: little',
    'encoding: gzip',
  ];
  if (spacing === null) {
    // Without a unit Fiji shows micrometres.
    lines.push('units: "pixel" "pixel" "pixel"');
  } else {
    const [x, y, z] = spacing.values;
    const unit = UNIT_WORDS[spacing.unit];
    lines.push(
      'space: left-posterior-superior',
      `space directions: (${x},0,0) (0,${y},0) (0,0,${z})`,
      `space origin: (${origin.join(',')})`,
      `space units: "${unit}" "${unit}" "${unit}"`,
    );
  }
  const pairs: (readonly [string, string])[] = [
    ['tauscope name', volume.name],
    ...(note === '' ? [] : [['tauscope note', note] as const]),
    ...(spacing === null ? [] : [[LENGTH_UNIT_KEY, UNIT_WORDS[spacing.unit]] as const]),
    ...phaseKeyValues(volume.kind, volume.phases),
    ...segmentExtents(volume),
  ];
  lines.push(...pairs.map(([key, value]) => `${key}:=${escapeValue(value)}`));
  return `${lines.join('\n')}\n\n`;
}

/** gzip with a fixed compressor and no time stamp: the same bytes in every browser and in Node. */
async function gzipDeterministic(volume: StreamedVolume, sink: ByteSink): Promise<void> {
  let ready: Uint8Array[] = [];
  const stream = new Gzip({ level: COMPRESSION_LEVEL, mtime: 0 }, (part) => {
    ready.push(new Uint8Array(part));
  });
  const flush = async (): Promise<void> => {
    for (const part of ready) await sink.write(part);
    ready = [];
    await new Promise((resolve) => {
      setTimeout(resolve, 0);
    });
  };
  // The compressor keeps what it is given until the next step: each piece is an array of its own.
  let piece = new Uint8Array(PIECE_BYTES);
  let filled = 0;
  for await (const { volume: layers } of volume.layers()) {
    const bytes = voxelBytes(layers.data);
    for (let at = 0; at < bytes.length; ) {
      if (filled === PIECE_BYTES) {
        stream.push(piece);
        await flush();
        piece = new Uint8Array(PIECE_BYTES);
        filled = 0;
      }
      const more = bytes.subarray(at, at + PIECE_BYTES - filled);
      piece.set(more, filled);
      filled += more.length;
      at += more.length;
    }
  }
  stream.push(piece.subarray(0, filled), true);
  await flush();
}

/** Deterministic: equal volumes give equal files, however they are streamed. One pass of deflate. */
export async function writeNrrd(
  volume: StreamedVolume,
  sink: ByteSink,
  { note = '' }: { readonly note?: string } = {},
): Promise<void> {
  await sink.write(new TextEncoder().encode(headerText(volume, note)));
  await gzipDeterministic(volume, sink);
}
