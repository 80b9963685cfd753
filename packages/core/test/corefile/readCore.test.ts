// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { coreReport, ElfFile, MemorySource, openElf, PT, readCore } from '../../src/index.ts';
import { copyOf, gcc, needsTools, scratchFile, scratchFolder } from '../fixtures/compile.ts';
import { setField } from '../fixtures/elfFields.ts';

const THREADS_C = `#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
static void *wait(void *unused) { pause(); return unused; }
int main(void) {
  pthread_t thread;
  for (int i = 0; i < 3; i++) pthread_create(&thread, 0, wait, 0);
  puts("ready");
  fflush(stdout);
  pause();
}
`;

let program: string;
let child: ChildProcess | undefined;
let core: string | undefined;

describe('core files', () => {
  before(async function () {
    needsTools(this, 'gcc', 'gcore');
    program = gcc(['-pthread'], THREADS_C);
    child = spawn(program, [], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout!, 'data');
    const prefix = join(scratchFolder(), 'core');
    spawnSync('gcore', ['-o', prefix, String(child.pid)], { stdio: 'ignore' });
    child.kill();
    const made = `${prefix}.${child.pid}`;
    if (existsSync(made)) core = made;
    else {
      console.log('skip: gcore may not trace processes here, install with: run as root');
      this.skip();
    }
  });

  it('tell the process, its threads and what it had mapped', () => {
    const elf = openElf(core!);
    const report = coreReport(elf)!;
    assert.deepEqual(elf.diagnostics.list, []);
    elf.source.close();
    assert.equal(report.pid, child!.pid);
    assert.equal(report.ppid, process.pid);
    assert.equal(report.command, 'out');
    assert.equal(report.executable, realpathSync(program));
    assert.equal(report.threadCount, 4);
    assert.equal(new Set(report.threads.map((thread) => thread.tid)).size, 4);
    assert.ok(report.threads.some((thread) => thread.tid === child!.pid));
    assert.ok(report.mappings.some(({ path }) => path.includes('libc')));
    assert.equal(report.truncated, false);
  });

  it('give the program counters that gdb gives', function () {
    needsTools(this, 'gdb');
    const args = ['-batch', '-ex', 'thread apply all -q p/x $pc', program, core!];
    const text = execFileSync('gdb', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const expected = [...text.matchAll(/^\$\d+ = (0x[0-9a-f]+)$/gm)].map((match) => match[1]);
    const elf = openElf(core!);
    const found = coreReport(elf)!.threads.map((thread) => thread.pc);
    elf.source.close();
    assert.deepEqual([...found].sort(), [...expected].sort());
  });

  it('that end early give what they hold, and say so', () => {
    const bytes = copyOf(core!);
    const whole = new ElfFile(new MemorySource('core', bytes));
    const last = whole.programHeaders.findLastIndex(({ type }) => type === PT.LOAD);
    setField(bytes, 'p_filesz', bytes.length, last);
    const elf = openElf(scratchFile(bytes));
    const report = coreReport(elf)!;
    elf.source.close();
    assert.equal(report.truncated, true);
    assert.equal(report.pid, child!.pid);
  });

  it('never throw, whatever is damaged in their notes', () => {
    const whole = copyOf(core!);
    const elf = new ElfFile(new MemorySource('core', whole));
    const notes = elf.programHeaders.find((segment) => segment.type === 4)!;
    const end = notes.fileOffset + notes.fileSizeBytes;
    const at = fc.integer({ min: notes.fileOffset, max: end - 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(at, fc.nat(255)), { maxLength: 12 }), (changes) => {
        const before = Buffer.from(whole.subarray(notes.fileOffset, end));
        for (const [place, value] of changes) whole[place] = value;
        const damaged = new ElfFile(new MemorySource('core', whole));
        assert.ok(readCore(damaged) !== undefined);
        JSON.stringify(coreReport(damaged));
        before.copy(whole, notes.fileOffset);
      }),
      { numRuns: 200 },
    );
  });

  it('are told apart from other files', () => {
    const elf = openElf(program);
    assert.equal(coreReport(elf), null);
    elf.source.close();
  });
});
