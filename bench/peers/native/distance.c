/*
 * Exact Euclidean distances of the voxels that are not 0 to the nearest voxel that is 0, in voxels:
 * two scans along y, then lower envelopes of parabolas along x and z (Meijster et al. 2000,
 * doi 10.1007/0-306-47025-X_36; Felzenszwalb & Huttenlocher 2012, doi 10.4086/toc.2012.v008a019) on
 * squared distances as 32-bit integers. What lies outside the volume counts as nothing.
 *
 * Compiled as a program it measures itself:
 *   distance <labels, uint8> <nx> <ny> <nz> <calls> <output> <label>
 * and as a library it exports `distances`.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Squared distance where there is no 0 at all; room is left to add squares of lengths. */
#define FAR 0x3fffffff
/* Lines that are carried through memory together. */
#define COLUMNS 16
/* Distance up to which looking around is cheaper than an envelope. */
#define SHORT 24

/* Scans of one slice along y; the columns of a row go side by side. */
static void scan_slice(const uint8_t *phase, int32_t *out, int nx, int ny) {
  for (int y = 0; y < ny; y++) {
    const uint8_t *from = phase + (size_t)y * nx;
    int32_t *row = out + (size_t)y * nx;
    const int32_t *last = row - nx;
    for (int x = 0; x < nx; x++) {
      int32_t next = y == 0 ? 32767 : last[x] + (last[x] < 32767);
      row[x] = from[x] ? next : 0;
    }
  }
  for (int y = ny - 2; y >= 0; y--) {
    int32_t *row = out + (size_t)y * nx;
    const int32_t *next = row + nx;
    for (int x = 0; x < nx; x++) {
      int32_t other = next[x] + 1;
      row[x] = other < row[x] ? other : row[x];
    }
  }
  for (size_t i = 0; i < (size_t)nx * ny; i++) out[i] = out[i] >= 32767 ? FAR : out[i] * out[i];
}

/* Lower envelope of the parabolas g[i] + (x - i)^2 along a line, in place. */
static void envelope(int32_t *g, int n, int32_t *values, int32_t *places, int32_t *starts) {
  int top = -1;
  for (int u = 0; u < n; u++) {
    int32_t value = g[u];
    if (value >= FAR) continue;
    int32_t start = 0;
    while (top >= 0) {
      int32_t at = places[top], width = u - at, rise = value - values[top];
      /* The first place from which on the new parabola is the lower one. */
      int32_t sum = rise + (u + at) * width;
      start = sum < 0 ? 0 : sum / (2 * width) + 1;
      if (start > starts[top]) break;
      top--;
      start = 0;
    }
    if (start >= n) continue;
    top++;
    values[top] = value;
    places[top] = u;
    starts[top] = start;
  }
  if (top < 0) return;
  for (int k = 0; k <= top; k++) {
    int end = k == top ? n : starts[k + 1];
    int32_t value = values[k], at = places[k];
    for (int x = starts[k]; x < end; x++) g[x] = value + (x - at) * (x - at);
  }
}

/*
 * Lower envelope at COLUMNS lines side by side by looking `reach` elements to both sides and no
 * farther than the largest value asks for: fewer instructions than an envelope where distances are
 * short, and the compiler makes SIMD of it. False where the largest value asks for more.
 */
static int look_around(const int32_t *from, ptrdiff_t step, int32_t *restrict out) {
  int32_t found[COLUMNS];
  int32_t largest = 0;
  for (int c = 0; c < COLUMNS; c++) {
    found[c] = from[c];
    largest = found[c] > largest ? found[c] : largest;
  }
  for (int k = 1; k * k < largest; k++) {
    if (k > SHORT) return 0;
    const int32_t *before = from - k * step, *after = from + k * step;
    largest = 0;
    for (int c = 0; c < COLUMNS; c++) {
      int32_t other = (before[c] < after[c] ? before[c] : after[c]) + k * k;
      found[c] = other < found[c] ? other : found[c];
      largest = found[c] > largest ? found[c] : largest;
    }
  }
  memcpy(out, found, sizeof found);
  return 1;
}

