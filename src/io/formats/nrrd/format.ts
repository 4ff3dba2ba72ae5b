/** NRRD: attached or detached, every encoding of the format's definition. */
import { voxelCount } from '../../../volume/volume.ts';
import type { ByteSource, ReadOptions, VolumeFormat, VolumeMetadata } from '../../format.ts';
import { defineStoredFormat, type StoredVolume } from '../../stored-volume.ts';
import { shownTags } from '../../shown-text.ts';
import { resolveDataParts } from './data-files.ts';
import { type DataPart, decodeRawVoxels, decodeVoxels } from './decode.ts';
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

async function readHeader(source: ByteSource, options: ReadOptions): Promise<StoredVolume> {
  const header = await readNrrdHeader(source);
  const geometry = readGeometry(header, source.name);
  const stated = readPhases(header.keyValues);
  const facts = {
    metadata: describe(header, geometry),
    name: header.keyValues.get('tauscope name')?.slice(0, 200) ?? baseName(source.name),
    kind: stated.kind ?? 'grey',
    origin: geometry.origin,
    phases: stated.phases,
  };
  const parts = (): readonly DataPart[] => resolveDataParts(header, source, options.siblings ?? []);
  const [nx, ny] = geometry.size;
  const count = voxelCount(geometry.size);
  return header.encoding === 'raw'
    ? {
        ...facts,
        loadSlices: (first, end, job) =>
          decodeRawVoxels(header, parts(), count, [first * nx * ny, end * nx * ny], job),
      }
    : { ...facts, load: (job) => decodeVoxels(header, parts(), count, job) };
}

function baseName(name: string): string {
  return name.replace(/\.(seg\.)?(nrrd|nhdr)$/i, '');
}

export const nrrdFormat: VolumeFormat = {
  ...defineStoredFormat({
    id: 'nrrd',
    title: 'NRRD',
    extensions: ['.nrrd', '.nhdr'],
    sniff: (head) => isNrrdMagic(head),
    readHeader,
  }),
  write: writeNrrd,
};
