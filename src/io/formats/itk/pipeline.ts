/**
 * The only module that calls itk-wasm (1.0.0-b.201), and the guard against what it does not do:
 * - The caller has checked the header and counted the bytes, because readers fill missing bytes with
 *   zeros (NIfTI, zlib data of MetaImage) and never return on headers of another kind (NIfTI-2).
 * - One worker per read, terminated after it: its files in memory and its wasm memory are never
 *   freed, and a failed load stays cached for the worker's life.
 * - A terminated worker leaves its promise pending for ever, so every call races the abort signal.
 * - C++ exceptions arrive as bare numbers, other failures as missing results without an error.
 */
import { Bug, cancelled, UserError } from '../../../errors/errors.ts';
import type { UnknownItkImage } from '../../../volume/itk-image.ts';
import { type ItkPipeline, itkAssetsUrl } from './assets.ts';

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

/** Runs the reader. Throws UserError where the file cannot be read, Bug where the host cannot. */
export async function runItkReader(input: ItkInput): Promise<UnknownItkImage> {
  const { bytes, signal, file } = input;
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
  if (signal?.aborted) throw cancelled();
  const itk = await import('itk-wasm');
  const result =
    'runPipelineNode' in itk && 'process' in globalThis
      ? await readInNode(itk, input)
      : await readInWorker(itk, input);
  if (signal?.aborted) throw cancelled();
  return checkedImage(result, file);
}

function pipelineCall(itk: ItkModule, input: ItkInput) {
  const { InterfaceTypes } = itk;
  return {
    args: [input.memoryName, '0', '1', '--memory-io'],
    outputs: [{ type: InterfaceTypes.JsonCompatible }, { type: InterfaceTypes.Image }],
    inputs: [
      {
        type: InterfaceTypes.BinaryFile,
        data: { path: input.memoryName, data: input.bytes },
      },
    ],
  };
}

/** Node has no worker for pipelines: the call blocks, each time with a fresh module. */
async function readInNode(itk: ItkModule, input: ItkInput): Promise<PipelineResult> {
  const { args, outputs, inputs } = pipelineCall(itk, input);
  const path = decodeURIComponent(new URL(`${itkAssetsUrl()}/${input.pipeline}`).pathname);
  const { log, error } = console;
  // itk-wasm prints what it throws, on the standard output too, where results are expected.
  console.log = () => undefined;
  console.error = () => undefined;
  try {
    return await itk.runPipelineNode(path, args, outputs, inputs);
  } catch (cause) {
    throw unreadable(input.file, cause);
  } finally {
    console.log = log;
    console.error = error;
  }
}

async function readInWorker(itk: ItkModule, input: ItkInput): Promise<PipelineResult> {
  const { args, outputs, inputs } = pipelineCall(itk, input);
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
    stop(new Bug('the itk-wasm worker failed', { file: input.file, message: event.message }));
  };
  input.signal?.addEventListener('abort', onAbort);
  worker.addEventListener('error', onError);
  try {
    if (input.signal?.aborted) throw cancelled();
    const run = itk.runPipeline(input.pipeline, args, outputs, inputs, {
      webWorker: worker,
      pipelineBaseUrl: itkAssetsUrl(),
      noCopy: true,
    });
    return await Promise.race([
      run.catch((cause: unknown) => {
        throw unreadable(input.file, cause);
      }),
      stopped,
    ]);
  } finally {
    input.signal?.removeEventListener('abort', onAbort);
    worker.terminate();
  }
}

/** A number is the address of a C++ exception whose text is not kept. */
function unreadable(file: string, cause: unknown): Error {
  const text = cause instanceof Error ? cause.message : '';
  if (/fetch|network|import|404|ENOENT/i.test(text)) {
    return new Bug(
      'an itk-wasm pipeline could not be loaded',
      { file, url: itkAssetsUrl() },
      cause,
    );
  }
  const reason = typeof cause === 'number' || text === '' ? '' : ` (${text.trim().slice(0, 200)})`;
  return new UserError(
    'file/malformed',
    `${file} cannot be read: its format's reader gave up${reason}; check the file or save it as TIFF or NRRD.`,
    { file },
    cause,
  );
}

function checkedImage(result: PipelineResult, file: string): UnknownItkImage {
  const [readable, image] = result.outputs;
  const data = image?.data as Partial<UnknownItkImage> | null | undefined;
  if (
    result.returnValue !== 0 ||
    readable?.data !== true ||
    data?.imageType === undefined ||
    data.size === undefined ||
    !ArrayBuffer.isView(data.data)
  ) {
    throw unreadable(file, new Error(result.stderr));
  }
  return data as UnknownItkImage;
}
