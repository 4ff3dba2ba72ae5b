// Kernels that only the session's own tests call.

/** Adds each item's index plus `value` to a f64 array, `rounds` times, to take measurable time. */
export function probeAccumulate(
  pointer: usize,
  value: f64,
  rounds: i32,
  start: i32,
  end: i32,
): void {
  for (let i = start; i < end; i++) {
    const at = pointer + ((<usize>i) << 3);
    let sum: f64 = load<f64>(at);
    for (let r = 0; r < rounds; r++) sum += value + <f64>i;
    store<f64>(at, sum);
  }
}

/** Traps on the item `trapAt`. */
export function probeTrap(trapAt: i32, start: i32, end: i32): void {
  if (trapAt >= start && trapAt < end) unreachable();
}
