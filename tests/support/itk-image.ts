/** Volumes as itk-wasm images, for the pipeline tests of both hosts. */
import { Image, ImageType } from 'itk-wasm';
import { flagsFromParameters } from '../../src/declaration/flags.ts';
import { parseParameters } from '../../src/declaration/parameters.ts';
import type { Operation, OperationExample } from '../../src/operations/operation.ts';
import { volumeToItkImage } from '../../src/volume/itk-image.ts';
import type { Volume } from '../../src/volume/volume.ts';

export function itkImage(volume: Volume): Image {
  const image = new Image(new ImageType(3, volume.type, 'Scalar', 1));
  image.name = volume.name;
  image.size = [...volume.size];
  image.spacing = [...(volume.spacing?.values ?? [1, 1, 1])];
  image.origin = [...volume.origin];
  // Whether the numbers are labels stands in the metadata; unit and phases are left out.
  const { metadata } = volumeToItkImage({ ...volume, spacing: null, phases: [] });
  image.metadata = new Map(metadata);
  // itk-wasm sends the whole buffer behind the array, so it must be a tight copy.
  image.data = volume.data.slice() as Image['data'];
  return image;
}

/** Input 0, output 0 and the flags of an example, as `runPipeline` wants them. */
export function pipelineArguments(
  operation: Operation,
  example: OperationExample<Operation['parameters']>,
): string[] {
  const params = parseParameters(operation.parameters, example.params, operation.id);
  return ['0', '0', '--memory-io', ...flagsFromParameters(operation.parameters, params)];
}
