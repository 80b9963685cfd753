// SPDX-License-Identifier: Apache-2.0
// Samples inside the loader's lazy binding, whose frame is found by a register that functions below it
// saved.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareChain, runTool } from './profiling.ts';

const FUNCTIONS = 1_000;
const PROGRAM_C = `
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
static double used(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}
__attribute__((noinline)) void call_library(void (*enter)(void)) { enter(); __asm__ volatile(""); }
int main(int argc, char **argv) {
  while (argc > 1 && used() < 0.6) {
    void *library = dlopen(argv[1], RTLD_LAZY | RTLD_LOCAL);
    if (library == 0) return 1;
    call_library((void (*)(void))dlsym(library, "enter"));
    dlclose(library);
  }
  return 0;
}
`;

describe('endToEnd/lazyBinding', function () {
  this.timeout(120_000);
  let folder: string;

  before(function () {
    if (process.arch !== 'x64' || !isGlibc()) {
      console.log('skip: the loader of this host does not bind by saved registers');
      this.skip();
    }
    ({ folder } = prepareChain(this, 'lazy'));
  });
  after(() => folder !== undefined && rmSync(folder, { recursive: true, force: true }));

  it('keeps its callers', () => {
    const names = Array.from({ length: FUNCTIONS }, (_, i) => `bound_late_number_${i}`);
    const far = names.map((name) => `void ${name}(void) {}`);
    const near = names.map((name) => `extern void ${name}(void);`);
    const enter = `void enter(void) { ${names.map((name) => `${name}();`).join(' ')} }`;
    const [farLibrary, library, program] = ['libfar.so', 'libnear.so', 'lazy'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    const shared = ['-shared', '-fPIC'];
    compile(farLibrary, far.join('\n'), shared);
    compile(library, `${near.join('\n')}\n${enter}`, [...shared, '-Wl,-z,lazy'], [farLibrary]);
    compile(program, PROGRAM_C, ['-fomit-frame-pointer'], ['-ldl']);
    const out = join(folder, 'lazy.folded');
    const run = runTool(['record', '-F', '997', '-o', out, '--', program, library]);
    assert.equal(run.status, 0, run.stderr);
    const counts = { all: 0, whole: 0 };
    for (const line of readFileSync(out, 'utf8').split('\n')) {
      if (!line.includes('_dl_runtime_resolve')) continue;
      const samples = Number(line.split(' ').at(-1));
      counts.all += samples;
      if (/;main;call_library;enter;_dl_runtime_resolve/.test(line)) counts.whole += samples;
    }
    assert.ok(counts.all > 20, `${counts.all} samples in the resolver`);
    // Not all: a busy host makes the tables late. Without that register none would be.
    assert.ok(counts.whole > 0.5 * counts.all, `${counts.whole} of ${counts.all} are whole`);
  });
});

function compile(
  output: string,
  source: string,
  flags: readonly string[],
  libraries: readonly string[] = [],
): void {
  const path = `${output}.c`;
  writeFileSync(path, source);
  const args = ['-O1', ...flags, '-o', output, path, ...libraries];
  const cc = spawnSync('cc', args, { encoding: 'utf8' });
  assert.equal(cc.status, 0, cc.stderr);
}

/** Only glibc's loader binds lazily. */
function isGlibc(): boolean {
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime !== undefined;
}
