// SPDX-License-Identifier: Apache-2.0
// Shapes that others write.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readProfile } from '../../src/read/readProfile.ts';
import { topTable } from '../../src/table/topTable.ts';

const text = (content: string): Buffer => Buffer.from(content);

describe('profiles of other tools', () => {
  it('perf script: comm with spaces, threads, CPUs, inlined and unknown frames', () => {
    const { profile, format, problems } = readProfile(
      text(`# a comment
my app  12/13 [003] 12.500000:   10101010 cpu-clock:ppp:
\t    1120 inner+0x0 (inlined)
\t    1120 work+0x10 (/opt/app (deleted))
\tffffffff81000040 do_sys (more)+0x10 ([kernel.kallsyms])
\t    1000 [unknown] (/opt/app)

other 7 12.7: sched:sched_switch: prev_comm=x
\t    2000 poll (/lib/libc.so)

`),
    );
    assert.equal(format, 'perf-script');
    assert.deepEqual(problems, []);
    assert.deepEqual(
      profile.kinds.map(({ type, unit }) => [type, unit]),
      [
        ['cpu-clock', 'nanoseconds'],
        ['sched:sched_switch', 'count'],
      ],
    );
    assert.deepEqual(
      profile.processes.map(({ pid, name }) => [pid, name]),
      [
        [12, 'my app'],
        [7, 'other'],
      ],
    );
    assert.equal(profile.samples.threadId[0], 13);
    assert.deepEqual([...profile.samples.cpu], [3, -1]);
    assert.equal(profile.samples.value[0], 10_101_010);
    assert.equal(profile.samples.timeNs![1], 2e8);
    assert.deepEqual([...profile.frames.isInlined.slice(0, 2)], [1, 0]);
    assert.equal(profile.strings[profile.frames.kind[2]!], 'kernel');
    assert.equal(profile.frames.function[3], -1);
  });

  it('speedscope: open and close events', () => {
    const document = {
      shared: { frames: [{ name: 'main' }, { name: 'work', file: 'a.c', line: 3 }] },
      profiles: [
        {
          type: 'evented',
          name: 'thread',
          unit: 'milliseconds',
          startValue: 0,
          events: [
            { type: 'O', frame: 0, at: 0 },
            { type: 'O', frame: 1, at: 2 },
            { type: 'C', frame: 1, at: 5 },
            { type: 'C', frame: 0, at: 6 },
          ],
        },
      ],
    };
    const { profile } = readProfile(text(JSON.stringify(document)));
    const { rows } = topTable(profile, { kind: 0 });
    const self = Object.fromEntries(rows.map((row) => [row.functionName, row.self]));
    assert.deepEqual(self, { main: 3e6, work: 3e6 });
  });

  it('folded stacks: annotations, values with fractions, lines that are none', () => {
    const { profile, problems } = readProfile(text('a;b_[k] 2\n\nnothing\na;b_[k] 1.5\n# c\n'));
    assert.equal(topTable(profile, { kind: 0 }).sum, 3.5);
    assert.equal(profile.strings[profile.frames.kind[0]!], 'kernel');
    assert.deepEqual(
      problems.map(({ offset }) => offset),
      [3],
    );
  });

  it("pprof of Go's own profiler", function () {
    if (spawnSync('go', ['version']).status !== 0) {
      console.log('skip: no go, install with: apt-get install golang-go');
      return this.skip();
    }
    const folder = mkdtempSync(join(tmpdir(), 'otel-pprof-'));
    try {
      writeFileSync(join(folder, 'main.go'), GO_PROGRAM);
      const env = { ...process.env, GO111MODULE: 'off', GOFLAGS: '' };
      const run = spawnSync('go', ['run', 'main.go'], { cwd: folder, env, encoding: 'utf8' });
      assert.equal(run.status, 0, run.stderr);
      const { profile, format, problems } = readProfile(readFileSync(join(folder, 'cpu.pb.gz')));
      assert.equal(format, 'pprof');
      assert.deepEqual(problems, []);
      assert.deepEqual(profile.kinds[0], {
        type: 'samples',
        unit: 'count',
        periodType: 'cpu',
        periodUnit: 'nanoseconds',
        period: 1e7,
      });
      const names = topTable(profile, { kind: 0 }).rows.map((row) => row.functionName);
      assert.ok(names.includes('main.burn'), names.join());
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

const GO_PROGRAM = `package main

import (
	"os"
	"runtime/pprof"
)

var sink uint64

//go:noinline
func burn(n uint64) uint64 {
	var x uint64
	for i := uint64(0); i < n; i++ {
		x = x*6364136223846793005 + i
	}
	return x
}

func main() {
	f, _ := os.Create("cpu.pb.gz")
	pprof.StartCPUProfile(f)
	// Work of a fixed size: however busy the machine is, this is a second of CPU time about.
	for i := 0; i < 20; i++ {
		sink += burn(50_000_000)
	}
	pprof.StopCPUProfile()
	f.Close()
}
`;
