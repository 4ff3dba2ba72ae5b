/**
 * Non-local means, unsharp mask and watershed through itk-wasm's own worker in Chromium, from files
 * served by our own origin.
 */
import { type Image, InterfaceTypes, runPipeline } from 'itk-wasm';
import { expect, it } from 'vitest';
import { loadOperation } from '../../src/operations/registry.ts';
import { digestBytes } from '../../src/volume/digest.ts';
import { createVolume } from '../../src/volume/volume.ts';
import { itkImage, pipelineArguments } from '../support/itk-image.ts';

const pipelineBaseUrl = new URL('/dist/itk-pipelines', location.origin).href;

it.each(['denoise-nl-means', 'sharpen-unsharp-mask', 'segment-watershed'])(
  'runs %s with the same bits as the engine',
  async (id) => {
    const operation = await loadOperation(id);
    for (const example of operation.examples) {
      const { returnValue, stderr, outputs, webWorker } = await runPipeline(
        id,
        pipelineArguments(operation, example),
        [{ type: InterfaceTypes.Image }],
        [{ type: InterfaceTypes.Image, data: itkImage(example.input()) }],
        { pipelineBaseUrl },
      );
      (webWorker as Worker).terminate();
      expect([returnValue, stderr]).toEqual([0, '']);
      const image = outputs[0]?.data as Image;
      const { buffer, byteOffset, byteLength } = image.data as Uint8Array;
      const bytes = new Uint8Array(buffer, byteOffset, byteLength).slice();
      expect(digestBytes(bytes)).toBe(example.voxelDigest);
    }
  },
);

it('crops images of different sizes in one worker, which keeps the module', async () => {
  let worker: Worker | null = null;
  for (const edge of [4, 90, 3]) {
    const data = Uint8Array.from({ length: edge ** 3 }, (_, i) => (i * 37) % 251);
    const volume = createVolume({ kind: 'grey', size: [edge, edge, edge], data });
    const { outputs, stderr, webWorker } = await runPipeline(
      'crop-box',
      ['0', '0', '--memory-io', '--box', `1,${edge},0,${edge},0,${edge}`],
      [{ type: InterfaceTypes.Image }],
      [{ type: InterfaceTypes.Image, data: itkImage(volume) }],
      { pipelineBaseUrl, webWorker: worker },
    );
    worker = webWorker as Worker;
    expect(stderr).toBe('');
    const image = outputs[0]?.data as Image;
    expect(image.size).toEqual([edge - 1, edge, edge]);
    const first = Array.from((image.data as Uint8Array).subarray(0, edge - 1));
    expect(first).toEqual(Array.from(data.subarray(1, edge)));
  }
  worker?.terminate();
});

it('fetches nothing from another origin', () => {
  const origins = performance
    .getEntriesByType('resource')
    .map((entry) => new URL(entry.name).origin);
  expect([...new Set(origins)]).toEqual([location.origin]);
});
