/**
 * Steady diffusion in WGSL: links, multigrid and the vectors of conjugate gradients, in the
 * arithmetic and order of `src/kernels/diffusion-multigrid.ts`.
 *
 * Arrays of a level hold nx·ny·nz cells, x fastest, without padding. `linkX[i]` joins cell i with
 * the one before it along x (0 at the side), `linkY` and `linkZ` likewise; `linkZ` has one slice
 * more, so that it holds the links to both outer faces. Sides carry no flux.
 */

/** Invocations of a workgroup in every shader here. */
export const GROUP = 64;

const PRELUDE = /* wgsl */ `
struct Shape {
  // nx, ny, nz, number of cells
  fine: vec4i,
  // the same of the next coarser level
  coarse: vec4i,
  // cells of an aggregate along x, y, z; number of links along the flux
  factors: vec4i,
}
@group(0) @binding(0) var<uniform> shape: Shape;

fn cellOf(id: vec3u, groups: vec3u) -> i32 {
  return i32(id.x + id.y * groups.x * ${GROUP}u);
}
fn placeOf(i: i32, edges: vec4i) -> vec3i {
  let row = i / edges.x;
  return vec3i(i % edges.x, row % edges.y, row / edges.y);
}
`;

const ENTRY = /* wgsl */ `
@compute @workgroup_size(${GROUP})
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {`;

/** Declares storage buffers from binding 1 on. */
function buffers(...declared: readonly string[]): string {
  return declared
    .map((text, i) => {
      const [access, name, type = 'f32'] = text.split(' ');
      return `@group(0) @binding(${i + 1}) var<storage, ${access}> ${name}: array<${type}>;\n`;
    })
    .join('');
}

const LINKS = ['read linkX', 'read linkY', 'read linkZ'] as const;

/** Links of the finest level; four classes to a word of \`cells\`, tables x, y, z and face in one. */
const LINK = /* wgsl */ `${PRELUDE}
${buffers('read cells u32', 'read table', 'read_write linkX', 'read_write linkY', 'read_write linkZ')}
fn classAt(i: i32) -> i32 {
  return i32((cells[i >> 2] >> (8u * u32(i & 3))) & 63u);
}
${ENTRY}
  let i = cellOf(id, groups);
  if (i >= shape.fine.w) { return; }
  let at = placeOf(i, shape.fine);
  let slice = shape.fine.x * shape.fine.y;
  let own = classAt(i);
  if (at.x > 0) { linkX[i] = table[64 * own + classAt(i - 1)]; }
  if (at.y > 0) { linkY[i] = table[4096 + 64 * own + classAt(i - shape.fine.x)]; }
  if (at.z > 0) { linkZ[i] = table[8192 + 64 * own + classAt(i - slice)]; }
  else { linkZ[i] = table[12288 + own]; }
  if (at.z == shape.fine.z - 1) { linkZ[i + slice] = table[12288 + own]; }
}`;

/** Links of the coarser level: sums of the links between aggregates. */
const COARSEN = /* wgsl */ `${PRELUDE}
${buffers(...LINKS, 'read_write coarseX', 'read_write coarseY', 'read_write coarseZ')}
fn start(at: vec3i) -> i32 {
  return at.x + shape.fine.x * (at.y + shape.fine.y * at.z);
}
${ENTRY}
  let I = cellOf(id, groups);
  if (I >= shape.coarse.w) { return; }
  let at = placeOf(I, shape.coarse);
  let lowest = at * shape.factors.xyz;
  let to = min(lowest + shape.factors.xyz, shape.fine.xyz);
  var sum = 0.0;
  for (var k = lowest.z; k < to.z; k++) {
    for (var j = lowest.y; j < to.y; j++) { sum += linkX[start(vec3i(lowest.x, j, k))]; }
  }
  coarseX[I] = sum;
  sum = 0.0;
  for (var k = lowest.z; k < to.z; k++) {
    for (var i = lowest.x; i < to.x; i++) { sum += linkY[start(vec3i(i, lowest.y, k))]; }
  }
  coarseY[I] = sum;
  let slice = shape.coarse.x * shape.coarse.y;
  let isLast = at.z == shape.coarse.z - 1;
  for (var face = 0; face < select(1, 2, isLast); face++) {
    sum = 0.0;
    let k = select(lowest.z, shape.fine.z, face == 1);
    for (var j = lowest.y; j < to.y; j++) {
      for (var i = lowest.x; i < to.x; i++) { sum += linkZ[start(vec3i(i, j, k))]; }
    }
    coarseZ[I + face * slice] = sum;
  }
}`;

