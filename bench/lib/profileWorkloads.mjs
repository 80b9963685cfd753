// SPDX-License-Identifier: Apache-2.0
// Programs with known call chains, compiled without frame pointers, and what their stacks must be.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SPIN = `
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#define KEEP __attribute__((noinline, noclone))
static volatile uint64_t sink;
static KEEP void leaf(int rounds) { for (int i = 0; i < rounds; i++) sink += i * sink + 1; }
static double used(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}
`;

const SOURCES = {
  nested: `${SPIN}
static KEEP void c(void) { leaf(200000); sink++; }
static KEEP void b(void) { c(); sink++; }
static KEEP void a(void) { b(); sink++; }
int main(int n, char **v) { while (used() < atof(v[1])) a(); return 0; }`,
  deep: `${SPIN}
static KEEP void rec(int n) { if (n == 0) leaf(200000); else rec(n - 1); sink++; }
int main(int n, char **v) { while (used() < atof(v[1])) rec(99); return 0; }`,
  deep1000: `${SPIN}
static KEEP void rec(int n) { if (n == 0) leaf(200000); else rec(n - 1); sink++; }
int main(int n, char **v) { while (used() < atof(v[1])) rec(999); return 0; }`,
  jit: `${SPIN}
/* push rbp; mov rbp,rsp; mov eax,N; dec eax; jnz; pop rbp; ret */
static const unsigned char code[] = {0x55,0x48,0x89,0xe5,0xb8,0x00,0x00,0x10,0x00,0xff,0xc8,0x75,0xfc,0x5d,0xc3};
static void (*made)(void);
static KEEP void call(void) { made(); sink++; }
int main(int n, char **v) {
  made = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memcpy((void *)made, code, sizeof code);
  while (used() < atof(v[1])) call();
  return 0;
}`,
  short: `${SPIN}
static KEEP void mid(void) { leaf(1000); sink++; }
int main(void) { while (used() < 0.005) mid(); return 0; }`,
  storm: `${SPIN}
/* so many children a second, for so long; prints their number and CPU time */
int main(int n, char **v) {
  double until = atof(v[1]); int rate = atoi(v[2]); long count = 0;
  struct timespec t, begin; clock_gettime(CLOCK_MONOTONIC, &begin);
  for (;;) {
    clock_gettime(CLOCK_MONOTONIC, &t);
    double at = t.tv_sec - begin.tv_sec + (t.tv_nsec - begin.tv_nsec) / 1e9;
    if (at >= until) break;
    while (waitpid(-1, 0, WNOHANG) > 0) {}
    if (count < at * rate) {
      count++;
      if (vfork() == 0) { execl(v[3], v[3], (char *)0); _exit(127); }
    } else usleep(1000);
  }
  while (wait(0) > 0) {}
  struct rusage r; getrusage(RUSAGE_CHILDREN, &r);
  printf("%ld %f\\n", count, r.ru_utime.tv_sec + r.ru_stime.tv_sec + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6);
  return 0;
}`,
};

const GO = `package main
import "os"
import "strconv"
import "syscall"
var sink uint64
//go:noinline
func spin() { for i := uint64(0); i < 2000000; i++ { sink += i*sink + 1 } }
//go:noinline
func inner() { spin() }
//go:noinline
func outer() { inner() }
func main() {
	seconds, _ := strconv.ParseFloat(os.Args[1], 64)
	var used syscall.Rusage
	for float64(used.Utime.Sec)+float64(used.Utime.Usec)/1e6 < seconds {
		outer()
		syscall.Getrusage(0, &used)
	}
}
`;

/** What the end of a folded line must be, by program; kernel frames may follow. */
export const CHAINS = {
  nested: /;main;a;b;c(;leaf)?( |;)/,
  deep: /;main(;rec){1,100}(;leaf)?( |;)/,
  deep1000: /;main(;rec){1,1000}(;leaf)?( |;)/,
  jit: /;main;call;[^;]+( |;)/,
  goprogram: /;main\.main;main\.outer;main\.inner;main\.spin( |;)/,
  short: /;main;mid(;leaf)?( |;)/,
};

/** Lines that say nothing of the program's own chain: before main, and its end. */
export const STARTING =
  /;(_dl_|dl_|__libc_start|_start |exit|do_exit|ld-linux|elf_)|^\w+ |main;used|runtime\.(mstart|morestack|schedule|gcBgMarkWorker|bgsweep|bgscavenge|main )/;

/** Compiles what this machine has compilers for. @returns {Record<string, string>} paths by name */
export function buildWorkloads(folder) {
  const built = {};
  for (const [name, source] of Object.entries(SOURCES)) {
    const path = join(folder, name);
    writeFileSync(`${path}.c`, source);
    const flags = ['-O1', '-fomit-frame-pointer', '-fno-optimize-sibling-calls', '-w'];
    if (spawnSync('cc', [...flags, '-o', path, `${path}.c`]).status === 0) built[name] = path;
  }
  const folderOfGo = join(folder, 'go');
  mkdirSync(folderOfGo);
  writeFileSync(join(folderOfGo, 'main.go'), GO);
  const out = join(folder, 'goprogram');
  const env = { ...process.env, CGO_ENABLED: '0', GO111MODULE: 'off' };
  const run = spawnSync('go', ['build', '-o', out, 'main.go'], { cwd: folderOfGo, env });
  if (run.status === 0) built.goprogram = out;
  return built;
}
