// SPDX-License-Identifier: Apache-2.0
// Code that comes and goes: in_library → deeper → what the caller gave.
#include <time.h>

#define KEEP __attribute__((noinline, noclone))
static volatile int sink;

static double thread_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}
static KEEP void deeper(void (*spin)(void)) {
  spin();
  sink++;
}
KEEP void in_library(double seconds, void (*spin)(void)) {
  double end = thread_seconds() + seconds;
  while (thread_seconds() < end) deeper(spin);
}
