// SPDX-License-Identifier: Apache-2.0
// Files that their device and inode do not tell apart: libraries written over in place, and layers of
// an overlay as containers have them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CALLS, prepareChain, runTool } from './profiling.ts';

const COMPILE = ['-O1', '-fomit-frame-pointer', '-fno-optimize-sibling-calls'];

/** Which version it is shows in its frames' sizes and addresses, not in the file's. */
const LIBRARY = `
#include <string.h>
static volatile unsigned sink;
#define KEEP __attribute__((noinline, noclone))
KEEP void BEFORE(void) { for (int i = 0; i < 9; i++) sink += PADDING * i; }
KEEP static void leaf(char *p) { for (int i = 0; i < 1000000; i++) sink += p[i % 9] * i; }
KEEP static void inner(void) { char b[SIZE]; memset(b, sink, SIZE); leaf(b); sink += b[1]; }
KEEP void outer(void) { char b[SIZE / 2]; memset(b, sink, SIZE / 2); inner(); sink += b[1]; }
`;
const PROGRAM = `
#include <stdlib.h>
#include <time.h>
void outer(void);
int main(int argc, char **argv) {
  while (clock() < atof(argv[1]) * CLOCKS_PER_SEC) outer();
  return argc > 2;
}
`;

describe('endToEnd/sameInode', function () {
  this.timeout(120_000);
  let folder: string;
  let chain: string;
  let mounted: string | undefined;

  before(function () {
    ({ folder, chain } = prepareChain(this, 'inode'));
  });
  after(() => {
    if (mounted !== undefined) spawnSync('umount', ['-l', mounted]);
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  function compile(name: string, text: string, args: readonly string[]): string {
    const [source, out] = [join(folder, `${name}.c`), join(folder, name)];
    writeFileSync(source, text);
    const run = spawnSync('cc', [...COMPILE, '-o', out, source, ...args], { encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
    return out;
  }

  /** Samples in the library's functions, and how many of them have every caller. */
  function judge(path: string, program: string): { readonly whole: number; readonly all: number } {
    let [whole, all] = [0, 0];
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      if (!line.startsWith(`${program};`) || !/;(leaf|inner) \d+$/.test(line)) continue;
      const count = Number(line.slice(line.lastIndexOf(' ')));
      all += count;
      if (/;main;outer;inner(;leaf)? \d+$/.test(line)) whole += count;
    }
    return { whole, all };
  }

  it('unwinds a library that was written over in place by what is in it now', () => {
    const shared = ['-fPIC', '-shared', '-Wl,--build-id=none'];
    const versions = [1, 2].map((n) => {
      const [size, padding] = n === 1 ? ['64', '1'] : ['4064', '77777777'];
      const macros = [`-DSIZE=${size}`, `-DPADDING=${padding}`, `-DBEFORE=before${n}`];
      return compile(`libwork${n}.so`, LIBRARY, [...shared, ...macros]);
    });
    const library = join(folder, 'libwork.so');
    const overwrite = (n: number): string => `cat ${versions[n - 1]} > ${library}`;
    spawnSync('sh', ['-c', overwrite(1)]);
    const { ino } = statSync(library);
    const link = ['-L', folder, '-lwork', `-Wl,-rpath,${folder}`];
    const programs = [1, 2].map((n) => compile(`user${n}`, PROGRAM, link));
    const out = join(folder, 'inplace.folded');
    const command = `${programs[0]} 0.5; ${overwrite(2)}; ${programs[1]} 0.5`;
    const run = runTool(['record', '-F', '499', '-o', out, '--', 'sh', '-c', command]);
    assert.equal(run.status, 0, run.stderr);
    assert.equal(statSync(library).ino, ino);
    for (const program of ['user1', 'user2']) {
      const { whole, all } = judge(out, program);
      assert.ok(all > 50 && whole / all > 0.95, `${program}: ${whole} of ${all} are whole`);
    }
  });

  it('unwinds what lies on an overlay, copied up or not', function () {
    const place = (name: string): string => join(folder, name);
    for (const name of ['lower', 'upper', 'work', 'merged']) mkdirSync(place(name));
    for (const name of ['below', 'copied']) spawnSync('cp', [chain, join(place('lower'), name)]);
    const layers = `lowerdir=${place('lower')},upperdir=${place('upper')},workdir=${place('work')}`;
    const mount = ['-t', 'overlay', 'overlay', '-o', layers, place('merged')];
    const { status, stderr } = spawnSync('mount', mount, { encoding: 'utf8' });
    if (status !== 0) {
      console.log(`skip: no overlay can be mounted here, run as root: ${stderr.trim()}`);
      this.skip();
    }
    mounted = place('merged');
    // It becomes a file of the upper layer, with the inode's number of the lower one.
    chmodSync(join(mounted, 'copied'), 0o700);
    const out = place('overlay.folded');
    const command = ['below', 'copied'].map((name) => `${join(mounted!, name)} 0.5`).join('; ');
    const run = runTool(['record', '-F', '499', '-o', out, '--', 'sh', '-c', command]);
    assert.equal(run.status, 0, run.stderr);
    for (const program of ['below', 'copied']) {
      let [whole, all] = [0, 0];
      for (const line of readFileSync(out, 'utf8').split('\n')) {
        if (!line.startsWith(`${program};`) || !/;(?:spin|c|b|a) \d+$/.test(line)) continue;
        const count = Number(line.slice(line.lastIndexOf(' ')));
        all += count;
        if (CALLS.test(line)) whole += count;
      }
      assert.ok(all > 50 && whole / all > 0.95, `${program}: ${whole} of ${all} are whole`);
    }
  });
});
