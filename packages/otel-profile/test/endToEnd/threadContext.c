// SPDX-License-Identifier: Apache-2.0
// Publishes a span for each of two threads as OTEP 4947 says, or something that only looks like it:
//   KIND TRACE-ID-IN-HEXADECIMAL [LIBRARY-TO-LOAD]
// With OWN the variable is in this file, with LIBRARY this file is the library that has it.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#if defined(OWN) || defined(LIBRARY)
#ifndef MODEL
#define MODEL "global-dynamic"
#endif
// Something before it, so that its offset is not the first.
__thread long otelkit_test_before[5] = {1, 2, 3};
__attribute__((tls_model(MODEL))) __thread void *otel_thread_ctx_v1;
__attribute__((noinline)) void publish(void *record) {
  otelkit_test_before[1]++;
  otel_thread_ctx_v1 = record;
}
#elif defined(LATE)
static void (*publish)(void *record);
#else
extern void publish(void *record);
#endif

#ifndef LIBRARY
struct __attribute__((packed)) record {
  uint8_t trace_id[16], span_id[8], valid, flags;
  uint16_t attributes;
};
static const char *kind;
static char **arguments;
static void (*tell)(void *);
static volatile uint64_t sink;

static void *run(void *number) {
  struct record r = {.valid = 1, .flags = 1};
  for (int i = 0; i < 16; i++) sscanf(arguments[2] + 2 * i, "%2hhx", &r.trace_id[i]);
  r.span_id[7] = (uint8_t)(uintptr_t)number;
  if (strcmp(kind, "unready") == 0) r.valid = 0;
  if (strcmp(kind, "zero") == 0) memset(r.trace_id, 0, 16);
  tell(strcmp(kind, "nowhere") == 0 ? (void *)0xffffffff81000000 : &r);
  for (;;) {
    for (int i = 0; i < 150000; i++) sink += i * sink;
    nanosleep(&(struct timespec){0, 20000000}, 0);
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  kind = argv[1];
  arguments = argv;
#ifdef LATE
  publish = (void (*)(void *))dlsym(dlopen(argv[3], RTLD_NOW), "publish");
#endif
  tell = publish;
  pthread_t other;
  pthread_create(&other, 0, run, (void *)2);
  run((void *)1);
}
#endif
