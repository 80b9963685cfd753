// SPDX-License-Identifier: Apache-2.0
// A Go program tells of itself what runtime.CallersFrames makes of each address of its stack.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { openElf } from '@otelkit/core';
import { type FileSymbols, openFileSymbols } from '../../src/index.ts';
import { needsTools, Workshop } from '../fixtures/build.ts';

const SOURCE = `package main

import "runtime"

func leaf(p *[16]uintptr) int   { return runtime.Callers(1, p[:]) }
func middle(p *[16]uintptr) int { return leaf(p) }

//go:noinline
func walk() {
	var pcs [16]uintptr
	n := middle(&pcs)
	for i := 0; i < n; i++ {
		println("pc", pcs[i])
	}
	frames := runtime.CallersFrames(pcs[:n])
	for {
		f, more := frames.Next()
		println("frame", f.Function, f.File, f.Line)
		if !more {
			return
		}
	}
}

func main() { walk() }
`;

describe('names of Go code', () => {
  let shop: Workshop;
  before(function () {
    needsTools(this, 'go');
    shop = new Workshop();
    shop.write('main.go', SOURCE);
  });
  after(() => shop?.remove());

  function open(name: string): FileSymbols {
    return openFileSymbols(openElf(shop.path(name)), { path: `/${name}`, root: shop.folder });
  }

  for (const [title, ldflags] of [
    ['with symbols', ''],
    ['stripped', '-s -w'],
  ] as const) {
    it(`are those of the runtime, inlined calls included: ${title}`, () => {
      shop.run('go', 'build', '-o', 'app', `-ldflags=${ldflags}`, 'main.go');
      const output = spawnSync(shop.path('app'), { encoding: 'utf8' }).stderr.trim().split('\n');
      const symbols = open('app');
      const ours: string[] = [];
      for (const line of output.filter((one) => one.startsWith('pc '))) {
        // Return addresses, but for inlined frames, for which the runtime makes up one of its own.
        for (const frame of symbols.resolve(Number(line.slice(3)) - 1)) {
          ours.push(`frame ${frame.functionName} ${frame.file} ${frame.line}`);
        }
      }
      const theirs = output.filter((line) => line.startsWith('frame '));
      for (const name of ['main.leaf', 'main.middle', 'main.walk', 'main.main']) {
        const their = theirs.find((line) => line.startsWith(`frame ${name} `));
        assert.ok(their !== undefined && ours.includes(their), `${their} in\n${ours.join('\n')}`);
      }
      assert.equal(symbols.evidence[0], 'pclntab');
      symbols.close();
    });
  }

  it('are those of both languages in a program with C', function () {
    needsTools(this, 'gcc', 'nm');
    shop.write(
      'cgo/main.go',
      `package main

// __attribute__((noinline)) int twice_in_c(int x) { return 2 * x; }
import "C"

func main() { println(C.twice_in_c(21)) }
`,
    );
    shop.run('go', 'build', '-o', 'mixed', 'cgo/main.go');
    const symbols = open('mixed');
    const nm = shop.run('nm', 'mixed');
    for (const name of ['twice_in_c', 'main.main']) {
      const address = new RegExp(`^([0-9a-f]+) . ${name}$`, 'm').exec(nm)![1]!;
      assert.equal(symbols.resolve(Number.parseInt(address, 16) + 1).at(-1)?.functionName, name);
    }
    symbols.close();
  });
});
