/** What OME-Zarr 0.4 and 0.5 say about the arrays of a group: levels, axes and edge lengths. */
import * as v from 'valibot';
import { parseLengthUnit } from '../../../volume/length.ts';
import type { Vector3 } from '../../../volume/volume.ts';
import type { StatedEdges } from '../../header-facts.ts';

const Axis = v.object({
  name: v.string(),
  type: v.optional(v.string()),
  unit: v.optional(v.string()),
});
const Transformation = v.object({
  type: v.string(),
  scale: v.optional(v.array(v.number())),
  translation: v.optional(v.array(v.number())),
});
const Multiscales = v.object({
  axes: v.optional(v.array(Axis)),
  datasets: v.array(
    v.object({
      path: v.string(),
      coordinateTransformations: v.optional(v.array(Transformation)),
    }),
  ),
});

export interface Level {
  readonly path: string;
  /** Names of the axes, slowest first; empty where they are not stated. */
  readonly axes: readonly string[];
  readonly edges: StatedEdges;
  /** Centre of the first voxel along x, y, z in the unit of the edges; null where it is not stated. */
  readonly origin: Vector3 | null;
}

/** The levels of a group's first multiscale image, largest first; empty for other groups. */
export function levelsOf(attributes: unknown): readonly Level[] {
  const holder = v.safeParse(
    v.object({
      multiscales: v.optional(v.array(v.unknown())),
      ome: v.optional(v.object({ multiscales: v.optional(v.array(v.unknown())) })),
    }),
    attributes,
  );
  if (!holder.success) return [];
  const [image] = holder.output.ome?.multiscales ?? holder.output.multiscales ?? [];
  const parsed = v.safeParse(Multiscales, image);
  if (!parsed.success) return [];
  const axes = parsed.output.axes ?? [];
  return parsed.output.datasets.map(({ path, coordinateTransformations }) => ({
    path,
    axes: axes.map((axis) => axis.name),
    edges: edgesOf(axes, coordinateTransformations ?? []),
    origin: originOf(axes, coordinateTransformations ?? []),
  }));
}

/** Of three axes of space in units of one kind, which `edgesOf` found to be so. */
function originOf(
  axes: readonly v.InferOutput<typeof Axis>[],
  transformations: readonly v.InferOutput<typeof Transformation>[],
): Vector3 | null {
  const stated = transformations.find((each) => each.type === 'translation')?.translation;
  if (stated === undefined || stated.length !== axes.length) return null;
  const place = axes
    .map((axis, i) => ({ axis, at: stated[i] as number }))
    .filter(({ axis }) => axis.type === 'space')
    .map(({ axis, at }) => at * (parseLengthUnit(axis.unit ?? '')?.factor ?? 1));
  const [z, y, x] = place;
  if (x === undefined || y === undefined || z === undefined || place.length !== 3) return null;
  return place.every(Number.isFinite) ? [x, y, z] : null;
}

function edgesOf(
  axes: readonly v.InferOutput<typeof Axis>[],
  transformations: readonly v.InferOutput<typeof Transformation>[],
): StatedEdges {
  const source = 'OME-Zarr scale';
  const scale = transformations.find((each) => each.type === 'scale')?.scale;
  if (scale === undefined || scale.length !== axes.length)
    return { values: [], unit: null, source };
  const edges = axes
    .map((axis, i) => ({ axis, length: scale[i] as number }))
    .filter(({ axis }) => axis.type === 'space')
    .reverse();
  const units = edges.map(({ axis }) => parseLengthUnit(axis.unit ?? ''));
  const [unit] = units;
  const isOneUnit = unit != null && units.every((each) => each?.unit === unit.unit);
  return {
    values: edges.map(({ length }, i) => length * (isOneUnit ? (units[i]?.factor ?? 1) : 1)),
    unit: isOneUnit ? unit.unit : null,
    source,
  };
}