static void fill_far(int32_t *out, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = FAR;
}

static void along_row(int32_t *row, int nx, int32_t *padded, int32_t *work) {
  int32_t *line = padded + SHORT;
  memcpy(line, row, sizeof(int32_t) * nx);
  fill_far(line + nx, SHORT + COLUMNS);
  for (int x = 0; x < nx; x += COLUMNS) {
    int32_t found[COLUMNS];
    if (!look_around(line + x, 1, found)) {
      memcpy(row, line, sizeof(int32_t) * nx);
      envelope(row, nx, work, work + nx, work + 2 * nx);
      return;
    }
    memcpy(row + x, found, sizeof(int32_t) * (nx - x < COLUMNS ? nx - x : COLUMNS));
  }
}

static void along_columns(int32_t *first, size_t plane, int width, int nz, int32_t *padded,
                          int32_t *work) {
  int32_t *block = padded + SHORT * COLUMNS;
  for (int z = 0; z < nz; z++) memcpy(block + z * COLUMNS, first + z * plane, sizeof(int32_t) * width);
  for (int z = 0; z < nz; z++) {
    int32_t found[COLUMNS];
    if (!look_around(block + z * COLUMNS, COLUMNS, found)) {
      int32_t *column = work + 3 * nz;
      for (int c = 0; c < width; c++) {
        for (int k = 0; k < nz; k++) column[k] = block[k * COLUMNS + c];
        envelope(column, nz, work, work + nz, work + 2 * nz);
        for (int k = 0; k < nz; k++) first[k * plane + c] = column[k];
      }
      return;
    }
    memcpy(first + z * plane, found, sizeof(int32_t) * width);
  }
}

void distances(const uint8_t *phase, float *out, int nx, int ny, int nz) {
  size_t plane = (size_t)nx * ny, voxels = plane * nz;
  int longest = nx > nz ? nx : nz;
  size_t around = (size_t)(longest + 2 * SHORT + COLUMNS) * COLUMNS;
  int32_t *squares = (int32_t *)out;
  int32_t *work = malloc(sizeof(int32_t) * (4 * (size_t)longest + around)), *padded = work + 4 * longest;
  for (int z = 0; z < nz; z++) {
    scan_slice(phase + z * plane, squares + z * plane, nx, ny);
    fill_far(padded, SHORT);
    for (int y = 0; y < ny; y++) along_row(squares + z * plane + (size_t)y * nx, nx, padded, work);
  }
  fill_far(padded, around);
  for (int y = 0; y < ny; y++) {
    for (int x = 0; x < nx; x += COLUMNS) {
      int width = nx - x < COLUMNS ? nx - x : COLUMNS;
      along_columns(squares + (size_t)y * nx + x, plane, width, nz, padded, work);
    }
  }
  free(work);
  for (size_t i = 0; i < voxels; i++) {
    out[i] = squares[i] >= FAR ? INFINITY : sqrtf((float)squares[i]);
  }
}

#ifndef LIBRARY
#include "harness.h"

struct task {
  const uint8_t *phase;
  int nx, ny, nz;
};

static float *call(const void *given) {
  const struct task *task = given;
  float *out = malloc(sizeof(float) * task->nx * task->ny * task->nz);
  distances(task->phase, out, task->nx, task->ny, task->nz);
  return out;
}

int main(int argc, char **argv) {
  if (argc != 8) return 2;
  struct task task = {NULL, atoi(argv[2]), atoi(argv[3]), atoi(argv[4])};
  size_t voxels = (size_t)task.nx * task.ny * task.nz;
  uint8_t *labels = read_file(argv[1], voxels);
  for (size_t i = 0; i < voxels; i++) labels[i] = labels[i] == atoi(argv[7]);
  task.phase = labels;
  return measure(call, &task, atoi(argv[5]), 4 * voxels, argv[6]);
}
#endif
