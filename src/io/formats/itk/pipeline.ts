/**
 * The only module that calls itk-wasm (1.0.0-b.201), and the guard against what it does not do:
 * - The caller of a reader has checked the header and counted the bytes, because readers fill missing
 *   bytes with zeros (NIfTI, zlib data of MetaImage) and never return on headers of another kind
 *   (NIfTI-2).
 * - One worker per call, terminated after it: its files in memory and its wasm memory are never
 *   freed, and a failed load stays cached for the worker's life.
 * - A terminated worker leaves its promise pending for ever, so every call races the abort signal.
 * - C++ exceptions arrive as bare numbers, other failures as missing results without an error.
 */
import { Bug, cancelled, UserError } from '../../../errors/errors.ts';
import type { UnknownItkImage } from '../../../volume/itk-image.ts';
import { type ItkPipeline, itkAssetsUrl, packageOf } from './assets.ts';

/** Sizes are signed 32-bit numbers inside the pipelines. */
export const MAX_ITK_BYTES = 2 ** 31 - 1;

export interface ItkInput {
  readonly pipeline: ItkPipeline;
  /** Constant per format: each new name would stay in the worker's memory. */
  readonly memoryName: string;
  /** Owns its whole buffer; it may be gone afterwards. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The user's file, for messages. */
  readonly file: string;
  readonly signal?: AbortSignal | undefined;
}

interface PipelineResult {
  readonly returnValue: number;
  readonly stderr: string;
  readonly outputs: readonly { readonly data?: unknown }[];
}

type ItkModule = typeof import('itk-wasm');
type Arguments = Parameters<ItkModule['runPipelineNode']>;

export interface ItkCall {
  readonly pipeline: ItkPipeline;
  /** What the pipeline is called with; buffers of the inputs may be gone afterwards. */
  readonly call: (types: ItkModule['InterfaceTypes']) => {
    readonly args: Arguments[1];
    readonly outputs: Arguments[2];
    readonly inputs: Arguments[3];
  };
  /** What to say where the pipeline gave up; the reason is its own text in brackets, or empty. */
  readonly refused: (reason: string, cause: unknown) => UserError;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a pipeline and gives what its outputs hold. Throws what `refused` makes where the pipeline
 * gave up, Bug where it could not be loaded.
 */
export async function runItkPipeline(call: ItkCall): Promise<readonly unknown[]> {
  const { signal } = call;
  if (signal?.aborted) throw cancelled();
  const itk = await import('itk-wasm');
  const result =
    'runPipelineNode' in itk && 'process' in globalThis
      ? await runInNode(itk, call)
      : await runInWorker(itk, call);
  if (signal?.aborted) throw cancelled();
  if (result.returnValue !== 0) throw failure(call, new Error(result.stderr));
  return result.outputs.map(({ data }) => data);
}

/** Runs the reader. Throws UserError where the file cannot be read, Bug where the host cannot. */
export async function runItkReader(input: ItkInput): Promise<UnknownItkImage> {
  const { pipeline, memoryName, bytes, signal, file } = input;
  if (bytes.byteOffset !== 0 || bytes.byteLength !== bytes.buffer.byteLength) {
    throw new Bug('runItkReader: the bytes must own their whole buffer', { file });
  }
  if (bytes.byteLength > MAX_ITK_BYTES) {
    throw new UserError(
      'file/limit',
      `${file} is larger than 2 GiB, the most that can be read in this format; save it as TIFF or NRRD.`,
      { file, bytes: bytes.byteLength },
    );
  }
  const refused = (reason: string, cause: unknown): UserError =>
    new UserError(
      'file/malformed',
      `${file} cannot be read: its format's reader gave up${reason}; check the file or save it as TIFF or NRRD.`,
      { file },
      cause,
    );
  const [readable, image] = await runItkPipeline({
    pipeline,
    call: ({ BinaryFile, Image, JsonCompatible }) => ({
      args: [memoryName, '0', '1', '--memory-io'],
      outputs: [{ type: JsonCompatible }, { type: Image }],
      inputs: [{ type: BinaryFile, data: { path: memoryName, data: bytes } }],
    }),
    refused,
    signal,
  });
  if (readable !== true || !isItkImage(image)) throw refused('', image);
  return image;
}

/** Whether a pipeline gave an image at all. */
export function isItkImage(output: unknown): output is UnknownItkImage {
  const image = output as Partial<UnknownItkImage> | null | undefined;
  return (
    image?.imageType !== undefined && image.size !== undefined && ArrayBuffer.isView(image.data)
  );
}

/** Node has no worker for pipelines: the call blocks, each time with a fresh module. */
async function runInNode(itk: ItkModule, call: ItkCall): Promise<PipelineResult> {
  const { args, outputs, inputs } = call.call(itk.InterfaceTypes);
  const folder = itkAssetsUrl(packageOf(call.pipeline));
  const path = decodeURIComponent(new URL(`${folder}/${call.pipeline}`).pathname);
  const { log, error } = console;
  // itk-wasm prints what it throws, on the standard output too, where results are expected.
  console.log = () => undefined;
  console.error = () => undefined;
  try {
    return await itk.runPipelineNode(path, args, outputs, inputs);
  } catch (cause) {
    throw failure(call, cause);
  } finally {
    console.log = log;
    console.error = error;
  }
}

async function runInWorker(itk: ItkModule, call: ItkCall): Promise<PipelineResult> {
  const { args, outputs, inputs } = call.call(itk.InterfaceTypes);
  const { pipeline, signal } = call;
  const worker = await itk.createWebWorker(null);
  let stop: (reason: Error) => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = reject;
  });
  // The race below is not reached where loading fails first.
  stopped.catch(() => undefined);
  const onAbort = (): void => {
    stop(cancelled());
  };
  const onError = (event: ErrorEvent): void => {
    stop(new Bug('the itk-wasm worker failed', { pipeline, message: event.message }));
  };
  signal?.addEventListener('abort', onAbort);
  worker.addEventListener('error', onError);
  try {
    if (signal?.aborted) throw cancelled();
    const run = itk.runPipeline(pipeline, args, outputs, inputs, {
      webWorker: worker,
      pipelineBaseUrl: itkAssetsUrl(packageOf(pipeline)),
      noCopy: true,
    });
    return await Promise.race([
      run.catch((cause: unknown) => {
        throw failure(call, cause);
      }),
      stopped,
    ]);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    worker.terminate();
  }
}

/** A number is the address of a C++ exception whose text is not kept. */
function failure({ pipeline, refused }: ItkCall, cause: unknown): Error {
  const text = cause instanceof Error ? cause.message : '';
  if (/fetch|network|import|404|ENOENT/i.test(text)) {
    const url = itkAssetsUrl(packageOf(pipeline));
    return new Bug('an itk-wasm pipeline could not be loaded', { pipeline, url }, cause);
  }
  const reason = typeof cause === 'number' || text === '' ? '' : ` (${text.trim().slice(0, 200)})`;
  return refused(reason, cause);
}
