import { describe, expect, it } from 'vitest';
import { adapterName, isGpuFailure, openGpuDevice } from './device.ts';

describe('openGpuDevice', () => {
  it.each([
    ['a browser without WebGPU', undefined, true, /no WebGPU/],
    ['a page that is not secure', undefined, false, /https or localhost/],
    ['no adapter', { requestAdapter: async () => null }, true, /no GPU adapter/],
  ])('says why there is none: %s', async (_what, gpu, isSecure, why) => {
    const error: unknown = await openGpuDevice(gpu as GPU | undefined, isSecure).catch(
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({ code: 'gpu/unavailable', message: expect.stringMatching(why) });
    expect(isGpuFailure(error)).toBe(true);
  });

  it('tells of an adapter that refuses its device', async () => {
    const adapter = {
      info: { isFallbackAdapter: false },
      requestDevice: () => Promise.reject(new Error('consumed')),
    };
    const gpu = { requestAdapter: async () => adapter } as unknown as GPU;
    await expect(openGpuDevice(gpu, true)).rejects.toMatchObject({ code: 'gpu/failed' });
  });
});

describe('adapterName', () => {
  const nothing = { vendor: '', architecture: '', device: '', description: '' };
  it('joins what the browser tells, each word once', () => {
    const told = { ...nothing, vendor: 'nvidia', architecture: 'ampere', description: 'nvidia' };
    expect(adapterName(told, false)).toBe('nvidia ampere');
  });
  it('names one that tells nothing, and software', () => {
    expect(adapterName(nothing, true)).toBe('unnamed adapter (software)');
  });
});
