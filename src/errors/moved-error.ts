/** Errors that name a voxel, where a part of a volume was looked at. */
import { UserError } from './errors.ts';

/**
 * The error with the place of its voxel in the whole volume, where it names one of a part that begins
 * at voxel [x0, y0, z0]; any other error as it is.
 */
export function movedError(
  error: unknown,
  [x0, y0, z0]: readonly [x: number, y: number, z: number],
): unknown {
  if (!(error instanceof UserError)) return error;
  const { x, y, z } = error.details;
  if (typeof x !== 'number' || typeof y !== 'number' || typeof z !== 'number') return error;
  const place = { x: x + x0, y: y + y0, z: z + z0 };
  const message = error.message.replace(
    `x ${x}, y ${y}, z ${z}`,
    `x ${place.x}, y ${place.y}, z ${place.z}`,
  );
  return new UserError(error.code, message, { ...error.details, ...place }, error);
}
