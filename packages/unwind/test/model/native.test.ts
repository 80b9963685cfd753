// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { gcc, needsTools } from '../fixtures/compile.ts';
import { needsGdb, type RecordingOptions, recordByGdb } from '../fixtures/gdbRecording.ts';
import { differenceFromGdb, RecordedProcess } from '../fixtures/modelOf.ts';

const NESTED_C = `
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <alloca.h>
volatile int sink;
__attribute__((noinline)) void stop_here(void) { sink++; }
__attribute__((noinline)) int leaf(int x) { stop_here(); return x + sink; }
__attribute__((noinline)) int with_alloca(int n) {
  char *p = alloca(n); memset(p, n, n); int r = leaf(n); return r + p[n / 2];
}
__attribute__((noinline)) int aligned(int n) {
  _Alignas(64) char buffer[64]; char *p = alloca(n); memset(buffer, n, 64); memset(p, 1, n);
  int r = with_alloca(n); return r + buffer[n & 31] + p[0];
}
__attribute__((noinline)) int deep(int n) { if (n == 0) return aligned(40); int r = deep(n - 1); return r + sink; }
static int compare(const void *a, const void *b) { if (sink == 0) deep(5); return *(int *)a - *(int *)b; }
int main(void) {
  int numbers[4] = {4, 2, 3, 1};
  qsort(numbers, 4, sizeof(int), compare);
  printf("%d %s\\n", numbers[0], getenv("PATH") ? "a" : "b");
  return 0;
}
`;
const SIGNAL_C = `
#include <signal.h>
#include <stdlib.h>
volatile int sink;
__attribute__((noinline)) void stop_here(void) { sink++; }
static void handler(int n) { (void)n; stop_here(); sink += 2; }
__attribute__((noinline)) int work(int n) { volatile int *p = 0; if (n == 1) *p = 1; return n + sink; }
int main(int argc, char **argv) {
  (void)argv;
  stack_t s = {.ss_sp = malloc(65536), .ss_size = 65536};
  sigaltstack(&s, 0);
  struct sigaction a = {.sa_handler = handler, .sa_flags = ON_ALT};
  sigaction(SIGSEGV, &a, 0);
  sigaction(SIGUSR1, &a, 0);
  if (argc > 5) work(1);
  raise(SIGUSR1);
  return work(2) > 1000;
}
`;
const THREAD_C = `
#include <pthread.h>
volatile int sink;
__attribute__((noinline)) void stop_here(void) { sink++; }
__attribute__((noinline)) int fib(int n) { if (n < 2) { stop_here(); return n; } return fib(n - 1) + fib(n - 2); }
static void *run(void *p) { (void)p; sink += fib(6); return 0; }
int main(void) { pthread_t t; pthread_create(&t, 0, run, 0); pthread_join(t, 0); return 0; }
`;
const THROW_CC = `
#include <string>
#include <stdexcept>
volatile int sink;
extern "C" __attribute__((noinline)) void stop_here() { sink++; }
struct guard { ~guard() { stop_here(); } };
__attribute__((noinline)) void fail(int n) { guard g; if (n == 0) throw std::runtime_error("x"); fail(n - 1); sink++; }
int main() { try { fail(3); } catch (std::exception &e) { return std::string(e.what()).size() == 0; } }
`;

/** Records, and holds every stop to gdb. */
function check(program: string, options: RecordingOptions): void {
  const recording = recordByGdb(program, options);
  const process = new RecordedProcess(recording);
  const differences = recording.stops
    .map((stop) => differenceFromGdb(process, stop))
    .filter((difference) => difference !== undefined);
  assert.ok(recording.stops.length > (options.steps ?? 0));
  assert.deepEqual(
    differences.slice(0, 5),
    [],
    `${differences.length} of ${recording.stops.length}`,
  );
}

describe('the model unwinds recorded processes', function () {
  this.timeout(300_000);

  beforeEach(function () {
    needsTools(this, 'gcc');
    needsGdb(this);
  });

  for (const level of ['-O0', '-O2']) {
    it(`a C program without frame pointers, step by step (${level})`, () => {
      const program = gcc(NESTED_C, [level, '-fomit-frame-pointer', '-Wl,-z,lazy']);
      check(program, { breakpoint: 'stop_here', steps: 300 });
    });
  }

  it('a static C program', () => {
    check(gcc(NESTED_C, ['-O2', '-static']), { breakpoint: 'stop_here', steps: 200 });
  });

  it('a signal handler on its own stack, and through its return', () => {
    const program = gcc(SIGNAL_C, ['-O2', '-DON_ALT=SA_ONSTACK']);
    check(program, { breakpoint: 'stop_here', steps: 40 });
  });

  it('a signal handler on the interrupted stack', () => {
    check(gcc(SIGNAL_C, ['-O2', '-DON_ALT=0']), { breakpoint: 'stop_here', steps: 40 });
  });

  it('a thread from its start', () => {
    const program = gcc(THREAD_C, ['-O1', '-pthread', '-fomit-frame-pointer']);
    check(program, { breakpoint: 'stop_here', hits: 5, steps: 40 });
  });

  it('a C++ exception on its way', function () {
    needsTools(this, 'g++');
    const program = gcc(THROW_CC, ['-O2', '-xc++', '-lstdc++'], 'g++');
    check(program, { breakpoint: 'stop_here', hits: 3, steps: 200 });
  });
});
