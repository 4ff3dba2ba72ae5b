import { describe, expect, it } from 'vitest';

describe('the browser that the tests run in', () => {
  it('is cross-origin isolated, so that threads are tested', () => {
    expect(globalThis.crossOriginIsolated).toBe(true);
    expect(new SharedArrayBuffer(8).byteLength).toBe(8);
  });
});
