// SPDX-License-Identifier: Apache-2.0
// Both tools on one program, which knows of neither: the profiler's samples bear the spans that the
// tracer sends, of the goroutine that serves a request as of those that it starts.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeMessage, OTLP_EXPORT_PROFILES_SERVICE_REQUEST } from '@otelkit/otlp';
import { ask, type SeenSpan, TestBench, until, whyNot } from './tracing.ts';

const PROFILER = fileURLToPath(new URL('../../../otel-profile/bin/run.js', import.meta.url));
const BUNDLE = fileURLToPath(new URL('../../../otel-profile/dist/record.cjs', import.meta.url));
/** A busy machine gives the program little to be sampled in. */
const ATTEMPTS = 8;
const PATHS = ['/work', '/fan'] as const;

const SERVER = `package main

import (
	"fmt"
	"net"
	"net/http"
)

//go:noinline
func burn(n int) (sum int) {
	for i := 0; i < n; i++ {
		sum += i * sum
	}
	return sum
}

func main() {
	http.HandleFunc("/work", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, burn(2e7)) })
	http.HandleFunc("/fan", func(w http.ResponseWriter, r *http.Request) {
		done := make(chan int)
		go func() { done <- burn(2e7) }()
		fmt.Fprintln(w, <-done)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr())
	panic(http.Serve(listener, nil))
}
`;

describe('endToEnd/profiled', function () {
  this.timeout(240_000);
  let bench: TestBench;
  let isAsking = false;

  before(function () {
    const why = whyNot() ?? (existsSync(BUNDLE) ? undefined : 'the profiler is not built');
    if (why === undefined) return;
    console.log(`skip: ${why}`);
    this.skip();
  });
  beforeEach(() => {
    bench = new TestBench();
  });
  afterEach(async () => {
    isAsking = false;
    await bench.end();
  });

  it('gives samples the spans that they were taken in', async () => {
    const { child, address } = await bench.runPrinting(build(join(bench.folder, 'server')));
    await bench.listen();
    const tracer = bench.attach(['--pid', String(child.pid)]);
    await until(async () => {
      await ask(`http://${address}/work`);
      return bench.spans.length > 0;
    }, tracer.notes);
    isAsking = true;
    const asking = (async () => {
      for (let i = 0; isAsking; i++) await ask(`http://${address}${PATHS[i % 2]}`);
    })();
    const links = new Set<string>();
    const spansSeen = (): SeenSpan[] =>
      bench.spans.filter(({ traceId, spanId }) => links.has(`${traceId} ${spanId}`));
    const isComplete = (): boolean =>
      PATHS.every((path) => spansSeen().some(({ name }) => name === `GET ${path}`));
    for (let i = 0; i < ATTEMPTS && !isComplete(); i++) {
      const file = join(bench.folder, 'recorded.otlp');
      const how = ['-d', '3s', '-F', '199', '--symbolize=off', '-o', file];
      const args = [PROFILER, 'record', ...how, '--pid', String(child.pid)];
      const profiler = spawn(process.execPath, args, { stdio: 'ignore' });
      const [code] = (await once(profiler, 'exit')) as [number | null];
      assert.equal(code, 0);
      for (const link of linksOf(file)) links.add(link);
    }
    isAsking = false;
    await asking;
    // A span is sent when it ends; none of the links may be of anything else.
    await until(
      async () => isComplete() && spansSeen().length === links.size,
      () => `links ${[...links].join(', ')}\n${tracer.notes()}`,
    );
  });
});

function build(folder: string): string {
  mkdirSync(folder);
  writeFileSync(join(folder, 'main.go'), SERVER);
  writeFileSync(join(folder, 'go.mod'), 'module example.com/server\n\ngo 1.22\n');
  const path = join(folder, 'server');
  const env = { ...process.env, GOFLAGS: '', GOWORK: 'off', CGO_ENABLED: '0' };
  const run = spawnSync('go', ['build', '-o', path, '.'], { cwd: folder, env, encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  return path;
}

/** `trace span` of each link that samples have. */
function linksOf(file: string): string[] {
  const { dictionary, resourceProfiles } = decodeMessage(
    OTLP_EXPORT_PROFILES_SERVICE_REQUEST,
    readFileSync(file),
  );
  const samples = resourceProfiles
    .flatMap(({ scopeProfiles }) => scopeProfiles)
    .flatMap(({ profiles }) => profiles)
    .flatMap((profile) => profile.samples);
  const used = new Set(samples.map(({ linkIndex }) => linkIndex).filter((index) => index !== 0));
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  return [...used].map((index) => {
    const { traceId, spanId } = dictionary!.linkTable[index]!;
    return `${hex(traceId)} ${hex(spanId)}`;
  });
}
