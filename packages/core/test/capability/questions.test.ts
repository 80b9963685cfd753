// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from '../../src/capability/answer.ts';
import { BinaryCache } from '../../src/capability/binaryCache.ts';
import { type Explanation, explainTarget } from '../../src/capability/explainTarget.ts';
import { fileTarget, processTarget } from '../../src/capability/target.ts';
import { ProcFs } from '../../src/proc/procFs.ts';
import { gcc, made, needsTools, scratchFile, scratchFolder } from '../fixtures/compile.ts';
import { dynamicElf } from '../fixtures/dynamicElf.ts';
import { endAll, startReady } from '../proc/liveProcesses.ts';

const WAIT_C = `#include <stdio.h>
#include <unistd.h>
int main(void) { puts("ready"); fflush(stdout); for (;;) pause(); }
`;

function explainFile(path: string): Explanation {
  return explainTarget(fileTarget(path, new BinaryCache()));
}

function explainPid(pid: number): Explanation {
  return explainTarget(processTarget(new ProcFs(), pid, new BinaryCache()));
}

function answer(explanation: Explanation, question: string): Answer {
  const found = explanation.answers.find((entry) => entry.question === question);
  assert.ok(found !== undefined, `no answer to ${question}`);
  return found;
}

function folder(): string {
  return mkdtempSync(join(scratchFolder(), 'ask-'));
}

