/** The surface of one phase as a mesh, with its measured area. */
import { Bug } from '../errors/errors.ts';
import type { Host } from '../host/host.ts';
import { defaultParameters } from '../declaration/parameters.ts';
import { operation as surfaceArea } from '../operations/measure-surface-area/index.ts';
import { labelsOfBreathing } from '../volume/labels.ts';
import type { LengthUnit } from '../volume/length.ts';
import type { Phase, Size3, Vector3, Volume } from '../volume/volume.ts';
import type { KernelHost } from '../wasm/kernel-host.ts';
import {
  buildNet,
  buildNetBytes,
  countNet,
  countNetBytes,
  type NetCounts,
  netSize,
} from '../wasm/surface-net.ts';
import { createBreathe } from './breathe.ts';
import { decimate } from './decimate.ts';
import { facesOfVolume, finishMesh, type Mesh, surfaceNormals } from './surface-mesh.ts';

export interface SurfaceOptions {
  /** Most triangles wanted; null = all that the voxels give. */
  readonly triangles: number | null;
}

/** What is written to files unless somebody says otherwise: 50 MB of STL. */
export const EXPORTED_SURFACE: SurfaceOptions = { triangles: 1_000_000 };

export interface PhaseSurface extends Mesh {
  readonly phase: Phase;
  /** Of positions, which count from the outer corner of the first voxel; null = voxel edges. */
  readonly unit: LengthUnit | null;
  /** That corner, in the same unit. */
  readonly corner: Vector3;
  /** Edges of the volume, in the same unit. */
  readonly extent: Vector3;
  /** Triangles before they were made fewer. */
  readonly allTriangles: number;
  /** Edge of the cubes of voxels that were taken together; 1 for the voxels themselves. */
  readonly voxelsTogether: number;
}

/** A row of `measure-surface-area`, whose numbers the page shows beside the mesh. */
export interface PhaseArea {
  readonly label: number;
  readonly area: number;
  readonly areaUnit: string;
  readonly specificArea: number;
  readonly specificUnit: string;
}

export interface SurfaceJob {
  readonly kernels: KernelHost;
  readonly host: Pick<Host, 'turn'>;
  readonly signal: AbortSignal;
  /** 0 to 1, rising. */
  readonly progress: (fraction: number) => void;
}

/** Voxel pairs of a net for each triangle wanted: more are looked at in larger cubes. */
const PAIRS_PER_TRIANGLE = 6;
/** Voxel pairs of any net: 0.8 GB of working memory. */
const MOST_PAIRS = 8e6;
/** Rows of cubes between two chances to cancel. */
const ROWS_PER_BREATH = 64;

/** The areas of all phases, as the operation measures them. */
export async function phaseAreas(volume: Volume, job: SurfaceJob): Promise<readonly PhaseArea[]> {
  const { signal, progress, kernels } = job;
  const result = await surfaceArea.run(volume, defaultParameters(surfaceArea.parameters), {
    signal,
    progress,
    breathe: createBreathe(job.host, signal),
    withKernels: (bytes, driver) => kernels.runJob({ bytes, signal, progress }, driver),
  });
  const rows = result.tables?.find(({ id }) => id === 'surfaces')?.rows ?? [];
  return rows as unknown as readonly PhaseArea[];
}

/**
 * The surface of a label: surface net, relaxed within the voxels, and made of fewer triangles. It is
 * closed by the faces of the volume, so that the mesh encloses the phase. Where the net would be
 * much larger than what is wanted, cubes of voxels are taken together, by majority. An empty mesh
 * where the label does not occur. O(N + triangles) time; memory of the net: 76 bytes a voxel pair.
 */
