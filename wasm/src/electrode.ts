// Closed-end electrode: what differs from steady diffusion between two faces is a source in each
// cell, `table[class]`, float64. Scalar reference: `src/kernels/electrode.ts`.
import { f32At, f64At, Level, rowAbove, rowBelow, rowStart } from './shared/diffusion-level';

const CLASS_BITS: i32 = 63;

@inline
function sourceOf(level: Level, cells: usize, table: usize, x: i32, y: i32, z: i32): f64 {
  const cell = <usize>x + <usize>level.nx * (<usize>y + <usize>level.ny * <usize>z);
  return load<f64>(table + (<usize>(<i32>load<u8>(cells + cell) & CLASS_BITS) << 3));
}

@inline
function share(link: usize, own: f64, u: usize, other: i32): f64 {
  return <f64>load<f32>(link) * (own - load<f64>(f64At(u, other)));
}

/** Source − A u of a cell. */
@inline
function residualAt(level: Level, u: usize, i: i32, down: i32, up: i32, source: f64): f64 {
  const slice = level.slice;
  const own = load<f64>(f64At(u, i));
  let sum = share(f32At(level.linkX, i), own, u, i - 1);
  sum += share(f32At(level.linkX, i + 1), own, u, i + 1);
  sum += share(f32At(level.linkY, i), own, u, down);
  sum += share(f32At(level.linkY, up), own, u, up);
  sum += share(f32At(level.linkZ, i), own, u, i - slice);
  sum += share(f32At(level.linkZ, i + slice), own, u, i + slice);
  return source - sum;
}

/** The residual for the preconditioner, or in float64 into `flow`, if given, for the certificate. */
export function electrodeResidual(
  pointer: usize,
  u: usize,
  cells: usize,
  table: usize,
  flow: usize,
  start: i32,
  end: i32,
): void {
  const level = changetype<Level>(pointer);
  for (let z = start; z < end; z++) {
    for (let y = 0; y < level.ny; y++) {
      const at = rowStart(level, y, z);
      const down = rowBelow(level, y, z);
      const up = rowAbove(level, y, z);
      for (let x = 0; x < level.nx; x++) {
        const source = sourceOf(level, cells, table, x, y, z);
        const residual = residualAt(level, u, at + x, down + x, up + x, source);
        if (flow !== 0) store<f64>(f64At(flow, at + x), residual);
        else store<f32>(f32At(level.r, at + x), <f32>residual);
      }
    }
  }
}

/** `sums[z]` = Σ source · u of slice z. */
export function electrodeStored(
  pointer: usize,
  u: usize,
  cells: usize,
  table: usize,
  sums: usize,
  start: i32,
  end: i32,
): void {
  const level = changetype<Level>(pointer);
  for (let z = start; z < end; z++) {
    let sum: f64 = 0;
    for (let y = 0; y < level.ny; y++) {
      const at = rowStart(level, y, z);
      for (let x = 0; x < level.nx; x++) {
        sum += sourceOf(level, cells, table, x, y, z) * load<f64>(f64At(u, at + x));
      }
    }
    store<f64>(f64At(sums, z), sum);
  }
}
