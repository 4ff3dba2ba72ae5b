/** The volumes that are measured: seeded phantoms of a chosen edge, and reference volumes. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { tiffFormat } from '../src/io/formats/tiff/format.ts';
import { bytesSource } from '../src/io/sources.ts';
import { naturalLog } from '../src/kernels/exp.ts';
import { fillGaussianField } from '../src/phantoms/gaussian-field.ts';
import { StagedRun } from '../src/phantoms/hooks.ts';
import { loadPhantom } from '../src/phantoms/registry.ts';
import { bodyVolume, overlappingSpheres } from '../src/phantoms/simple.ts';
import {
  createVolume,
  type NumericVoxelArray,
  toFloat32,
  type Volume,
  withKind,
} from '../src/volume/volume.ts';
import { gradientBytes, gradientMagnitude } from '../src/wasm/gradient.ts';
import { gaussianBytes, smoothGaussian } from '../src/wasm/gaussian.ts';
import { referenceFile } from '../tests/support/reference-folder.ts';
import type { OwnHost } from './own.ts';

/** A volume and what else a measurement reads, by name; a peer gets each as a file. */
export interface Sample {
  readonly volume: Volume;
  readonly arrays: Readonly<Record<string, NumericVoxelArray>>;
}

export interface SampleSource {
  /** What the report calls it, without its size. */
  readonly title: string;
  /** Edge in voxels; null where the volume is what it is. */
  readonly edge: number | null;
  /** Null where the data are not on this machine. */
  load(edge: number, own: OwnHost): Promise<Sample | null>;
}

const SEED = 1;
const SPHERE_RADIUS = 8;
const BLOB_SIGMA = 2.5;
/** Value that 45 % of a normal distribution lie below. */
const BLOB_LEVEL = -0.125661;
const BLOB_STREAM = 1;
const WATERSHED_SIGMA = 1;
/** Between the grey levels of the cathode phantom's phases: 21845, 29491 and 41506. */
const MARKER_INTERVALS = [
  [Number.NEGATIVE_INFINITY, 23_000],
  [27_500, 31_500],
  [38_000, Number.POSITIVE_INFINITY],
] as const;

function sampleOf(volume: Volume): Sample {
  return { volume, arrays: { volume: volume.data as NumericVoxelArray } };
}

/** Solid spheres of 8 voxels radius that overlap; label 0 is the pore. */
export function spheres(edge: number, porosity = 0.35): SampleSource {
  return {
    title: `overlapping spheres, porosity ${porosity}`,
    edge,
    load: async (size) => {
      const radius = Math.min(SPHERE_RADIUS, size / 2);
      const covered = (4 / 3) * Math.PI * (radius / size) ** 3;
      const count = Math.round(naturalLog(porosity) / naturalLog(1 - covered));
      return sampleOf(bodyVolume(overlappingSpheres({ size, seed: SEED, radius, count })));
    },
  };
}

async function gaussianField(size: number): Promise<Float32Array<ArrayBuffer>> {
  const field = new Float32Array(size ** 3);
  const stage = new StagedRun({}, 1).stage(1);
  await fillGaussianField(field, size, BLOB_SIGMA, SEED, BLOB_STREAM, stage);
  return field;
}

/** What a gaussian random field of 2.5 voxels leaves below its 45 % level; label 0 is the pore. */
export function blobs(edge: number): SampleSource {
  return {
    title: 'blobs, porosity 0.45',
    edge,
    load: async (size) => {
      const field = await gaussianField(size);
      const data = Uint8Array.from(field, (value) => (value < BLOB_LEVEL ? 0 : 1));
      return sampleOf(createVolume({ kind: 'labels', size: [size, size, size], data }));
    },
  };
}

/** Scans that were made before: several contests read the same one. */
const scans = new Map<number, Promise<Volume>>();

function cathodeGrey(size: number): Promise<Volume> {
  const found = scans.get(size) ?? makeCathodeGrey(size);
  scans.set(size, found);
  return found;
}

async function makeCathodeGrey(size: number): Promise<Volume> {
  const phantom = await loadPhantom('cathode');
  const { volumes } = await phantom.generate({ size, seed: SEED });
  const grey = volumes.find(({ stem }) => stem === 'grey');
  if (grey === undefined) throw new Error('The cathode phantom made no grey volume.');
  // Lengths in voxels, as peers have them.
  return { ...grey.volume, spacing: null };
}

/** The scan of the cathode phantom: three phases, noise, rings. */
export function cathode(edge: number, type: 'uint16' | 'float32'): SampleSource {
  return {
    title: `cathode phantom, ${type}`,
    edge,
    load: async (size) => {
      const grey = await cathodeGrey(size);
      return sampleOf(
        type === 'uint16' ? grey : createVolume({ ...grey, data: toFloat32(grey.data) }),
      );
    },
  };
}

/** Gradient magnitude of the smoothed cathode phantom, and seeds of its three phases. */
export function cathodeGradient(edge: number): SampleSource {
  return {
    title: 'gradient of the cathode phantom, seeds of three phases',
    edge,
    load: async (size, own) => {
      const grey = await cathodeGrey(size);
      const sigma = { sigma: WATERSHED_SIGMA };
      const smooth = await own.run(gaussianBytes(grey.size, sigma), (session) =>
        smoothGaussian(session, grey.data as NumericVoxelArray, grey.size, sigma),
      );
      const options = { ...sigma, spacing: [1, 1, 1] as const };
      const gradient = await own.run(gradientBytes(grey.size, options), (session) =>
        gradientMagnitude(session, smooth, grey.size, options),
      );
      const markers = Uint8Array.from(
        smooth,
        (value) => MARKER_INTERVALS.findIndex(([low, high]) => value >= low && value <= high) + 1,
      );
      return { volume: createVolume({ ...grey, data: smooth }), arrays: { gradient, markers } };
    },
  };
}

/** A label volume of the reference data. */
export function reference(...parts: readonly string[]): SampleSource {
  const name = parts.at(-1) ?? '';
  return {
    title: basename(name, '.tif'),
    edge: null,
    load: async () => {
      const file = referenceFile(...parts);
      if (file === null) return null;
      const source = bytesSource(new Uint8Array(await readFile(file)), name);
      const { volume } = await tiffFormat.readVolume(source);
      return sampleOf(withKind(volume, 'labels'));
    },
  };
}
