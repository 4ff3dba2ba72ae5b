/**
 * smoothed ← grey + amount · sign(d) · max(|d| − threshold, 0), d = grey − smoothed, over the
 * blocks of 1024 voxels [start, end) of `count`. Scalar form in src/kernels/unsharp.ts.
 */
export function unsharpMask(
  grey: usize,
  smoothed: usize,
  count: i32,
  amount: f32,
  threshold: f32,
  start: i32,
  end: i32,
): void {
  const a = f32x4.splat(amount);
  const t = f32x4.splat(threshold);
  const zero = f32x4.splat(0);
  const signBits = i32x4.splat(0x80000000);
  const last = (<usize>count) << 2;
  const stop = min<usize>((<usize>end) << 12, last);
  let i = (<usize>start) << 12;
  for (; i + 16 <= stop; i += 16) {
    const v = v128.load(grey + i);
    const d = f32x4.sub(v, v128.load(smoothed + i));
    const excess = f32x4.pmax(f32x4.sub(f32x4.abs(d), t), zero);
    const signed = v128.or(excess, v128.and(d, signBits));
    v128.store(smoothed + i, f32x4.add(v, f32x4.mul(a, signed)));
  }
  for (; i < stop; i += 4) {
    const v = load<f32>(grey + i);
    const d = v - load<f32>(smoothed + i);
    const over = abs<f32>(d) - threshold;
    const excess: f32 = over > 0 ? over : 0;
    store<f32>(smoothed + i, v + amount * (d < 0 ? -excess : excess));
  }
}
