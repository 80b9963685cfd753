// SPDX-License-Identifier: Apache-2.0
// Go programs: gdb has Go's .debug_frame, we have the pclntab. Stacks that gdb cannot follow, since
// they change, are held to the names that their frames must have.
import assert from 'node:assert/strict';
import { openElf, openGoPclntab } from '@otelkit/core';
import { STACK_END } from '../../src/index.ts';
import { goBuild, needsTools } from '../fixtures/compile.ts';
import { needsGdb, recordByGdb, type Stop } from '../fixtures/gdbRecording.ts';
import { RecordedProcess } from '../fixtures/modelOf.ts';

const MAIN_GO = `package main

import "time"

var sink int

//go:noinline
func leaf(n int) int { return n + sink }

//go:noinline
func big(n int) int { var a [4000]byte; a[n&1023] = byte(n); sink += int(a[n&511]); return leaf(n) + int(a[7]) }

//go:noinline
func deep(n int) int {
	if n == 0 {
		return big(3)
	}
	return deep(n-1) + sink
}

func main() {
	done := make(chan int)
	go func() { done <- deep(6) }()
	sink += <-done
	for i := 0; i < 3; i++ {
		sink += int(time.Now().UnixNano() & 1)
	}
}
`;

/** Names of the functions of all frames, innermost first, and how the stack ended. */
function namesOf(program: string, process: RecordedProcess, stop: Stop): string[] {
  const elf = openElf(program);
  try {
    const pclntab = openGoPclntab(elf);
    assert.ok(pclntab !== undefined);
    const stack = process.unwind(stop);
    const names = process.pcs(stack).map((pc) => {
      const i = pclntab.findFunction(BigInt(pc));
      return i < 0 ? `0x${pc.toString(16)}` : (pclntab.functionName(i) ?? '?');
    });
    names.push(`end ${stack.end}`);
    return names;
  } finally {
    elf.source.close();
  }
}

const DEEP = Array.from({ length: 7 }, () => 'main.deep');
const TAIL = [...DEEP, 'main.main.func1', 'runtime.goexit', `end ${STACK_END.COMPLETE}`];

describe('the model unwinds Go', function () {
  this.timeout(300_000);

  beforeEach(function () {
    needsTools(this, 'go');
    needsGdb(this);
  });

  for (const release of ['local', '1.20.14']) {
    it(`every instruction of a chain of calls (${release})`, function () {
      const program = goBuild(MAIN_GO, release);
      if (program === undefined) return this.skip();
      const { stops, ...rest } = recordByGdb(program, { breakpoint: 'main.leaf', steps: 60 });
      const process = new RecordedProcess({ stops, ...rest });
      let checked = 0;
      for (const stop of stops) {
        const names = namesOf(program, process, stop);
        const expected = expectedChain(names[0]!, names.length);
        if (expected === undefined) continue;
        assert.deepEqual(names, expected, `at 0x${stop.pcs[0]!.toString(16)}`);
        checked++;
      }
      assert.ok(checked >= 30, `${checked} stops were in functions of the program`);
    });
  }

  it('a call on the system stack', function () {
    const program = goBuild(MAIN_GO, 'local');
    if (program === undefined) return this.skip();
    const breakpoint = 'runtime.newproc1';
    const { stops, ...rest } = recordByGdb(program, { breakpoint, hits: 4 });
    const process = new RecordedProcess({ stops, ...rest });
    // The first one is called on that stack already.
    for (const stop of stops.slice(1)) {
      const names = namesOf(program, process, stop);
      const at = names.indexOf('runtime.systemstack');
      assert.deepEqual(names.slice(at, at + 2), ['runtime.systemstack', 'runtime.newproc']);
      assert.deepEqual(names.slice(-2), ['runtime.goexit', `end ${STACK_END.COMPLETE}`]);
    }
  });

  it('the vDSO, called on the system stack', function () {
    const program = goBuild(MAIN_GO, 'local');
    if (program === undefined) return this.skip();
    const breakpoint = 'time.now';
    const { stops, ...rest } = recordByGdb(program, { breakpoint, steps: 80 });
    const process = new RecordedProcess({ stops, ...rest });
    let inVdso = 0;
    for (const stop of stops) {
      const names = namesOf(program, process, stop);
      assert.deepEqual(names.slice(-3, -1), ['runtime.main', 'runtime.goexit']);
      assert.equal(names.at(-1), `end ${STACK_END.COMPLETE}`);
      const caller = names.indexOf('time.now');
      if (caller < 1) continue;
      assert.match(names[caller + 1]!, /^time\./);
      inVdso++;
    }
    assert.ok(inVdso > 0, 'no stop was in the vDSO');
  });
});

/** What the stack must be when the innermost function is this one of the program. */
function expectedChain(innermost: string, count: number): string[] | undefined {
  if (innermost === 'main.leaf') return ['main.leaf', 'main.big', ...TAIL];
  if (innermost === 'main.big') return ['main.big', ...TAIL];
  if (innermost !== 'main.deep') return undefined;
  // Returning from one call after the other.
  return TAIL.slice(TAIL.length - count);
}
