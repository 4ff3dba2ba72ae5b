/** Makes a session document of runs on this computer. */
import type { Host } from '../host/host.ts';
import type { ByteSource, ReadOptions } from '../io/format.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { fileDigest, pathOf } from '../session/data-check.ts';
import {
  parseSession,
  type Session,
  SESSION_FORMAT,
  SESSION_VERSION,
  type SessionClaim,
  type SessionDataset,
} from '../session/session.ts';
import { digestBytes, digestSlices, digestVoxels } from '../volume/digest.ts';
import { rawLayoutText } from '../volume/raw-layout.ts';
import type { Volume } from '../volume/volume.ts';
import { VERSION } from './version.ts';

/** Slices that are digested together have about so many bytes. */
const CHUNK_BYTES = 2 ** 22;

/** What only the author can say. */
export type Authorship = Pick<Session, 'title' | 'authors' | 'note' | 'licence'>;

export interface DatasetFacts {
  readonly id: string;
  /** As it is computed on: kind and voxel size as stated. */
  readonly volume: Volume;
  /** The voxels' digest, where it is known already. */
  readonly voxelDigest?: string | null;
  readonly sources: readonly ByteSource[];
  /** What the file did not say of itself. */
  readonly read: Pick<ReadOptions, 'dataset' | 'raw'>;
  /** Where each file can be had, by its path. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
}

/** Reads every byte of the files and every voxel, some 10 to 30 ms per MiB. */
export async function sessionDataset(
  { id, volume, voxelDigest, sources, read, addresses }: DatasetFacts,
  breathe: () => Promise<void>,
): Promise<SessionDataset> {
  const files: SessionDataset['files'] = [];
  for (const source of sources) {
    const path = pathOf(source);
    files.push({
      path,
      bytes: source.size,
      sha256: await fileDigest(source, breathe),
      addresses: [...(addresses.get(path) ?? [])],
    });
  }
  const { size, type, data, kind, spacing } = volume;
  const fitting = Math.floor(CHUNK_BYTES / (data.byteLength / size[2]));
  const slices = Math.max(1, Math.min(fitting, size[2]));
  return {
    id,
    name: volume.name,
    files,
    opened: {
      ...(read.dataset === undefined ? {} : { dataset: read.dataset }),
      ...(read.raw === undefined ? {} : { raw: rawLayoutText(read.raw) }),
      kind,
      voxelSize: spacing === null ? null : { values: [...spacing.values], unit: spacing.unit },
    },
    voxels: {
      size: [...size],
      type,
      sha256: voxelDigest ?? (await digestVoxels(volume, breathe)),
      chunks: { slices, sha256: [...(await digestSlices(volume, slices, breathe))] },
    },
  };
}

/** The document, checked as a reader's program will check it. */
export async function makeSession(
  host: Pick<Host, 'kernelBytes'>,
  recipe: Recipe,
  datasets: readonly SessionDataset[],
  claims: readonly SessionClaim[],
  authorship: Authorship,
): Promise<Session> {
  return parseSession({
    format: SESSION_FORMAT,
    version: SESSION_VERSION,
    software: { version: VERSION, kernelsSha256: digestBytes(await host.kernelBytes()) },
    ...authorship,
    datasets,
    recipe,
    claims,
    view: null,
    comments: [],
  });
}
