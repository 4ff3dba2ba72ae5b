/**
 * An operation as an itk-wasm pipeline: the object that itk-wasm's own `runPipeline` and
 * `runPipelineNode` drive. Arguments: input image 0, output 0 (the image an operation makes, or its
 * tables as JSON), for an operation that makes both, output 1 (the tables), then `--memory-io` and
 * the operation's flags.
 *
 * itk-wasm reads the outputs as soon as `callMain` returns, so everything here is synchronous once
 * the pipeline build has removed `async` and `await`.
 */
import {
  flagHelp,
  flagOptions,
  parametersFromFlags,
  type ReadArguments,
  readArguments,
} from '../declaration/flags.ts';
import { parseParameters } from '../declaration/parameters.ts';
import { isAllocationFailure, UserError } from '../errors/errors.ts';
import type { Operation, OperationContext, OperationResult } from '../operations/operation.ts';
import { itkImageToVolume, volumeToItkImage } from '../volume/itk-image.ts';
import { createSpacing } from '../volume/length.ts';
import {
  bytesPerVoxel,
  createVolume,
  isVoxelType,
  type Volume,
  voxelBytes,
  voxelsFromBytes,
} from '../volume/volume.ts';
import { Heap } from './heap.ts';
import { SingleThreadSession } from './single-thread-session.ts';

interface ImageType {
  readonly dimension: number;
  readonly componentType: string;
  readonly pixelType: string;
  readonly components: number;
}

interface ImageJson {
  readonly imageType: ImageType;
  readonly name: string;
  readonly origin: readonly number[];
  readonly spacing: readonly number[];
  readonly direction: string;
  readonly size: readonly number[];
  readonly data: string;
  readonly metadata: readonly (readonly [string, unknown])[];
}

interface InputImage {
  readonly json: ImageJson;
  readonly voxels: Uint8Array<ArrayBuffer>;
  /** Bytes of the matrix of float64; null where the image has none. */
  readonly direction: Uint8Array | null;
}

interface Block {
  readonly address: number;
  readonly size: number;
}

/** The members of an Emscripten module that itk-wasm's runtime uses. */
export interface PipelineModule {
  readonly HEAPU8: Uint8Array;
  ccall(name: string, returns: string, types: readonly string[], args: readonly number[]): number;
  lengthBytesUTF8(text: string): number;
  stringToUTF8(text: string, address: number, capacity: number): void;
  UTF8ToString(address: number): string;
  stackSave(): number;
  stackRestore(pointer: number): void;
  callMain(args: readonly string[]): number;
  resetModuleStdout(): void;
  resetModuleStderr(): void;
  getModuleStdout(): string;
  getModuleStderr(): string;
  mountDir(path: string): string;
  unmountDir(path: string): void;
}

/** The default export of a pipeline: itk-wasm calls it with the decompressed module. */
export function createPipelineFactory(
  operation: Operation,
): (options: { wasmBinary: BufferSource }) => PipelineModule {
  return ({ wasmBinary }) => createModule(operation, new WebAssembly.Module(wasmBinary));
}

