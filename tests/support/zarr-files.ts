/** Zarr stores as files, built key by key for tests. */
import { bytesSource } from '../../src/io/sources.ts';

export type StoreContent = Readonly<Record<string, Uint8Array | object>>;

export function storeOf(content: StoreContent, folder = 'scan.zarr') {
  return Object.entries(content).map(([key, value]) => {
    const bytes =
      value instanceof Uint8Array ? value : new TextEncoder().encode(JSON.stringify(value));
    return bytesSource(bytes, key.split('/').at(-1) ?? key, `${folder}/${key}`);
  });
}

export const ramp = (first: number, count: number): Uint8Array =>
  new Uint8Array(Uint16Array.from({ length: count }, (_, i) => first + i).buffer);

export const V2 = {
  zarr_format: 2,
  shape: [4, 2, 3],
  chunks: [2, 2, 3],
  dtype: '<u2',
  compressor: { id: 'gzip', level: 5 },
  fill_value: 7,
  order: 'C',
  filters: null,
};

export const V3 = {
  zarr_format: 3,
  node_type: 'array',
  shape: [4, 2, 3],
  data_type: 'uint16',
  chunk_grid: { name: 'regular', configuration: { chunk_shape: [2, 2, 3] } },
  chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
  codecs: [{ name: 'bytes', configuration: { endian: 'little' } }],
  fill_value: 0,
  attributes: {},
};

export const multiscales = (scale: readonly number[], unit: string) => [
  {
    version: '0.4',
    axes: ['z', 'y', 'x'].map((name) => ({ name, type: 'space', unit })),
    datasets: [
      { path: '0', coordinateTransformations: [{ type: 'scale', scale }] },
      { path: '1', coordinateTransformations: [{ type: 'scale', scale: scale.map((s) => 2 * s) }] },
    ],
  },
];
