// SPDX-License-Identifier: Apache-2.0
// Programs that make code while they run and tell its names in /tmp/perf-PID.map.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareChain, runTool } from './profiling.ts';

/**
 * main → generated code → spin. Its place is the same in each process, its name is the argument's;
 * the name is told late, as by a just-in-time compiler whose map is buffered.
 */
const PROGRAM_C = `
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
static volatile uint64_t sink;
static double used(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}
__attribute__((noinline)) static void spin(void) {
  for (int i = 0; i < 2000000; i++) sink += i * sink;
}
/* push %rbp; mov %rsp,%rbp; call *%rdi; pop %rbp; ret */
static const unsigned char code[] = {0x55, 0x48, 0x89, 0xe5, 0xff, 0xd7, 0x5d, 0xc3};
int main(int argc, char **argv) {
  void *place = mmap((void *)0x200000000000, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  if (argc < 3 || place == MAP_FAILED) return 1;
  memcpy(place, code, sizeof code);
  char path[64];
  snprintf(path, sizeof path, "/tmp/perf-%d.map", getpid());
  FILE *map = fopen(path, "w");
  fprintf(map, "%lx %zx %s\\n", (unsigned long)place, sizeof code, argv[1]);
  double end = atof(argv[2]);
  while (used() < end) ((void (*)(void (*)(void)))place)(spin);
  fclose(map);
  unlink(path);
  return 0;
}
`;

describe('endToEnd/generatedCode', function () {
  this.timeout(120_000);
  let folder: string;

  before(function () {
    if (process.arch !== 'x64') {
      console.log('skip: the generated code of this test is for x86-64');
      this.skip();
    }
    ({ folder } = prepareChain(this, 'generated'));
  });
  after(() => folder !== undefined && rmSync(folder, { recursive: true, force: true }));

  it('is named by what its process tells, also when both are gone', () => {
    const [source, program] = [join(folder, 'jit.c'), join(folder, 'jit')];
    writeFileSync(source, PROGRAM_C);
    const cc = spawnSync('cc', ['-O1', '-o', program, source], { encoding: 'utf8' });
    assert.equal(cc.status, 0, cc.stderr);
    const out = join(folder, 'jit.folded');
    const both = `"${program}" 'JS:~first /a.js' 0.5 & "${program}" second 0.5; wait`;
    const run = runTool(['record', '-F', '499', '-o', out, '--', 'sh', '-c', both]);
    assert.equal(run.status, 0, run.stderr);
    const lines = readFileSync(out, 'utf8').split('\n');
    const samples = (of: RegExp): number =>
      lines.reduce((sum, line) => sum + (of.test(line) ? Number(line.split(' ').at(-1)) : 0), 0);
    const all = samples(/;spin \d+$/);
    for (const name of ['JS:~first /a.js', 'second']) {
      const named = samples(new RegExp(`;main;${name};spin `));
      assert.ok(named > 0.3 * all, `${named} of ${all} in ${name}:\n${lines.join('\n')}`);
    }
  });
});
