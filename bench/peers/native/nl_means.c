/*
 * Non-local means in the form that sums patch distances per offset and uses each weight twice
 * (Darbon et al. 2008, doi 10.1109/ISBI.2008.4541250; Froment 2014, doi 10.5201/ipol.2014.120):
 * patches of 5^3 voxels (p = 2) with equal weights, a search cube of (2r + 1)^3, weights
 * exp(-max(mean squared difference - 2 sigma^2, 0) / h^2), the border voxel repeated. Blocks of rows
 * stay in the caches for all offsets; loops are written for the compiler to vectorise.
 *
 *   nl_means <grey, float32> <nx> <ny> <nz> <calls> <output> <p> <r> <sigma> <h>
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include "harness.h"

#ifndef ROWS
#define ROWS 32
#endif
#ifndef SLICES
#define SLICES 32
#endif
#define PATCH 5
#define REACH 2
/* Rows that two neighbouring windows cover. */
#define WINDOWS 6

struct task {
  const float *grey;
  int nx, ny, nz, search;
  float slope, shift;
};

static int least(int a, int b) { return a < b ? a : b; }
static int most(int a, int b) { return a > b ? a : b; }

/* Squared differences of a row and its partner. */
static void square(const float *restrict a, const float *restrict b, float *restrict out, int n) {
  for (int x = 0; x < n; x++) {
    float difference = a[x] - b[x];
    out[x] = difference * difference;
  }
}

/* Sums of five rows each, for two neighbouring windows of six rows. */
static void sum_rows(float *const *rows, float *restrict first, float *restrict second, int n) {
  const float *restrict a = rows[0], *restrict b = rows[1], *restrict c = rows[2];
  const float *restrict d = rows[3], *restrict e = rows[4], *restrict f = rows[5];
  for (int x = 0; x < n; x++) {
    float common = (b[x] + c[x]) + (d[x] + e[x]);
    first[x] = common + a[x];
    second[x] = common + f[x];
  }
}

static void sum_along(const float *restrict row, float *restrict out, int n) {
  for (int x = 0; x < n; x++) {
    out[x] = ((row[x] + row[x + 1]) + (row[x + 2] + row[x + 3])) + row[x + 4];
  }
}

/* 2^-max(slope * distance - shift, 0). */
static inline float weight_of(float distance, float slope, float shift) {
  float power = slope * distance - shift;
  power = power > 0 ? power : 0;
  power = power < 120 ? power : 120;
  float whole = rintf(power);
  float part = whole - power;
  float root = 1 + part * (0.69314718f + part * (0.24022651f + part * (0.05550411f +
               part * (0.00961813f + part * 0.00133336f))));
  union { int32_t bits; float value; } scale = {(127 - (int32_t)whole) << 23};
  return root * scale.value;
}

static void weigh(float *restrict distances, int n, float slope, float shift) {
  for (int x = 0; x < n; x++) distances[x] = weight_of(distances[x], slope, shift);
}

/* Weighs a row of pairs and adds to both ends of each, which lie in different rows. */
static void exchange(const float *restrict distances, const float *restrict grey,
                     const float *restrict partner, float *restrict numerator,
                     float *restrict denominator, float *restrict partner_numerator,
                     float *restrict partner_denominator, int n, float slope, float shift) {
  for (int x = 0; x < n; x++) {
    float weight = weight_of(distances[x], slope, shift);
    float weighted = weight * (partner[x] - grey[x]);
    numerator[x] += weighted;
    denominator[x] += weight;
    partner_numerator[x] -= weighted;
    partner_denominator[x] += weight;
  }
}

static void gather(const float *restrict grey, const float *restrict partner,
                   const float *restrict weights, float *restrict change,
                   float *restrict numerator, float *restrict denominator, int n) {
  for (int x = 0; x < n; x++) {
    float weighted = weights[x] * (partner[x] - grey[x]);
    change[x] = weighted;
    numerator[x] += weighted;
    denominator[x] += weights[x];
  }
}

static void scatter(const float *restrict weights, const float *restrict change,
                    float *restrict numerator, float *restrict denominator, int n) {
  for (int x = 0; x < n; x++) {
    numerator[x] -= change[x];
    denominator[x] += weights[x];
  }
}