describe('capability/questions', () => {
  before(function () {
    needsTools(this, 'gcc', 'strip');
  });
  afterEach(endAll);

  it('answers every question with a reason', () => {
    for (const given of [explainFile(process.execPath), explainPid(process.pid)]) {
      assert.equal(given.answers.length, 5);
      for (const { verdict, reason } of given.answers) {
        assert.match(verdict, /^(yes|no|partly|unknown)$/);
        assert.ok(reason.length > 5);
      }
      assert.doesNotThrow(() => JSON.stringify(given));
    }
  });

  describe('preload', () => {
    it('gets into what is linked dynamically', () => {
      const found = answer(explainFile(gcc([])), 'preload');
      assert.equal(found.verdict, 'yes');
      assert.ok(found.evidence.some(({ from }) => from === 'PT_INTERP'));
    });

    it('does not get into static programs, of either kind', () => {
      for (const args of [['-static'], ['-static-pie']]) {
        const found = answer(explainFile(gcc(args)), 'preload');
        assert.equal(found.verdict, 'no');
        assert.match(found.reason, /static/);
      }
    });

    it('gets into musl programs by LD_PRELOAD only', function () {
      needsTools(this, 'musl-gcc');
      const found = answer(explainFile(gcc([], undefined, 'musl-gcc')), 'preload');
      assert.equal(found.verdict, 'partly');
      assert.match(found.reason, /LD_PRELOAD/);
    });

    it('stands down in a Go program that has an interpreter and no C library', function () {
      needsTools(this, 'go');
      const path = made({
        sources: {
          'go.mod': 'module example.com/hello\n\ngo 1.21\n',
          'main.go': 'package main\n\nfunc main() { println("hi") }\n',
        },
        commands: [
          ['env', 'CGO_ENABLED=0', 'go', 'build', '-buildmode=pie', '-trimpath', '-o', 'out', '.'],
        ],
        output: 'out',
      });
      const found = answer(explainFile(path), 'preload');
      assert.equal(found.verdict, 'no');
      assert.match(found.reason, /without a C library/);
      assert.match(found.hint ?? '', /otel-go/);
    });

    it('stands down in set-user-ID programs', () => {
      const path = join(folder(), 'setuid');
      copyFileSync(gcc([]), path);
      chmodSync(path, 0o4755);
      const found = answer(explainFile(path), 'preload');
      assert.equal(found.verdict, 'no');
      assert.match(found.reason, /set-user-ID/);
    });

    it('sees AT_SECURE of a running process', async function () {
      if (process.getuid?.() !== 0) {
        console.log('skip: a set-user-ID program can be made by root only');
        return this.skip();
      }
      const directory = folder();
      chmodSync(directory, 0o755);
      chmodSync(scratchFolder(), 0o755);
      const path = join(directory, 'setuid');
      copyFileSync(gcc([], WAIT_C), path);
      chmodSync(path, 0o4755);
      const child = await startReady(path, [], { uid: 65534, gid: 65534 });
      const found = answer(explainPid(child.pid), 'preload');
      assert.equal(found.verdict, 'no');
      assert.match(found.reason, /raised privileges/);
    });

    it('has only a stub for 32-bit programs', () => {
      const path = scratchFile(
        dynamicElf({ class: 32, interp: '/lib/ld-linux.so.2', needed: ['libc.so.6'] }),
      );
      const found = answer(explainFile(path), 'preload');
      assert.equal(found.verdict, 'no');
      assert.match(found.reason, /64-bit/);
    });

    it('is no question of libraries and object files', () => {
      assert.equal(answer(explainFile(gcc(['-c'])), 'preload').verdict, 'no');
      const library = gcc(['-shared', '-fPIC']);
      assert.match(answer(explainFile(library), 'preload').reason, /library/);
    });

    it('sees the library when it is loaded', async () => {
      const directory = folder();
      const library = join(directory, 'libotelinject.so');
      copyFileSync(gcc(['-shared', '-fPIC'], 'int unused;\n'), library);
      const child = await startReady(gcc([], WAIT_C), [], { env: { LD_PRELOAD: library } });
      const found = answer(explainPid(child.pid), 'preload');
      assert.equal(found.verdict, 'yes');
      assert.deepEqual(found.evidence, [{ from: 'maps', says: library }]);
    });
  });

  describe('agent', () => {
    it('is given to applications, and kept out of shells, tools and init', async () => {
      const node = answer(explainFile(process.execPath), 'agent');
      assert.equal(node.verdict, 'yes');
      assert.deepEqual(node.details?.['variables'], ['NODE_OPTIONS']);
      for (const name of ['bash', 'apt-get', 'systemd', 'tini']) {
        const path = join(folder(), name);
        copyFileSync(gcc([]), path);
        const found = answer(explainFile(path), 'agent');
        assert.equal(found.verdict, 'no');
        assert.match(found.reason, /deny list/, name);
      }
    });
  });

  describe('unwinding', () => {
    it('needs tables: unknown without any', () => {
      const bare = made({
        sources: { 'main.c': 'void _start(void) { for (;;); }\n' },
        commands: [
          ['gcc', '-static', '-nostdlib', '-fno-asynchronous-unwind-tables', '-o', 'out', 'main.c'],
        ],
        output: 'out',
      });
      assert.equal(answer(explainFile(bare), 'unwind').verdict, 'unknown');
      assert.equal(answer(explainFile(gcc([])), 'unwind').verdict, 'yes');
    });

    it('says that code in anonymous memory has none', async () => {
      const source = `#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void) {
  mmap(0, 8192, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  puts("ready"); fflush(stdout); for (;;) pause();
}
`;
      const child = await startReady(gcc([], source), []);
      const found = answer(explainPid(child.pid), 'unwind');
      assert.equal(found.verdict, 'partly');
      assert.deepEqual(found.details?.['anonymousCode'], { mappings: 1, sizeBytes: 8192 });
    });
  });

  describe('symbols', () => {
    it('come from DWARF, then .symtab, then what is exported, then nowhere', () => {
      const strip = (args: string[]): string =>
        made({
          sources: { 'main.c': 'int main(void) { return 0; }\n' },
          commands: [
            ['gcc', '-g', ...args, '-o', 'out', 'main.c'],
            ['strip', 'out'],
          ],
          output: 'out',
        });
      const cases: [string, string, RegExp][] = [
        [gcc(['-g']), 'yes', /DWARF/],
        [gcc([]), 'yes', /\.symtab/],
        [strip([]), 'partly', /exported/],
        [strip(['-static']), 'no', /no names/],
      ];
      for (const [path, verdict, reason] of cases) {
        const found = answer(explainFile(path), 'symbolize');
        assert.equal(found.verdict, verdict);
        assert.match(found.reason, reason);
      }
    });

    it('sees the perf map of a process', async () => {
      const child = await startReady(gcc([], WAIT_C), []);
      const path = `/tmp/perf-${child.pid}.map`;
      writeFileSync(path, '1000 10 f\n');
      try {
        assert.match(answer(explainPid(child.pid), 'symbolize').reason, /perf map/);
      } finally {
        rmSync(path);
      }
    });
  });

  describe('Go probes', () => {
    it('attach where a known library is linked in, with offsets by DWARF', function () {
      needsTools(this, 'go');
      const sources = {
        'go.mod': 'module example.com/server\n\ngo 1.21\n',
        'main.go': `package main

import "net/http"

func main() { http.ListenAndServe("127.0.0.1:0", http.NotFoundHandler()) }
`,
      };
      const build = (...flags: string[]): string =>
        made({
          sources,
          commands: [['go', 'build', '-trimpath', ...flags, '-o', 'out', '.']],
          output: 'out',
        });
      const plain = answer(explainFile(build()), 'go-probes');
      assert.equal(plain.verdict, 'yes');
      assert.match(plain.reason, /net\/http server/);
      assert.match(plain.reason, /DWARF/);
      const stripped = answer(explainFile(build('-ldflags=-s -w')), 'go-probes');
      assert.equal(stripped.verdict, 'partly');
      assert.match(stripped.reason, /net\/http server/);
      assert.equal(stripped.details?.['offsets'], 'table');
    });

    it('do not concern other programs', () => {
      assert.equal(answer(explainFile(gcc([])), 'go-probes').verdict, 'no');
    });
  });
});
