/* Reads a volume, measures calls and prints what they cost as one line of JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec + 1e-9 * now.tv_nsec;
}

/* Bytes of a field of the process's status, 0 where the system does not tell. */
static long memory(const char *field) {
  FILE *status = fopen("/proc/self/status", "r");
  char line[256];
  long bytes = 0;
  if (status == NULL) return 0;
  while (fgets(line, sizeof line, status) != NULL) {
    if (strncmp(line, field, strlen(field)) == 0) bytes = 1024 * atol(line + strlen(field) + 1);
  }
  fclose(status);
  return bytes;
}

static void *read_file(const char *path, size_t bytes) {
  void *data = malloc(bytes);
  FILE *file = fopen(path, "rb");
  if (data == NULL || file == NULL || fread(data, 1, bytes, file) != bytes) {
    fprintf(stderr, "%s could not be read\n", path);
    exit(1);
  }
  fclose(file);
  return data;
}

static void write_file(const char *path, const void *data, size_t bytes) {
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(data, 1, bytes, file) != bytes) exit(1);
  fclose(file);
}

/* Calls `call` so many times; `call` returns a result to free. Writes the last one to `output`. */
static int measure(float *(*call)(const void *), const void *task, int calls, size_t bytes,
                   const char *output) {
  double cpu[64], wall[64];
  long before = memory("VmRSS"), grown = 0;
  float *result = NULL;
  if (calls > 64) calls = 64;
  for (int turn = 0; turn < calls; turn++) {
    free(result);
    double wall_start = seconds(CLOCK_MONOTONIC), cpu_start = seconds(CLOCK_PROCESS_CPUTIME_ID);
    result = call(task);
    cpu[turn] = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_start;
    wall[turn] = seconds(CLOCK_MONOTONIC) - wall_start;
    if (turn == 0) grown = memory("VmHWM") - before;
  }
  write_file(output, result, bytes);
  printf("{\"cpu\":[");
  for (int turn = 0; turn < calls; turn++) printf("%s%.9f", turn ? "," : "", cpu[turn]);
  printf("],\"wall\":[");
  for (int turn = 0; turn < calls; turn++) printf("%s%.9f", turn ? "," : "", wall[turn]);
  printf("],\"bytes\":%ld}\n", grown > 0 ? grown : 0);
  return 0;
}
