/** What the tests of several formats share: a small grey volume, and how a failure reads. */
import { expect } from 'vitest';
import { UserError, type UserErrorCode } from '../../src/errors/errors.ts';
import type { ReadOptions, VolumeFormat } from '../../src/io/format.ts';
import { bytesSource } from '../../src/io/sources.ts';
import { allocateVoxels, type Size3, voxelBytes, type VoxelType } from '../../src/volume/volume.ts';

export const SIZE: Size3 = [4, 3, 2];

export function voxels(type: VoxelType) {
  const data = allocateVoxels(type, 24);
  voxelBytes(data).forEach((_, i, bytes) => {
    bytes[i] = (i * 37) % 120;
  });
  return data;
}

export const GREY = voxels('uint16');

export function bigEndian(data: Uint16Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(data.byteLength));
  data.forEach((value, i) => {
    view.setUint16(2 * i, value);
  });
  return new Uint8Array(view.buffer);
}

export async function failure(
  format: VolumeFormat,
  bytes: Uint8Array,
  options: ReadOptions = {},
): Promise<UserError> {
  const thrown: unknown = await format.readVolume(bytesSource(bytes, 'case.img'), options).then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(UserError);
  return thrown as UserError;
}

export async function expectFailure(
  format: VolumeFormat,
  bytes: Uint8Array,
  code: UserErrorCode,
  words: string,
): Promise<void> {
  const error = await failure(format, bytes);
  expect(error.code).toBe(code);
  expect(error.message).toContain(words);
  expect(error.message).toMatch(/^case\.img[^\n]+\.$/);
}
