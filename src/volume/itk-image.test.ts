import type { Image } from 'itk-wasm';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { type ItkImage, itkImageToVolume, volumeToItkImage } from './itk-image.ts';
import { createVolume } from './volume.ts';

const volume = createVolume({
  kind: 'labels',
  name: 'electrode',
  size: [3, 2, 1],
  data: Uint16Array.of(1, 2, 3, 4, 5, 6),
  spacing: { values: [0.4, 0.4, 0.5], unit: 'µm' },
  origin: [1, 2, 3],
});

describe('itk-wasm images', () => {
  test("are what itk-wasm's own type says", () => {
    expectTypeOf<ItkImage['imageType']>().toExtend<Image['imageType']>();
    expectTypeOf<ItkImage['data']>().toExtend<NonNullable<Image['data']>>();
    expectTypeOf<ItkImage['direction']>().toExtend<Image['direction']>();
  });

  test('a volume survives the way there and back, unit and kind included', () => {
    const image = volumeToItkImage(volume);
    expect(image.size).toEqual([3, 2, 1]);
    expect(image.spacing).toEqual([0.4, 0.4, 0.5]);
    expect(image.data).toBe(volume.data);
    expect(itkImageToVolume(image)).toEqual(volume);
  });

  test('phases survive too; what is no list of phases is left out', () => {
    const phases = [{ label: 1, name: 'pore', colour: '#0072b2', pore: true }];
    const image = volumeToItkImage({ ...volume, phases });
    expect(itkImageToVolume(image).phases).toEqual(phases);
    expect(itkImageToVolume(image, { kind: 'grey' }).phases).toEqual([]);
    for (const damaged of ['', '[', '{}', '[{"label":1}]', '[null]']) {
      const metadata = new Map([...image.metadata, ['tauscope phases', damaged]]);
      expect(itkImageToVolume({ ...image, metadata }).phases).toEqual([]);
    }
  });

  test('an unknown voxel size stays unknown', () => {
    const image = volumeToItkImage({ ...volume, spacing: null });
    expect(image.spacing).toEqual([1, 1, 1]);
    expect(itkImageToVolume(image).spacing).toBeNull();
  });

  test('a view into a larger buffer is sent as a buffer of its own', () => {
    const data = new Uint16Array(20).subarray(4, 10).fill(9);
    const image = volumeToItkImage({ ...volume, data });
    expect(image.data.byteOffset).toBe(0);
    expect(image.data.buffer.byteLength).toBe(12);
    expect(image.data).toEqual(data);
  });

  test('voxels in shared memory are copied out of it', () => {
    const shared = new Uint16Array(new SharedArrayBuffer(12));
    shared.set([6, 5, 4, 3, 2, 1]);
    const { data } = itkImageToVolume({ ...volumeToItkImage(volume), data: shared });
    expect(data.buffer).toBeInstanceOf(ArrayBuffer);
    expect([...data]).toEqual([6, 5, 4, 3, 2, 1]);
  });

  test('several components and four dimensions are refused, one voxel thin axes are not', () => {
    const image = volumeToItkImage(volume);
    expect(() =>
      itkImageToVolume({ ...image, imageType: { ...image.imageType, components: 3 } }),
    ).toThrow(expect.objectContaining({ code: 'volume/not-scalar' }));
    expect(() => itkImageToVolume({ ...image, size: [3, 1, 1, 2] })).toThrow(
      expect.objectContaining({ code: 'file/unsupported' }),
    );
    expect(itkImageToVolume({ ...image, size: [3, 2] }).size).toEqual([3, 2, 1]);
    expect(itkImageToVolume({ ...image, size: [3, 2, 1, 1, 1] }).size).toEqual([3, 2, 1]);
  });

  test('voxels that do not fit the size or the type are a bug', () => {
    const image = volumeToItkImage(volume);
    expect(() => itkImageToVolume({ ...image, size: [3, 3, 1] })).toThrow('number of voxels');
    expect(() => itkImageToVolume({ ...image, data: null })).toThrow('no voxels');
    expect(() => itkImageToVolume({ ...image, data: new Uint8Array(6) })).toThrow('stated type');
  });

  test('a voxel size that is none is refused', () => {
    const image = { ...volumeToItkImage(volume), spacing: [0.4, 0, 0.5] };
    expect(() => itkImageToVolume(image)).toThrow(
      'The voxel size along y is 0: it must be a number greater than 0.',
    );
  });
});
