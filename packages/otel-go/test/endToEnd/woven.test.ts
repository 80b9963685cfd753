// SPDX-License-Identifier: Apache-2.0
// A program that `otel-go build` made makes its own spans. What marks one is that it links
// otelkit.dev/go/boot, so that a plain build which does so stands for it here.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ask, TestBench, until, whyNot } from './tracing.ts';

const RUNTIME = fileURLToPath(new URL('../../../../native/go-runtime', import.meta.url));

const MAIN = `package main

import (
	"fmt"
	"net"
	"net/http"

	_ "otelkit.dev/go/boot"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println("http://" + listener.Addr().String())
	panic(http.Serve(listener, http.NotFoundHandler()))
}
`;

function buildMarked(folder: string): string {
  mkdirSync(folder);
  const require = 'require otelkit.dev/go v0.0.0';
  const replace = `replace otelkit.dev/go => ${JSON.stringify(RUNTIME)}`;
  const mod = `module example.com/woven\n\ngo 1.22\n\n${require}\n\n${replace}\n`;
  writeFileSync(join(folder, 'go.mod'), mod);
  writeFileSync(join(folder, 'main.go'), MAIN);
  const path = join(folder, 'woven');
  const env = { ...process.env, GOFLAGS: '', GOWORK: 'off', CGO_ENABLED: '0' };
  const run = spawnSync('go', ['build', '-o', path, '.'], { cwd: folder, env, encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  return path;
}

describe('endToEnd/woven', function () {
  this.timeout(180_000);
  let bench: TestBench | undefined;

  afterEach(async () => {
    await bench?.end();
    bench = undefined;
  });

  it('leaves a program to itself that was instrumented at build time', async function () {
    const why = whyNot();
    if (why !== undefined) {
      console.log(`skip: ${why}`);
      return this.skip();
    }
    bench = new TestBench();
    await bench.listen();
    const path = buildMarked(join(bench.folder, 'module'));
    const { child, address } = await bench.runPrinting(path, { OTEL_SDK_DISABLED: 'true' });
    const { child: tracer, notes } = bench.attach(['--pid', String(child.pid)]);
    await until(() => /is not instrumented: otel-go build made it/.test(notes()), notes);
    assert.equal(await ask(`${address}/x`), 404);
    tracer.kill('SIGTERM');
    assert.deepEqual(await once(tracer, 'exit'), [0, null], notes());
    assert.deepEqual(bench.spans, []);
    assert.doesNotMatch(notes(), /attached in/);
  });
});
