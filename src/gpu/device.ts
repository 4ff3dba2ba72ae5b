/**
 * A graphics processor as a device of execution: opened once, used for one job after the other.
 * Only default limits are asked for, so that what runs on one adapter runs on every one.
 */
import { UserError } from '../errors/errors.ts';

export interface GpuDevice {
  readonly device: GPUDevice;
  /** As results name it: vendor, architecture, device, "(software)" for one without hardware. */
  readonly adapter: string;
  /** An adapter that computes on the CPU: right, but slower than the kernels. */
  readonly isSoftware: boolean;
  /** Why the device is gone; null while it can be used. */
  lostReason(): string | null;
}

export function gpuUnavailable(why: string): UserError {
  return new UserError('gpu/unavailable', why);
}

export function gpuFailed(reason: string, cause?: unknown): UserError {
  return new UserError(
    'gpu/failed',
    `The GPU did not finish the computation (${reason.trim().replace(/\.$/, '') || 'no reason given'}).`,
    {},
    cause,
  );
}

/** Whether the CPU should do what a GPU could not. */
export function isGpuFailure(error: unknown): error is UserError {
  return error instanceof UserError && error.code.startsWith('gpu/');
}

/** An adapter's name from what the browser tells of it, which may be nothing. */
export function adapterName(
  info: Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'device' | 'description'>,
  isSoftware: boolean,
): string {
  const { vendor, architecture, device, description } = info;
  const words = [vendor, architecture, device, description].filter((word) => word !== '');
  const name = words.length === 0 ? 'unnamed adapter' : [...new Set(words)].join(' ');
  return isSoftware ? `${name} (software)` : name;
}

/**
 * Opens the browser's preferred adapter. Throws `gpu/unavailable` with the reason where there is
 * none.
 * @param gpu `navigator.gpu`
 */
export async function openGpuDevice(
  gpu: GPU | undefined,
  isSecureContext: boolean,
): Promise<GpuDevice> {
  if (gpu === undefined) {
    throw gpuUnavailable(
      isSecureContext
        ? 'This browser has no WebGPU: everything is computed on the CPU.'
        : 'Browsers give WebGPU only to pages from https or localhost: everything is computed on the CPU.',
    );
  }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) {
    throw gpuUnavailable(
      'The browser offers no GPU adapter: there is none, or it is switched off. Everything is computed on the CPU.',
    );
  }
  const isSoftware = adapter.info.isFallbackAdapter;
  let device: GPUDevice;
  try {
    device = await adapter.requestDevice();
  } catch (cause) {
    throw gpuFailed(cause instanceof Error ? cause.message : String(cause), cause);
  }
  let lost: string | null = null;
  void device.lost.then(({ message, reason }) => {
    lost = message === '' ? reason : message;
  });
  return {
    device,
    adapter: adapterName(adapter.info, isSoftware),
    isSoftware,
    lostReason: () => lost,
  };
}
