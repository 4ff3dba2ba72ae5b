/** Non-local means on a GPU: the same definition as `src/kernels/nl-means.ts`. */
import {
  nlMeansCoefficients,
  nlMeansOffsets,
  type NlMeansParameters,
} from '../kernels/nl-means.ts';
import type { NumericVoxelArray, Size3 } from '../volume/volume.ts';
import { type Block, bufferVoxels, planBlocks } from './blocks.ts';
import type { GpuDevice } from './device.ts';
import { COMPUTE_STAGE, type GpuJob, type JobSurroundings, runGpuJob, USAGE } from './job.ts';
import { NL_MEANS_WGSL } from './nl-means-wgsl.ts';

/** Distance of two entries in the list of offsets: what every adapter can bind at. */
const OFFSET_STRIDE = 256;
const OFFSET_BYTES = 64;
const WEIGHTS_BYTES = 16;
const WORKGROUP: Size3 = [32, 4, 2];

const ENTRIES = ['begin', 'sumAlongY', 'sumAlongX', 'weigh', 'accumulate', 'finish'] as const;
type Pipelines = Readonly<Record<(typeof ENTRIES)[number], GPUComputePipeline>>;

export interface NlMeansOnGpuOptions {
  progress(fraction: number): void;
  /** Voxels of a buffer; default: what suits the adapter. The result does not depend on it. */
  readonly bufferVoxels?: number;
}

interface Prepared {
  readonly layout: GPUBindGroupLayout;
  readonly pipelines: Pipelines;
}

async function prepare(device: GPUDevice, patch: number, margin: number): Promise<Prepared> {
  const storage = (binding: number, type: GPUBufferBindingType): GPUBindGroupLayoutEntry => ({
    binding,
    visibility: COMPUTE_STAGE,
    buffer: { type },
  });
  const layout = device.createBindGroupLayout({
    entries: [
      {
        binding: 0,
        visibility: COMPUTE_STAGE,
        buffer: { type: 'uniform', hasDynamicOffset: true, minBindingSize: OFFSET_BYTES },
      },
      storage(1, 'uniform'),
      storage(2, 'read-only-storage'),
      ...[3, 4, 5, 6].map((binding) => storage(binding, 'storage')),
    ],
  });
  const module = device.createShaderModule({ code: NL_MEANS_WGSL });
  const constants = { PATCH: patch, MARGIN: margin };
  const made = await Promise.all(
    ENTRIES.map(async (entryPoint) => {
      const pipeline = await device.createComputePipelineAsync({
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module, entryPoint, constants },
      });
      return [entryPoint, pipeline] as const;
    }),
  );
  return { layout, pipelines: Object.fromEntries(made) as unknown as Pipelines };
}

/** Edges of the box that weights of an offset are taken over. */
function weightEdges({ size }: Block, offset: readonly number[]): Size3 {
  const [x, y, z] = size.map((edge, axis) => edge + Math.abs(offset[axis] ?? 0));
  return [x as number, y as number, z as number];
}

/** One entry for each offset as the shader's `Offset`; a block without partners still has one. */
function offsetList(offsets: Int32Array, block: Block): Int32Array<ArrayBuffer> {
  const count = Math.max(1, offsets.length / 3);
  const list = new Int32Array((count * OFFSET_STRIDE) / 4);
  for (let i = 0; i < count; i++) {
    const offset = Array.from(offsets.subarray(3 * i, 3 * i + 3));
    const at = (i * OFFSET_STRIDE) / 4;
    list.set(offset, at);
    list.set(
      offset.map((step) => Math.min(0, -step)),
      at + 4,
    );
    list.set(weightEdges(block, offset), at + 8);
    list.set(block.size, at + 12);
  }
  return list;
}

/** Writes the block with its margin into `grey`, the edge voxel repeated, times `scale`. */
async function upload(
  job: GpuJob,
  grey: GPUBuffer,
  input: NumericVoxelArray,
  [nx, ny, nz]: Size3,
  block: Block,
  margin: number,
  scale: number,
): Promise<void> {
  const [width, height, depth] = block.size.map((edge) => edge + 2 * margin) as [
    number,
    number,
    number,
  ];
  const clamp = (i: number, n: number): number => Math.min(n - 1, Math.max(0, i));
  const [x0, y0, z0] = block.start.map((start) => start - margin) as [number, number, number];
  for (let z = 0; z < depth; z++) {
    const plane = new Float32Array(width * height);
    for (let y = 0; y < height; y++) {
      const from = nx * (clamp(y0 + y, ny) + ny * clamp(z0 + z, nz));
      const row = plane.subarray(y * width, (y + 1) * width);
      for (let x = 0; x < width; x++) row[x] = input[from + clamp(x0 + x, nx)] as number;
      // Rounded to float32 first, as the kernel does.
      for (let x = 0; x < width; x++) row[x] = (row[x] as number) * scale;
    }
    job.device.queue.writeBuffer(grey, 4 * z * width * height, plane);
    await job.breathe();
  }
}

