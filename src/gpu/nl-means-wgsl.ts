/**
 * Non-local means in WGSL, for one block and one search offset d at a time: see
 * src/kernels/nl-means.ts for the definition. Additions are ordered by offset, not as in the kernels, so
 * results differ by rounding.
 *
 * `grey` holds the block with `MARGIN` voxels on every side, scaled, x fastest. A weight w(p, p + d)
 * serves p and p + d, so weights are taken over the box E, the block united with the block shifted
 * by −d. Sums of squares go through `first` (summed along y) and `second` (along y and x) back into
 * `first` (weights). No fused or reordered arithmetic is asked for, but WGSL lets an adapter use it.
 */
export const NL_MEANS_WGSL = /* wgsl */ `
struct Offset {
  d: vec4i,
  // First voxel of E in the block's coordinates, and its edges.
  start: vec4i,
  edges: vec4i,
  // Edges of the block.
  block: vec4i,
}

struct Weights {
  slope: f32,
  shift: f32,
  unscale: f32,
}

override PATCH: i32 = 2;
override MARGIN: i32 = 7;

@group(0) @binding(0) var<uniform> offset: Offset;
@group(0) @binding(1) var<uniform> weights: Weights;
@group(0) @binding(2) var<storage, read> grey: array<f32>;
@group(0) @binding(3) var<storage, read_write> first: array<f32>;
@group(0) @binding(4) var<storage, read_write> second: array<f32>;
@group(0) @binding(5) var<storage, read_write> numerator: array<f32>;
@group(0) @binding(6) var<storage, read_write> denominator: array<f32>;

fn outside(at: vec3i, edges: vec3i) -> bool {
  return any(at >= edges);
}

fn place(at: vec3i, edges: vec3i) -> i32 {
  return at.x + edges.x * (at.y + edges.y * at.z);
}

fn greyEdges() -> vec3i {
  return offset.block.xyz + 2 * MARGIN;
}

fn square(at: i32, shift: i32) -> f32 {
  let d = grey[at] - grey[at + shift];
  return d * d;
}

@compute @workgroup_size(32, 4, 2)
fn begin(@builtin(global_invocation_id) id: vec3u) {
  let at = vec3i(id);
  if (outside(at, offset.block.xyz)) { return; }
  let i = place(at, offset.block.xyz);
  numerator[i] = 0.0;
  denominator[i] = 1.0;
}

// E and PATCH voxels more along x and z.
@compute @workgroup_size(32, 4, 2)
fn sumAlongY(@builtin(global_invocation_id) id: vec3u) {
  let at = vec3i(id);
  let edges = offset.edges.xyz + vec3i(2 * PATCH, 0, 2 * PATCH);
  if (outside(at, edges)) { return; }
  let box = greyEdges();
  let shift = offset.d.x + box.x * (offset.d.y + box.y * offset.d.z);
  let middle = at + offset.start.xyz + MARGIN - vec3i(PATCH, 0, PATCH);
  var source = place(middle, box) - PATCH * box.x;
  var sum = square(source, shift) + square(source + box.x, shift);
  for (var pair = 1; pair < PATCH; pair++) {
    source += 2 * box.x;
    sum += square(source, shift) + square(source + box.x, shift);
  }
  first[place(at, edges)] = sum + square(source + 2 * box.x, shift);
}

// E and PATCH voxels more along z.
@compute @workgroup_size(32, 4, 2)
fn sumAlongX(@builtin(global_invocation_id) id: vec3u) {
  let at = vec3i(id);
  let edges = offset.edges.xyz + vec3i(0, 0, 2 * PATCH);
  if (outside(at, edges)) { return; }
  var source = place(at, edges + vec3i(2 * PATCH, 0, 0));
  var sum = first[source] + first[source + 1];
  for (var pair = 1; pair < PATCH; pair++) {
    source += 2;
    sum += first[source] + first[source + 1];
  }
  second[place(at, edges)] = sum + first[source + 2];
}

// 2^-t for t in [0, 32], relative error below 3e-6.
fn exp2Negative(t: f32) -> f32 {
  let n = round(t);
  let f = n - t;
  var p = f * 0.009582576341927052 + 0.05590682849287987;
  p = p * f + 0.24024106562137604;
  p = p * f + 0.6931241154670715;
  p = p * f + 1.0;
  return p * bitcast<f32>(u32(127 - i32(n)) << 23u);
}

@compute @workgroup_size(32, 4, 2)
fn weigh(@builtin(global_invocation_id) id: vec3u) {
  let at = vec3i(id);
  let edges = offset.edges.xyz;
  if (outside(at, edges)) { return; }
  let plane = edges.x * edges.y;
  var source = place(at, edges);
  let to = source;
  var sum = second[source] + second[source + plane];
  for (var pair = 1; pair < PATCH; pair++) {
    source += 2 * plane;
    sum += second[source] + second[source + plane];
  }
  sum += second[source + 2 * plane];
  let excess = sum * weights.slope - weights.shift;
  first[to] = exp2Negative(clamp(excess, 0.0, 32.0));
}

@compute @workgroup_size(32, 4, 2)
fn accumulate(@builtin(global_invocation_id) id: vec3u) {
  let at = vec3i(id);
  if (outside(at, offset.block.xyz)) { return; }
  let d = offset.d.xyz;
  let edges = offset.edges.xyz;
  let box = greyEdges();
  let shift = place(d, box);
  let source = place(at + MARGIN, box);
  let forward = first[place(at - offset.start.xyz, edges)];
  let backward = first[place(at - d - offset.start.xyz, edges)];
  let plus = forward * (grey[source + shift] - grey[source]);
  let minus = backward * (grey[source - shift] - grey[source]);
  let forwardFirst = d.y == 0 && d.z == 0;
  let i = place(at, offset.block.xyz);
  denominator[i] = denominator[i] + select(backward, forward, forwardFirst)
    + select(forward, backward, forwardFirst);
  numerator[i] = numerator[i] + select(minus, plus, forwardFirst)
    + select(plus, minus, forwardFirst);
}

@compute @workgroup_size(32, 4, 2)
fn finish(@builtin(global_invocation_id) id: vec3u) {
  let at = vec3i(id);
  if (outside(at, offset.block.xyz)) { return; }
  let i = place(at, offset.block.xyz);
  let value = grey[place(at + MARGIN, greyEdges())] * weights.unscale;
  numerator[i] = value + (numerator[i] / denominator[i]) * weights.unscale;
}
`;
