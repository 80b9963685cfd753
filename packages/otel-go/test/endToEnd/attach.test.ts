// SPDX-License-Identifier: Apache-2.0
// The whole way on a program that runs: two services of examples/otel-go/shop, compiled here.
import assert from 'node:assert/strict';
import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { changedBytes } from './codeInMemory.ts';
import {
  ask,
  buildShop,
  childrenOf,
  PROGRAM,
  type SeenSpan,
  TestBench,
  until,
  whyNot,
} from './tracing.ts';

const SERVER = 2;
const CLIENT = 3;

describe('endToEnd/attach', function () {
  this.timeout(180_000);
  let bench: TestBench;
  let folder: string | undefined;
  let shop: string;
  let stock: ChildProcess;
  let front: ChildProcess;
  let frontUrl: string;

  before(function () {
    const why = whyNot();
    if (why !== undefined) {
      console.log(`skip: ${why}`);
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'otel-go-shop-'));
    shop = buildShop(join(folder, 'shop'));
  });
  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    bench = new TestBench();
    await bench.listen();
    const service = { OTEL_SERVICE_NAME: 'stock' };
    const opened = await bench.serve(shop, (address) => ['stock', address], service);
    stock = opened.child;
    ({ child: front, url: frontUrl } = await bench.serve(
      shop,
      (address) => ['front', address, opened.url],
      { OTEL_SERVICE_NAME: undefined },
    ));
    // The connection between both is there before anything is attached.
    await ask(`${frontUrl}/buy/before`);
  });
  afterEach(async () => {
    await bench.end();
  });

  const pids = (): string[] => ['--pid', String(stock.pid), '--pid', String(front.pid)];
  const of = (path: string): SeenSpan[] =>
    bench.spans.filter(({ attributes }) => attributes.get('url.path') === path);
  const attached = async (notes: () => string): Promise<void> => {
    await until(() => /attached in/.test(notes()), notes);
  };

  it('makes one trace of a request through two programs', async () => {
    const { child, notes } = bench.attach(pids());
    // Of two processes the second is known a moment after the first.
    await until(async () => {
      await ask(`${frontUrl}/buy/bread`);
      return of('/buy/bread').length > 0 && of('/stock/bread').length > 0;
    }, notes);
    assert.equal(await ask(`${frontUrl}/buy/tea`), 200);
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    assert.equal(code, 0, notes());
    const [request] = of('/buy/tea');
    assert.ok(request !== undefined, notes());
    assert.deepEqual([request.name, request.kind], ['GET /buy/{item}', SERVER]);
    assert.deepEqual([request.service, request.parentId], ['shop', '']);
    // In another goroutine than the request's.
    const ofTrace = bench.spans.filter(({ traceId }) => traceId === request.traceId);
    const call = ofTrace.find(({ attributes }) => attributes.has('url.full'));
    assert.equal(call?.parentId, request.spanId, notes());
    const [asked] = of('/stock/tea');
    assert.equal(asked?.kind, SERVER);
    assert.deepEqual([asked?.traceId, asked?.parentId], [request.traceId, call?.spanId]);
    const query = ofTrace.find(({ attributes }) => attributes.has('db.system.name'));
    assert.deepEqual([query?.name, query?.kind], ['SELECT stock', CLIENT]);
    assert.deepEqual([query?.parentId, query?.service], [asked?.spanId, 'stock']);
    assert.equal(query?.attributes.has('db.query.text'), false);
  });

  it('finds what starts later, by the path of its executable', async () => {
    const other = join(bench.folder, 'other');
    copyFileSync(shop, other);
    const { notes } = bench.attach(['--exe', `${bench.folder}/oth*`]);
    await until(() => /ready/.test(notes()), notes);
    const { url } = await bench.serve(other, (address) => ['stock', address]);
    await until(async () => {
      await ask(`${url}/stock/tea`);
      return of('/stock/tea').length > 0;
    }, notes);
    assert.deepEqual(new Set(bench.spans.map(({ service }) => service)), new Set(['other']));
  });

  it('finds who listens on a port', async () => {
    const { notes } = bench.attach(['--port', new URL(frontUrl).port]);
    await until(async () => {
      await ask(`${frontUrl}/buy/bread`);
      return of('/buy/bread').length > 0;
    }, notes);
    assert.equal(of('/stock/bread').length, 0);
  });

  for (const [who, helpersToo] of [
    ['it is killed', false],
    ['all of it is killed at once', true],
  ] as const) {
    it(`leaves the program as it was, also when ${who}`, async () => {
      const { child, notes } = bench.attach(pids());
      await attached(notes);
      await until(() => changedBytes(front.pid!, shop) > 0, notes);
      const helpers = helpersToo ? childrenOf(child.pid!) : [];
      for (const pid of helpers) process.kill(pid, 'SIGKILL');
      child.kill('SIGKILL');
      await until(
        () => changedBytes(front.pid!, shop) + changedBytes(stock.pid!, shop) === 0,
        () => 'probes are still there',
      );
      assert.equal(await ask(`${frontUrl}/buy/apples`), 200);
    });
  }

  it('tells of another tracer that has the program already', async () => {
    const first = bench.attach(pids());
    await attached(first.notes);
    const second = bench.attach(pids());
    await until(() => /traced by another otel-go already/.test(second.notes()), second.notes);
    assert.ok(second.notes().includes(`process ${first.child.pid}`), second.notes());
  });

  it('says what it traces, or that there is nothing yet', async () => {
    const { notes } = bench.attach(['--exe', `${bench.folder}/none`]);
    await until(() => /nothing that can be traced runs yet/.test(notes()), notes);
    const second = bench.attach(pids());
    await until(() => /tracing 2 processes: .*shop/.test(second.notes()), second.notes);
  });

  it('shows what it would trace in a file of the working directory', () => {
    const run = spawnSync(process.execPath, [PROGRAM, 'inspect', basename(shop)], {
      cwd: dirname(shop),
      encoding: 'utf8',
    });
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stdout, /net\/http server/);
  });

  it('explains what it cannot trace', async () => {
    const { notes } = bench.attach(['--pid', String(process.pid)]);
    await until(() => /is not instrumented: is not a Go program/.test(notes()), notes);
  });
});