/** Copies a block's voxels to their place in the result. */
function store(out: Float32Array, [nx, ny]: Size3, block: Block, values: Float32Array): void {
  const [width, height, depth] = block.size;
  const [x, y, z] = block.start;
  for (let slice = 0; slice < depth; slice++) {
    for (let row = 0; row < height; row++) {
      const from = width * (row + height * slice);
      out.set(values.subarray(from, from + width), x + nx * (y + row + ny * (z + slice)));
    }
  }
}

function largest(blocks: readonly Block[], axis: number, more: number): number {
  return more + Math.max(...blocks.map(({ size }) => size[axis] as number));
}

/**
 * Non-local means of `input` (nx·ny·nz voxels, x fastest) in float32. Adapters
 * may contract or round differently: the operation states how far results may differ.
 * GPU memory: six buffers of at most 64 MiB. Cancels within a batch, some 40 ms.
 */
export async function nlMeansOnGpu(
  gpu: GpuDevice,
  input: NumericVoxelArray,
  size: Size3,
  parameters: NlMeansParameters,
  surroundings: JobSurroundings,
  options: NlMeansOnGpuOptions,
): Promise<Float32Array<ArrayBuffer>> {
  if (parameters.h === 0) return new Float32Array(input);
  const { patchRadius, searchRadius } = parameters;
  const { slope, shift, scale } = nlMeansCoefficients(parameters);
  const margin = patchRadius + searchRadius;
  const offsets = nlMeansOffsets(size, searchRadius);
  const pairs = offsets.length / 3;
  const blocks = planBlocks(size, margin, options.bufferVoxels ?? bufferVoxels(gpu.isSoftware));
  const out = new Float32Array(input.length);

  return runGpuJob(gpu, surroundings, async (job) => {
    const { device } = job;
    const { layout, pipelines } = await prepare(device, patchRadius, margin);
    const volumeOf = (x: number, y: number, z: number): number =>
      largest(blocks, 0, x) * largest(blocks, 1, y) * largest(blocks, 2, z);
    const { storage, copySource, copyTarget, uniform, mapRead } = USAGE;
    const blockBytes = 4 * volumeOf(0, 0, 0);
    const wide = searchRadius + 2 * patchRadius;
    const grey = job.buffer(4 * volumeOf(2 * margin, 2 * margin, 2 * margin), storage | copyTarget);
    const first = job.buffer(4 * volumeOf(wide, searchRadius, wide), storage);
    const second = job.buffer(4 * volumeOf(searchRadius, searchRadius, wide), storage);
    const numerator = job.buffer(blockBytes, storage | copySource);
    const denominator = job.buffer(blockBytes, storage);
    const result = job.buffer(blockBytes, mapRead | copyTarget);
    const list = job.buffer(Math.max(1, pairs) * OFFSET_STRIDE, uniform | copyTarget);
    const weights = job.buffer(WEIGHTS_BYTES, uniform | copyTarget);
    device.queue.writeBuffer(weights, 0, Float32Array.of(slope, shift, 1 / scale, 0));
    const bindings: GPUBindingResource[] = [
      { buffer: list, size: OFFSET_BYTES },
      ...[weights, grey, first, second, numerator, denominator].map((buffer) => ({ buffer })),
    ];
    const group = device.createBindGroup({
      layout,
      entries: bindings.map((resource, binding) => ({ binding, resource })),
    });

    const dispatch = (
      pass: GPUComputePassEncoder,
      entry: (typeof ENTRIES)[number],
      item: number,
      [x, y, z]: Size3,
    ): void => {
      pass.setPipeline(pipelines[entry]);
      pass.setBindGroup(0, group, [item * OFFSET_STRIDE]);
      pass.dispatchWorkgroups(
        Math.ceil(x / WORKGROUP[0]),
        Math.ceil(y / WORKGROUP[1]),
        Math.ceil(z / WORKGROUP[2]),
      );
    };

    let voxelsDone = 0;
    for (const block of blocks) {
      const voxels = block.size[0] * block.size[1] * block.size[2];
      device.queue.writeBuffer(list, 0, offsetList(offsets, block));
      await upload(job, grey, input, size, block, margin, scale);
      // The first item starts the accumulators, the last one divides them.
      await job.inBatches(
        pairs + 2,
        (pass, item) => {
          if (item === 0) dispatch(pass, 'begin', 0, block.size);
          else if (item === pairs + 1) dispatch(pass, 'finish', 0, block.size);
          else {
            const at = item - 1;
            const [x, y, z] = weightEdges(block, Array.from(offsets.subarray(3 * at, 3 * at + 3)));
            const patch = 2 * patchRadius;
            dispatch(pass, 'sumAlongY', at, [x + patch, y, z + patch]);
            dispatch(pass, 'sumAlongX', at, [x, y, z + patch]);
            dispatch(pass, 'weigh', at, [x, y, z]);
            dispatch(pass, 'accumulate', at, block.size);
          }
        },
        (done) => options.progress((voxelsDone + (voxels * done) / (pairs + 2)) / input.length),
      );
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(numerator, 0, result, 0, 4 * voxels);
      device.queue.submit([encoder.finish()]);
      await job.read(result, 4 * voxels, (values) => store(out, size, block, values));
      voxelsDone += voxels;
    }
    return out;
  });
}