function createModule(operation: Operation, wasm: WebAssembly.Module): PipelineModule {
  const heap = new Heap();
  const arrays = new Map<string, Block>();
  const jsons = new Map<string, number>();
  let stdout = '';
  let stderr = '';
  // A module is used again by the browser's runtime; the first input after a run starts afresh.
  let finished = false;

  const beginIfFinished = (): void => {
    if (!finished) return;
    heap.clear();
    arrays.clear();
    jsons.clear();
    finished = false;
  };

  const storeText = (text: string): number => {
    const bytes = new TextEncoder().encode(text);
    const address = heap.allocate(bytes.length + 1);
    heap.bytes.set(bytes, address);
    return address;
  };

  const readText = (address: number): string => {
    const bytes = heap.bytes;
    const end = bytes.indexOf(0, address);
    // TextDecoder refuses shared memory; this heap is never shared.
    return new TextDecoder().decode(bytes.subarray(address, end));
  };

  const calls: Readonly<Record<string, (args: readonly number[]) => number>> = {
    itk_wasm_input_array_alloc: ([, input = 0, part = 0, size = 0]) => {
      beginIfFinished();
      const address = heap.allocate(size);
      arrays.set(`in ${input} ${part}`, { address, size });
      return address;
    },
    itk_wasm_input_json_alloc: ([, input = 0, size = 0]) => {
      beginIfFinished();
      const address = heap.allocate(size);
      jsons.set(`in ${input}`, address);
      return address;
    },
    itk_wasm_output_array_address: ([, output = 0, part = 0]) =>
      arrays.get(`out ${output} ${part}`)?.address ?? 0,
    itk_wasm_output_array_size: ([, output = 0, part = 0]) =>
      arrays.get(`out ${output} ${part}`)?.size ?? 0,
    itk_wasm_output_json_address: ([, output = 0]) => jsons.get(`out ${output}`) ?? 0,
    itk_wasm_output_json_size: ([, output = 0]) => {
      const address = jsons.get(`out ${output}`);
      return address === undefined ? 0 : new TextEncoder().encode(readText(address)).length;
    },
    itk_wasm_free_all: () => {
      finished = true;
      beginIfFinished();
      return 0;
    },
  };

  const readImage = (input: number): InputImage => {
    const json = jsons.get(`in ${input}`);
    const block = arrays.get(`in ${input} 0`);
    if (json === undefined || block === undefined) {
      throw new UserError('usage', `Input ${input} is not an image.`);
    }
    const axes = arrays.get(`in ${input} 1`);
    return {
      json: JSON.parse(readText(json)) as ImageJson,
      voxels: heap.copyOut(block.address, block.size),
      direction: axes === undefined ? null : heap.copyOut(axes.address, axes.size),
    };
  };

  const writeImage = (output: number, volume: Volume, like: InputImage): void => {
    const bytes = voxelBytes(volume.data);
    const data: Block = { address: heap.store(bytes), size: bytes.length };
    const direction = like.direction ?? identity(like.json.imageType.dimension);
    const axes: Block = { address: heap.store(direction), size: direction.length };
    arrays.set(`out ${output} 0`, data);
    arrays.set(`out ${output} 1`, axes);
    const json = imageJson(volume, like.json, data.address, axes.address);
    jsons.set(`out ${output}`, storeText(JSON.stringify(json)));
  };

  const writeJson = (output: number, value: unknown): void => {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    arrays.set(`out ${output} 0`, { address: heap.store(bytes), size: bytes.length });
  };

  const main = async (args: readonly string[]): Promise<void> => {
    if (args.includes('--help')) {
      stdout += helpText(operation);
      return;
    }
    const { positionals, values } = readFlags(operation, args);
    const [input = 0, output = 0, tablesOutput] = positionals.map(Number);
    const params = parseParameters(
      operation.parameters,
      parametersFromFlags(operation.parameters, values),
      operation.title,
    );
    const image = readImage(input);
    const volume = toVolume(image, operation.input);
    const result: OperationResult = await operation.run(volume, params, createContext(wasm));
    if ('volume' in result) {
      writeImage(output, result.volume, image);
      if (tablesOutput !== undefined) writeJson(tablesOutput, result.tables ?? []);
    } else {
      writeJson(output, result.tables);
    }
  };

  return {
    get HEAPU8() {
      return heap.bytes;
    },
    ccall: (name, _returns, _types, args) => {
      const call = calls[name];
      if (call === undefined) throw new Error(`This pipeline has no function ${name}.`);
      return call(args);
    },
    lengthBytesUTF8: (text) => new TextEncoder().encode(text).length,
    stringToUTF8: (text, address, capacity) => {
      const bytes = new TextEncoder().encode(text).subarray(0, capacity - 1);
      const target = heap.bytes;
      target.set(bytes, address);
      target[address + bytes.length] = 0;
    },
    UTF8ToString: readText,
    stackSave: () => 0,
    stackRestore: () => undefined,
    callMain: (args) => {
      finished = true;
      try {
        // The build's removal of `async` makes this call synchronous; see the header.
        void main(args);
        return 0;
      } catch (error) {
        stderr += `${describeFailure(error)}\n`;
        return 1;
      }
    },
    resetModuleStdout: () => {
      stdout = '';
    },
    resetModuleStderr: () => {
      stderr = '';
    },
    getModuleStdout: () => stdout,
    getModuleStderr: () => stderr,
    mountDir: (path) => path,
    unmountDir: () => undefined,
  };
}

