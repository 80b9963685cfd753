// SPDX-License-Identifier: Apache-2.0
// Spans of real programs of every Go, built in every way: with OTELKIT_FULL_MATRIX=1.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ask, type SeenSpan, TestBench, until, whyNot } from './tracing.ts';

/** Calls itself: `/call` is a server's span, a client's, and a server's. */
const SOURCE = fileURLToPath(
  new URL('../../../../native/bpf-helper/internal/gotrace/testdata/web', import.meta.url),
);
const IS_FULL = process.env['OTELKIT_FULL_MATRIX'] === '1';
const RELEASES = [
  ...['1.19.13', '1.20.14', '1.21.13', '1.22.12', '1.23.12', '1.24.13', '1.25.14', '1.26rc1'],
  ...['1.26.11', '1.27rc2', '1.27.4'],
];
const WAYS: Readonly<Record<string, { args: readonly string[]; cgo: '0' | '1' }>> = {
  plain: { args: [], cgo: '0' },
  stripped: { args: ['-ldflags=-s -w'], cgo: '0' },
  'position independent': { args: ['-buildmode=pie'], cgo: '0' },
  'stripped and position independent': { args: ['-buildmode=pie', '-ldflags=-s -w'], cgo: '0' },
  'with cgo': { args: [], cgo: '1' },
  'with the race detector': { args: ['-race'], cgo: '1' },
};

describe('endToEnd/matrix', function () {
  this.timeout(180_000);
  let folder: string | undefined;
  let bench: TestBench;

  before(function () {
    const why = IS_FULL ? whyNot() : 'every release: takes minutes, ask with OTELKIT_FULL_MATRIX=1';
    if (why !== undefined) {
      console.log(`skip: ${why}`);
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'otel-go-matrix-'));
  });
  beforeEach(() => {
    bench = new TestBench();
  });
  afterEach(async () => {
    await bench.end();
  });
  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  /** Undefined where that toolchain cannot be had. */
  function build(release: string, { args, cgo }: (typeof WAYS)[string]): string | undefined {
    const source = join(folder!, 'source');
    const path = join(folder!, 'web');
    cpSync(SOURCE, source, { recursive: true });
    const language = release.replace(/^(1\.\d+).*/, '$1');
    const env = {
      ...process.env,
      ...{ GOTOOLCHAIN: `go${release}`, GOFLAGS: '-mod=mod', GOWORK: 'off', CGO_ENABLED: cgo },
    };
    const go = (...words: string[]): ReturnType<typeof spawnSync> =>
      spawnSync('go', words, { cwd: source, env, encoding: 'utf8' });
    if (go('version').status !== 0) return undefined;
    go('mod', 'edit', `-go=${Number(language.slice(2)) < 22 ? language : '1.22'}`);
    const { status, stderr } = go('build', ...args, '-o', path, '.');
    assert.equal(status, 0, String(stderr));
    return path;
  }

  const of = (path: string): SeenSpan[] =>
    bench.spans.filter(({ attributes }) => attributes.get('url.path') === path);

  if (!IS_FULL) it('follows requests in programs of every release, built in every way');
  for (const release of IS_FULL ? RELEASES : [])
    for (const [way, how] of Object.entries(WAYS)) {
      it(`traces a program of Go ${release}, ${way}`, async function () {
        const path = build(release, how);
        if (path === undefined) {
          console.log(`skip: no Go ${release} here`);
          this.skip();
        }
        await bench.listen();
        const { child, address } = await bench.runPrinting(path);
        const { notes } = bench.attach(['--pid', String(child.pid)]);
        await until(() => /attached in/.test(notes()), notes);
        assert.equal(await ask(`http://${address}/call`), 200);
        await until(() => bench.spans.length >= 3, notes);
        const [front] = of('/call');
        const call = bench.spans.find(({ attributes }) => attributes.has('url.full'));
        const [asked] = of('/plain/call');
        assert.ok(front !== undefined && call !== undefined && asked !== undefined, notes());
        assert.deepEqual([front.parentId, call.parentId], ['', front.spanId]);
        assert.deepEqual([asked.traceId, asked.parentId], [front.traceId, call.spanId]);
        assert.equal(Number(asked.attributes.get('http.response.status_code')), 200);
      });
    }
});