static float *call(const void *given) {
  const struct task *task = given;
  int nx = task->nx, ny = task->ny, nz = task->nz, search = task->search;
  int margin = search + REACH + 1;
  ptrdiff_t row = (nx + 2 * margin + 3) / 4 * 4, plane = row * (ny + 2 * margin);
  size_t cells = (size_t)plane * (nz + 2 * margin) + 16;
  ptrdiff_t origin = margin + margin * row + margin * plane;
  float *padded = malloc(4 * cells), *sums = calloc(2 * cells, 4);
  float *numerator = sums, *denominator = sums + cells;
  for (int z = -margin; z < nz + margin; z++) {
    for (int y = -margin; y < ny + margin; y++) {
      const float *from = task->grey +
          (size_t)nx * (most(0, least(ny - 1, y)) + (size_t)ny * most(0, least(nz - 1, z)));
      float *to = padded + origin + y * row + z * plane;
      memcpy(to, from, 4 * (size_t)nx);
      for (int x = 1; x <= margin; x++) to[-x] = from[0], to[nx - 1 + x] = from[nx - 1];
    }
  }

  float *squares = malloc(4 * WINDOWS * row), *sums_of_two = malloc(8 * row);
  float *layers = malloc(4 * (size_t)WINDOWS * (ROWS + 1) * row), *change = malloc(4 * row);
  for (int zb = -search; zb < nz + search; zb += SLICES)
  for (int yb = -search; yb < ny + search; yb += ROWS)
  for (int dz = 0; dz <= search; dz++)
  for (int dy = dz > 0 ? -search : 0; dy <= search; dy++)
  for (int dx = dz > 0 || dy > 0 ? -search : 1; dx <= search; dx++) {
    /* Voxels whose pair has at least one end in the volume. */
    int x0 = least(0, -dx), x1 = nx + most(0, -dx), n = x1 - x0;
    int y0 = most(yb, least(0, -dy)), y1 = least(yb + ROWS, ny + most(0, -dy));
    int z0 = most(zb, -dz), z1 = least(zb + SLICES, nz);
    ptrdiff_t away = dx + dy * row + dz * plane;
    if (y0 >= y1 || z0 >= z1) continue;
    /* Rows and slices go in twos; where their number is odd one too many is summed and dropped. */
    int y2 = y1 + (y1 - y0) % 2, z2 = z1 + (z1 - z0) % 2;
    for (int z = z0 - REACH; z < z2 + REACH; z++) {
      float *layer = layers + (z + WINDOWS * 64) % WINDOWS * ((ROWS + 1) * row);
      for (int y = y0 - REACH; y < y2 + REACH; y++) {
        const float *at = padded + origin + x0 - REACH + y * row + z * plane;
        square(at, at + away, squares + (y + WINDOWS * 64) % WINDOWS * row, n + 2 * REACH);
        int first = y - REACH - 1;
        if (first < y0 || (first - y0) % 2 == 1) continue;
        float *rows[WINDOWS];
        for (int k = 0; k < WINDOWS; k++) {
          rows[k] = squares + (first - REACH + k + WINDOWS * 64) % WINDOWS * row;
        }
        sum_rows(rows, sums_of_two, sums_of_two + row, n + 2 * REACH);
        sum_along(sums_of_two, layer + (first - y0) * row, n);
        sum_along(sums_of_two + row, layer + (first + 1 - y0) * row, n);
      }
      int first = z - REACH - 1;
      if (first < z0 || (first - z0) % 2 == 1) continue;
      for (int y = y0; y < y1; y++) {
        float *rows[WINDOWS];
        for (int k = 0; k < WINDOWS; k++) {
          rows[k] = layers + (first - REACH + k + WINDOWS * 64) % WINDOWS * ((ROWS + 1) * row) +
                    (y - y0) * row;
        }
        sum_rows(rows, sums_of_two, sums_of_two + row, n);
        for (int which = 0; which < 2 && first + which < z1; which++) {
          float *distances = sums_of_two + which * row;
          ptrdiff_t at = origin + x0 + y * row + (first + which) * plane, to = at + away;
          if (dy != 0 || dz != 0) {
            exchange(distances, padded + at, padded + to, numerator + at, denominator + at,
                     numerator + to, denominator + to, n, task->slope, task->shift);
          } else {
            weigh(distances, n, task->slope, task->shift);
            gather(padded + at, padded + to, distances, change, numerator + at, denominator + at, n);
            scatter(distances, change, numerator + to, denominator + to, n);
          }
        }
      }
    }
  }

  float *out = malloc(4 * (size_t)nx * ny * nz);
  for (int z = 0; z < nz; z++) {
    for (int y = 0; y < ny; y++) {
      ptrdiff_t at = origin + y * row + z * plane;
      float *to = out + (size_t)nx * (y + (size_t)ny * z);
      for (int x = 0; x < nx; x++) to[x] = padded[at + x] + numerator[at + x] / (1 + denominator[at + x]);
    }
  }
  free(padded), free(sums), free(squares), free(sums_of_two), free(layers), free(change);
  return out;
}

int main(int argc, char **argv) {
  if (argc != 11 || atoi(argv[7]) != REACH) return 2;
  int nx = atoi(argv[2]), ny = atoi(argv[3]), nz = atoi(argv[4]);
  size_t voxels = (size_t)nx * ny * nz;
  double sigma = atof(argv[9]), h = atof(argv[10]);
  struct task task = {read_file(argv[1], 4 * voxels), nx, ny, nz, atoi(argv[8]),
                      (float)(M_LOG2E / (PATCH * PATCH * PATCH * h * h)),
                      (float)(M_LOG2E * 2 * sigma * sigma / (h * h))};
  return measure(call, &task, atoi(argv[5]), 4 * voxels, argv[6]);
}