const INVERT = /* wgsl */ `${PRELUDE}
${buffers(...LINKS, 'read_write inverse')}
${ENTRY}
  let i = cellOf(id, groups);
  if (i >= shape.fine.w) { return; }
  let at = placeOf(i, shape.fine);
  var sum = linkX[i];
  if (at.x < shape.fine.x - 1) { sum += linkX[i + 1]; }
  sum += linkY[i];
  if (at.y < shape.fine.y - 1) { sum += linkY[i + shape.fine.x]; }
  sum += linkZ[i];
  sum += linkZ[i + shape.fine.x * shape.fine.y];
  inverse[i] = select(0.0, 1.0 / sum, sum > 0.0);
}`;

/** Half a Gauss–Seidel sweep over one colour. \`FROM_ZERO\` takes the correction for 0 before. */
const SMOOTH = /* wgsl */ `${PRELUDE}
override COLOUR: i32 = 0;
override FROM_ZERO: bool = false;
${buffers(...LINKS, 'read inverse', 'read r', 'read_write x')}
${ENTRY}
  let i = cellOf(id, groups);
  if (i >= shape.fine.w) { return; }
  let at = placeOf(i, shape.fine);
  if (((at.x + at.y + at.z) & 1) != COLOUR) {
    if (FROM_ZERO) { x[i] = 0.0; }
    return;
  }
  if (FROM_ZERO) {
    x[i] = r[i] * inverse[i];
    return;
  }
  let row = shape.fine.x;
  let slice = row * shape.fine.y;
  var sum = 0.0;
  if (at.x > 0) { sum = linkX[i] * x[i - 1]; }
  if (at.x < shape.fine.x - 1) { sum += linkX[i + 1] * x[i + 1]; }
  if (at.y > 0) { sum += linkY[i] * x[i - row]; }
  if (at.y < shape.fine.y - 1) { sum += linkY[i + row] * x[i + row]; }
  if (at.z > 0) { sum += linkZ[i] * x[i - slice]; }
  if (at.z < shape.fine.z - 1) { sum += linkZ[i + slice] * x[i + slice]; }
  x[i] = (r[i] + sum) * inverse[i];
}`;

/** Σ link · (neighbour − own), the outer faces at \`low\` and \`high\`; needs \`v\` and the links. */
const PULL = /* wgsl */ `
fn pull(i: i32, low: f32, high: f32) -> f32 {
  let at = placeOf(i, shape.fine);
  let row = shape.fine.x;
  let slice = row * shape.fine.y;
  let own = v[i];
  var sum = 0.0;
  if (at.x > 0) { sum = linkX[i] * (v[i - 1] - own); }
  if (at.x < shape.fine.x - 1) { sum += linkX[i + 1] * (v[i + 1] - own); }
  if (at.y > 0) { sum += linkY[i] * (v[i - row] - own); }
  if (at.y < shape.fine.y - 1) { sum += linkY[i + row] * (v[i + row] - own); }
  var below = low;
  if (at.z > 0) { below = v[i - slice]; }
  sum += linkZ[i] * (below - own);
  var above = high;
  if (at.z < shape.fine.z - 1) { above = v[i + slice]; }
  return sum + linkZ[i + slice] * (above - own);
}
`;

/** What is left of \`r\` after the correction \`v\`, summed over each aggregate. */
const RESTRICT = /* wgsl */ `${PRELUDE}
${buffers(...LINKS, 'read v', 'read r', 'read_write coarseR')}
${PULL}
${ENTRY}
  let I = cellOf(id, groups);
  if (I >= shape.coarse.w) { return; }
  let lowest = placeOf(I, shape.coarse) * shape.factors.xyz;
  let to = min(lowest + shape.factors.xyz, shape.fine.xyz);
  var total = 0.0;
  for (var i = lowest.x; i < to.x; i++) {
    var column = 0.0;
    for (var k = lowest.z; k < to.z; k++) {
      for (var j = lowest.y; j < to.y; j++) {
        let at = i + shape.fine.x * (j + shape.fine.y * k);
        column += r[at] + pull(at, 0.0, 0.0);
      }
    }
    total += column;
  }
  coarseR[I] = total;
}`;

