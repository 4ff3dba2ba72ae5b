/** NRRD: attached or detached, every encoding of the format's definition. */
import { createVolume, voxelCount } from '../../../volume/volume.ts';
import type {
  ByteSource,
  ReadOptions,
  ReadVolume,
  VolumeFormat,
  VolumeMetadata,
} from '../../format.ts';
import { assertScalarVolume } from '../../stored-volume.ts';
import { shownTags } from '../../shown-text.ts';
import { resolveDataParts } from './data-files.ts';
import { decodeVoxels } from './decode.ts';
import { type NrrdGeometry, readGeometry } from './geometry.ts';
import { isNrrdMagic, type NrrdHeader, readNrrdHeader } from './header.ts';
import { readPhases } from '../../phase-key-values.ts';
import { writeNrrd } from './writer.ts';

function describe(header: NrrdHeader, geometry: NrrdGeometry): VolumeMetadata {
  const tags: [string, string][] = [];
  if (geometry.spacingWithoutUnit !== null) {
    tags.push(['spacing without unit', geometry.spacingWithoutUnit.join(' × ')]);
  }
  tags.push(...header.fields, ...header.keyValues);
  return {
    format: 'nrrd',
    size: geometry.size,
    type: header.type,
    channels: geometry.channels,
    spacing: geometry.spacing,
    spacingSource: geometry.spacingSource,
    tags: shownTags(tags),
    warnings: [...header.warnings, ...geometry.warnings],
  };
}

async function readMetadata(source: ByteSource): Promise<VolumeMetadata> {
  const header = await readNrrdHeader(source);
  return describe(header, readGeometry(header, source.name));
}

async function readVolume(source: ByteSource, options: ReadOptions = {}): Promise<ReadVolume> {
  const header = await readNrrdHeader(source);
  const geometry = readGeometry(header, source.name);
  const metadata = describe(header, geometry);
  assertScalarVolume(metadata, source.name);
  const count = voxelCount(geometry.size);
  const parts = resolveDataParts(header, source, options.siblings ?? []);
  const decodingWarnings: string[] = [];
  const data = await decodeVoxels(header, parts, count, options, decodingWarnings);
  const stated = readPhases(header.keyValues);
  return {
    volume: createVolume({
      kind: stated.kind ?? 'grey',
      name: header.keyValues.get('tauscope name')?.slice(0, 200) ?? baseName(source.name),
      size: geometry.size,
      data,
      spacing: geometry.spacing,
      origin: geometry.origin,
      phases: stated.phases,
    }),
    metadata: { ...metadata, warnings: [...metadata.warnings, ...decodingWarnings] },
  };
}

function baseName(name: string): string {
  return name.replace(/\.(seg\.)?(nrrd|nhdr)$/i, '');
}

export const nrrdFormat: VolumeFormat = {
  id: 'nrrd',
  title: 'NRRD',
  extensions: ['.nrrd', '.nhdr'],
  sniff: (head) => isNrrdMagic(head),
  readMetadata,
  readVolume,
  write: writeNrrd,
};
