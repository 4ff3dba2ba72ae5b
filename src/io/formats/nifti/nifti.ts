/**
 * NIfTI-1 and NIfTI-2: single files and pairs of header and data, plain or gzip (Cox et al. 2004,
 * nifti1.h and nifti2.h). Files of several volumes are a choice of one, named by its number from 1.
 */
import { Gunzip } from 'fflate';
import { UserError } from '../../../errors/errors.ts';
import { finishBreathing } from '../../../kernels/steps.ts';
import {
  bytesPerVoxel,
  copyNumbersSteps,
  type Size3,
  type VoxelArray,
  voxelCount,
} from '../../../volume/volume.ts';
import { chooseDataset } from '../../datasets.ts';
import { allocateBytes, type DecodeJob } from '../../decode-job.ts';
import { DecodedBytes } from '../../decoded-bytes.ts';
import type { ByteSource, ReadOptions } from '../../format.ts';
import { gunzip, MAX_GZIP_RATIO } from '../../gunzip.ts';
import { isGzip } from '../../gzip-signature.ts';
import { metadataWithEdges, type StatedEdges } from '../../header-facts.ts';
import { loadBytes } from '../../load-bytes.ts';
import { findSibling } from '../../siblings.ts';
import { defineStoredFormat, type StoredVolume } from '../../stored-volume.ts';
import { asSamples } from '../../stored-samples.ts';
import { identifyNifti, NIFTI_HEAD_BYTES, type NiftiHeader, readNiftiHeader } from './header.ts';

/** Volumes of a series that are offered for choice. */
const MAX_VOLUMES = 4096;

/** Zeros shrink a thousandfold: a whole head would give 66 MB of them. */
const UNPACKED_AT_ONCE = 512;

/** As many of the first bytes as the head of a gzip file gives. */
function unpackHead(head: Uint8Array): Uint8Array {
  const out = new DecodedBytes(new Uint8Array(NIFTI_HEAD_BYTES), 0);
  try {
    const stream = new Gunzip((piece) => {
      out.take(piece);
    });
    for (let at = 0; at < head.length && out.filled < NIFTI_HEAD_BYTES; at += UNPACKED_AT_ONCE) {
      stream.push(head.subarray(at, at + UNPACKED_AT_ONCE), false);
    }
  } catch {
    // What was decoded before the fault decides.
  }
  return out.out.subarray(0, out.filled);
}

async function readStart(source: ByteSource): Promise<Uint8Array> {
  const head = await source.read(0, 64 * 1024);
  return isGzip(head) ? unpackHead(head) : head.subarray(0, NIFTI_HEAD_BYTES);
}

/** Which volume of the file: sizes beyond the third axis count volumes. */
function chooseVolume(header: NiftiHeader, file: string, asked: string | undefined) {
  const [x = 1, y = 1, z = 1, ...rest] = header.sizes;
  const size: Size3 = [x, y, z];
  const volumes = rest.reduce((product, length) => product * length, 1);
  if (volumes > MAX_VOLUMES) {
    throw new UserError(
      'file/unsupported',
      `${file} holds ${volumes} volumes (${header.sizes.join(' × ')}); Tauscope offers up to ${MAX_VOLUMES}, so save a part of them.`,
      { file },
    );
  }
  const datasets = Array.from({ length: volumes }, (_, i) => ({
    path: String(i + 1),
    size,
    type: header.type,
    index: i,
  }));
  return { size, index: volumes <= 1 ? 0 : chooseDataset(file, datasets, asked).index };
}

async function readHeader(source: ByteSource, options: ReadOptions): Promise<StoredVolume> {
  const header = readNiftiHeader(await readStart(source), source.name);
  const { size, index } = chooseVolume(header, source.name, options.dataset);
  const edges: StatedEdges = {
    values: header.edges,
    unit: header.unit,
    source: header.unit === null ? 'NIfTI pixdim' : 'NIfTI pixdim, unit from xyzt_units',
  };
  const { scaling } = header;
  return {
    metadata: metadataWithEdges(edges, {
      format: 'nifti',
      size,
      type: scaling === null ? header.type : 'float64',
      channels: header.channels,
      tags: [
        ...(scaling === null
          ? []
          : [['rescale', `${scaling.slope} ${scaling.intercept}`] as const]),
        ['version', `NIfTI-${header.version}`],
        ['description', header.description],
        ['intent name', header.intent],
      ],
      warnings:
        scaling === null
          ? []
          : [
              `The header scales the stored values by ${scaling.slope} and adds ${scaling.intercept}: the scaled values were read.`,
            ],
    }),
    async load(job) {
      const data = header.isPair ? imageOfPair(source, options.siblings ?? []) : source;
      const stored = await loadVolume(data, header, size, index, job);
      return scaling === null ? stored : scale(stored, scaling, job);
    },
  };
}

function imageOfPair(source: ByteSource, siblings: readonly ByteSource[]): ByteSource {
  const stem = source.name.replace(/\.hdr(\.gz)?$/i, '');
  for (const name of [`${stem}.img`, `${stem}.img.gz`]) {
    const found = findSibling(name, source, siblings);
    if (found !== null) return found;
  }
  throw new UserError(
    'file/unreadable',
    `${source.name} is the header of a NIfTI pair and keeps its voxels in "${stem}.img", which is not there; open both files together.`,
    { file: source.name, missing: `${stem}.img` },
  );
}

async function loadVolume(
  source: ByteSource,
  header: NiftiHeader,
  size: Size3,
  index: number,
  job: DecodeJob,
): Promise<VoxelArray> {
  const count = voxelCount(size);
  const bytes = count * bytesPerVoxel(header.type);
  const start = header.dataStart + index * bytes;
  const packed = isGzip(await source.read(0, 2));
  const most = packed ? source.size * MAX_GZIP_RATIO : source.size;
  if (start + bytes > most) throw job.truncated(Math.max(most - start, 0), bytes);
  const out = allocateBytes(bytes, source.name);
  if (packed) await gunzip(source, 0, new DecodedBytes(out, start), job);
  else await loadBytes(source, start, out, job);
  return asSamples(out, header.type, count, header.bigEndian);
}

/** In double precision, which holds the product of any stored value up to 32 bits exactly enough. */
function scale(
  stored: VoxelArray,
  { slope, intercept }: NonNullable<NiftiHeader['scaling']>,
  job: DecodeJob,
): Promise<VoxelArray> {
  return finishBreathing(scaleSteps(stored, slope, intercept), () => job.breathe());
}

function* scaleSteps(stored: VoxelArray, slope: number, intercept: number) {
  const out = yield* copyNumbersSteps(stored, new Float64Array(stored.length));
  const step = 1 << 20;
  for (let start = 0; start < out.length; start += step) {
    const end = Math.min(start + step, out.length);
    for (let i = start; i < end; i++) out[i] = (out[i] as number) * slope + intercept;
    yield;
  }
  return out;
}

export const niftiFormat = defineStoredFormat({
  id: 'nifti',
  title: 'NIfTI',
  extensions: ['.nii', '.nii.gz', '.hdr'],
  sniff: (head) => identifyNifti(isGzip(head) ? unpackHead(head) : head) !== null,
  readHeader,
});