function createContext(wasm: WebAssembly.Module): OperationContext {
  return {
    signal: new AbortController().signal,
    progress: () => undefined,
    breathe: async () => {},
    withKernels: async (bytes, driver) => driver(new SingleThreadSession(wasm, bytes)),
  };
}

function describeFailure(error: unknown): string {
  if (isAllocationFailure(error)) {
    return 'There is not enough memory for this image: crop or bin it first.';
  }
  return error instanceof Error ? error.message : String(error);
}

/** The volume that an operation is given. Axes that the image lacks have one voxel. */
function toVolume({ json, voxels }: InputImage, input: Operation['input']): Volume {
  const { imageType, size, spacing } = json;
  const { componentType } = imageType;
  if (!isVoxelType(componentType)) {
    throw new UserError(
      'volume/not-scalar',
      `The image holds values of type ${componentType}; this pipeline takes integers of up to 64 bits, float32 and float64.`,
    );
  }
  const values = voxels.length / bytesPerVoxel(componentType);
  if (values !== size.reduce((count, n) => count * n, imageType.components)) {
    // itk-wasm sends the whole buffer behind an array, and not where in it the array begins.
    throw new UserError(
      'usage',
      `The image has ${values} values for a size of ${size.join(' × ')}: its array must fill its buffer, so pass a copy of a part (data.slice()).`,
    );
  }
  const image = {
    ...json,
    name: json.name === '' ? 'image' : json.name,
    data: voxelsFromBytes(componentType, voxels, values),
    metadata: new Map(json.metadata),
  };
  const volume = itkImageToVolume(image, input === 'any' ? {} : { kind: input });
  if (volume.spacing !== null) return volume;
  // An image of others states no unit; millimetres are ITK's convention.
  const [sx = 1, sy = 1, sz = 1] = spacing;
  return createVolume({ ...volume, spacing: createSpacing([sx, sy, sz], 'mm') });
}

function identity(dimension: number): Uint8Array {
  const matrix = new Float64Array(dimension ** 2);
  for (let axis = 0; axis < dimension; axis++) matrix[axis * (dimension + 1)] = 1;
  return voxelBytes(matrix);
}

/** An image of as many dimensions as the input: those beyond the volume's three have one voxel. */
function imageJson(volume: Volume, like: ImageJson, data: number, direction: number): ImageJson {
  const { name, imageType, size, spacing, origin, metadata } = volumeToItkImage(volume);
  const { dimension } = like.imageType;
  const fit = (values: readonly number[], others: readonly number[]): readonly number[] =>
    [...values, ...others.slice(values.length)].slice(0, dimension);
  return {
    imageType: { ...imageType, dimension },
    name,
    origin: fit(origin, like.origin),
    spacing: fit(spacing, like.spacing),
    direction: `data:application/vnd.itk.address,0:${direction}`,
    size: fit(size, like.size),
    data: `data:application/vnd.itk.address,0:${data}`,
    metadata: [...metadata],
  };
}

function readFlags(operation: Operation, args: readonly string[]): ReadArguments {
  return readArguments(
    args.filter((arg) => arg !== '--memory-io'),
    flagOptions(operation.parameters),
    (raw) => new UserError('usage', `${operation.id} has no flag ${raw}; see --help.`),
  );
}

function helpText(operation: Operation): string {
  const flags = flagHelp(operation.parameters).map(({ flag, text }) => `  ${flag}\n      ${text}`);
  return `${operation.title}: ${operation.summary}\n${operation.equation}\n${flags.join('\n')}\n`;
}