/** Adds the coarse correction, over-corrected, to every cell of each aggregate. */
const CORRECT = /* wgsl */ `${PRELUDE}
${buffers('read coarseX', 'read_write x')}
${ENTRY}
  let i = cellOf(id, groups);
  if (i >= shape.fine.w) { return; }
  let at = placeOf(i, shape.fine) / shape.factors.xyz;
  x[i] += 1.8 * coarseX[at.x + shape.coarse.x * (at.y + shape.coarse.y * at.z)];
}`;

/** A potential that falls evenly from 1 to 0, and its residual. */
const BEGIN = /* wgsl */ `${PRELUDE}
${buffers('read linkZ', 'read_write r', 'read_write u')}
fn profile(z: i32) -> f32 {
  return 1.0 - (f32(z) + 0.5) / f32(shape.fine.z);
}
${ENTRY}
  let i = cellOf(id, groups);
  if (i >= shape.fine.w) { return; }
  let at = placeOf(i, shape.fine);
  let own = profile(at.z);
  u[i] = own;
  let below = select(1.0, profile(at.z - 1), at.z > 0);
  let above = select(0.0, profile(at.z + 1), at.z < shape.fine.z - 1);
  let slice = shape.fine.x * shape.fine.y;
  r[i] = linkZ[i] * (below - own) + linkZ[i + slice] * (above - own);
}`;

/** Sum over a workgroup, into one element for each. */
const REDUCE = /* wgsl */ `
var<workgroup> lanes: array<f32, ${GROUP}>;
fn reduce(lane: u32, value: f32) -> f32 {
  lanes[lane] = value;
  workgroupBarrier();
  for (var width = ${GROUP / 2}u; width > 0u; width /= 2u) {
    if (lane < width) { lanes[lane] += lanes[lane + width]; }
    workgroupBarrier();
  }
  return lanes[0];
}
`;

const DOT = /* wgsl */ `${PRELUDE}
${buffers('read a', 'read b', 'read_write sums')}
${REDUCE}
${ENTRY}
  let i = cellOf(id, groups);
  var value = 0.0;
  if (i < shape.fine.w) { value = a[i] * b[i]; }
  let sum = reduce(lane, value);
  if (lane == 0u && i < shape.fine.w) { sums[i / ${GROUP}] = sum; }
}`;

/** \`scalars\`: beta and alpha of the present iteration. */
const DIRECT = /* wgsl */ `${PRELUDE}
${buffers('read scalars', 'read x', 'read_write p')}
${ENTRY}
  let i = cellOf(id, groups);
  if (i >= shape.fine.w) { return; }
  p[i] = x[i] + scalars[0] * p[i];
}`;

/** q = A v, and v · q by workgroup. */
const MULTIPLY = /* wgsl */ `${PRELUDE}
${buffers(...LINKS, 'read v', 'read_write q', 'read_write sums')}
${PULL}
${REDUCE}
${ENTRY}
  let i = cellOf(id, groups);
  var value = 0.0;
  if (i < shape.fine.w) {
    let flow = -pull(i, 0.0, 0.0);
    q[i] = flow;
    value = v[i] * flow;
  }
  let sum = reduce(lane, value);
  if (lane == 0u && i < shape.fine.w) { sums[i / ${GROUP}] = sum; }
}`;

const ADVANCE = /* wgsl */ `${PRELUDE}
${buffers('read scalars', 'read p', 'read q', 'read_write u', 'read_write r')}
${ENTRY}
  let i = cellOf(id, groups);
  if (i >= shape.fine.w) { return; }
  u[i] += scalars[1] * p[i];
  r[i] -= scalars[1] * q[i];
}`;

export const DIFFUSION_WGSL = {
  link: LINK,
  coarsen: COARSEN,
  invert: INVERT,
  smooth: SMOOTH,
  restrict: RESTRICT,
  correct: CORRECT,
  begin: BEGIN,
  dot: DOT,
  direct: DIRECT,
  multiply: MULTIPLY,
  advance: ADVANCE,
} as const;