export async function phaseSurface(
  volume: Volume,
  label: number,
  options: SurfaceOptions,
  job: SurfaceJob,
): Promise<PhaseSurface> {
  const { kernels, signal } = job;
  const breathe = createBreathe(job.host, signal);
  const { indices, labels, phases } = await labelsOfBreathing(volume, breathe);
  const position = labels.indexOf(label);
  const phase = phases[position];
  if (phase === undefined) throw new Bug('A surface of a label that is not there.', { label });
  const part = (from: number, to: number) => (fraction: number) =>
    job.progress(from + (to - from) * fraction);

  const most = Math.min(MOST_PAIRS, PAIRS_PER_TRIANGLE * (options.triangles ?? MOST_PAIRS));
  let grid = { indices, size: volume.size, value: position, together: 1 };
  let counts: NetCounts;
  for (;;) {
    const { indices: marks, size, value } = grid;
    counts = await kernels.runJob(
      { bytes: countNetBytes(size), signal, progress: part(0, 0.15) },
      (session) => countNet(session, marks, size, value),
    );
    if (netSize(counts).quads <= most) break;
    const together = grid.together + 1;
    const coarse = await byMajority(indices, volume.size, position, together, breathe);
    grid = { ...coarse, value: 1, together };
  }
  const { indices: marks, size, value, together } = grid;
  const net = await kernels.runJob(
    { bytes: buildNetBytes(size, netSize(counts)), signal, progress: part(0.15, 0.5) },
    (session) => buildNet(session, marks, size, value, counts),
  );

  // Cubes at the end may have fewer voxels.
  for (let i = 0; i < net.positions.length && together > 1; i++) {
    const whole = volume.size[i % 3] as number;
    net.positions[i] = Math.min(whole, (net.positions[i] as number) * together);
  }
  const faces = facesOfVolume(net.positions, volume.size);
  const edges = volume.spacing?.values ?? [1, 1, 1];
  for (let i = 0; i < net.positions.length; i++) {
    net.positions[i] = (net.positions[i] as number) * (edges[i % 3] as number);
  }
  await breathe();
  const normals = await surfaceNormals(net.positions, net.triangles, faces, breathe);
  const fewer =
    options.triangles === null
      ? net.triangles
      : await decimate(net.positions, net.triangles, {
          triangles: options.triangles,
          edge: together * Math.min(...edges),
          breathe,
          progress: part(0.55, 0.95),
        });
  const mesh = await finishMesh(net.positions, normals, fewer, faces, breathe);
  job.progress(1);
  return {
    ...mesh,
    phase,
    unit: volume.spacing?.unit ?? null,
    corner: edges.map((edge, axis) =>
      volume.spacing === null ? 0 : (volume.origin[axis] as number) - edge / 2,
    ) as unknown as Vector3,
    extent: edges.map((edge, axis) => edge * (volume.size[axis] as number)) as unknown as Vector3,
    allTriangles: net.triangles.length / 3,
    voxelsTogether: together,
  };
}

/** 1 for cubes of `edge` voxels of which at least half have the value; those at the end may be smaller. */
async function byMajority(
  indices: Uint8Array,
  [nx, ny, nz]: Size3,
  value: number,
  edge: number,
  breathe: () => Promise<void>,
): Promise<{ readonly indices: Uint8Array; readonly size: Size3 }> {
  const size = [nx, ny, nz].map((n) => Math.ceil(n / edge)) as unknown as [number, number, number];
  const [cx, cy, cz] = size;
  const out = new Uint8Array(cx * cy * cz);
  const counts = new Uint32Array(cx);
  for (let k = 0; k < cz; k++) {
    for (let j = 0; j < cy; j++) {
      counts.fill(0);
      const [lastY, lastZ] = [Math.min(ny, (j + 1) * edge), Math.min(nz, (k + 1) * edge)];
      for (let z = k * edge; z < lastZ; z++) {
        for (let y = j * edge; y < lastY; y++) {
          const row = nx * (y + ny * z);
          for (let x = 0; x < nx; x++) {
            if (indices[row + x] !== value) continue;
            const cube = Math.floor(x / edge);
            counts[cube] = (counts[cube] as number) + 1;
          }
        }
      }
      const across = (lastY - j * edge) * (lastZ - k * edge);
      for (let i = 0; i < cx; i++) {
        const voxels = across * (Math.min(nx, (i + 1) * edge) - i * edge);
        out[i + cx * (j + cy * k)] = 2 * (counts[i] as number) >= voxels ? 1 : 0;
      }
      if ((j + cy * k) % ROWS_PER_BREATH === 0) await breathe();
    }
  }
  return { indices: out, size };
}
