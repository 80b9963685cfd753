// SPDX-License-Identifier: Apache-2.0
// Publishes a resource as OTEP 4719 says, or something that only looks like one, and is busy:
//   publisher KIND RESOURCE-IN-HEXADECIMAL SECONDS
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif

struct header {
  char signature[8];
  uint32_t version, size;
  volatile uint64_t published;
  const void *payload;
};
static volatile uint64_t sink;

static void *keep_changing(void *at) {
  for (struct header *h = at;;) {
    h->published = 0;
    h->size = 7;
    h->published = ++sink;
  }
  return 0;
}
int main(int argc, char **argv) {
  if (argc < 4) return 2;
  const char *kind = argv[1], *hex = argv[2];
  size_t size = strlen(hex) / 2;
  unsigned char *payload = malloc(size + 1);
  for (size_t i = 0; i < size; i++) sscanf(hex + 2 * i, "%2hhx", &payload[i]);
  int fd = strcmp(kind, "named") == 0 ? -1 : memfd_create("OTEL_CTX", MFD_CLOEXEC);
  if (fd >= 0 && ftruncate(fd, 4096) != 0) return 1;
  int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_PRIVATE;
  struct header *h = mmap(0, 4096, PROT_READ | PROT_WRITE, flags, fd, 0);
  if (h == MAP_FAILED) return 1;
  madvise(h, 4096, MADV_DONTFORK);
  h->version = strcmp(kind, "version") == 0 ? 99 : 2;
  h->size = strcmp(kind, "huge") == 0 ? 0xfffffff0u : (uint32_t)size;
  /* Whoever reads before the other thread runs shall not find it good either. */
  if (strcmp(kind, "changing") == 0) h->size = 7;
  h->payload = strcmp(kind, "nowhere") == 0 ? (void *)0xffffffff81000000 : payload;
  if (strcmp(kind, "noise") == 0)
    for (size_t i = 0; i < size; i++) payload[i] = (unsigned char)(i * 151 + 7);
  h->published = strcmp(kind, "unready") == 0 ? 0 : 1700000000000000000u;
  memcpy(h->signature, strcmp(kind, "unsigned") == 0 ? "otel_ctx" : "OTEL_CTX", 8);
  pthread_t thread;
  if (strcmp(kind, "changing") == 0) pthread_create(&thread, 0, keep_changing, h);
  if (fd < 0 && prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, h, 4096, "OTEL_CTX") != 0) return 77;
  struct timespec t;
  double end = atof(argv[3]);
  if (end <= 0) return 0;
  do {
    for (int i = 0; i < 200000; i++) sink += i * sink;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  } while (t.tv_sec + t.tv_nsec / 1e9 < end);
  // Until the agent has looked.
  for (;;) pause();
}
