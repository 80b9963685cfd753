// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import {
  BackgroundSymbolizer,
  framesOfBatch,
  kernelAddressOf,
  type ResolvedBatch,
  Symbolizer,
  type SymbolTarget,
} from '../../src/index.ts';

const NODE: SymbolTarget = {
  kind: 'file',
  file: { key: 'node', openPath: process.execPath, path: process.execPath, root: '' },
};
const MISSING: SymbolTarget = {
  kind: 'file',
  file: { key: 'missing', openPath: '/does/not/exist', path: '/does/not/exist', root: '' },
};
/** Bundled, as the tools ship it: a thread of Node 20 has no loader for TypeScript. */
const WORKER = buildSync({
  entryPoints: [fileURLToPath(new URL('../../src/background/workerMain.ts', import.meta.url))],
  bundle: true,
  platform: 'node',
  format: 'cjs',
  write: false,
}).outputFiles[0]!.text;

const startReal = (): Worker => new Worker(WORKER, { eval: true });
/** Ends at the file with the key `deadly`, hangs at `hanging`, answers all else without names. */
const startFake = (): Worker =>
  new Worker(
    `const { parentPort } = require('node:worker_threads');
     parentPort.on('message', ({ id, target, addresses }) => {
       const key = target.file?.key;
       const isDeadly = key === 'deadly lines' && target.file.lines !== false;
       if (key === 'deadly' || isDeadly) throw new Error('ouch');
       if (key === 'hanging') for (;;);
       const batch = { offsets: new Uint32Array(addresses.length + 1), strings: [key] };
       parentPort.postMessage({ id, batch, sizeBytes: 1 });
     });`,
    { eval: true },
  );
const fileOf = (key: string): SymbolTarget => ({
  kind: 'file',
  file: { key, openPath: '', path: '', root: '' },
});
const some = (): Float64Array => Float64Array.of(1, 2, 3);

describe('symbolization in the background', () => {
  let symbols: BackgroundSymbolizer | undefined;
  afterEach(() => symbols?.close());
  const start = (startWorker: () => Worker, requestMs?: number): BackgroundSymbolizer => {
    symbols = new BackgroundSymbolizer({
      startWorker,
      ...(requestMs !== undefined && { requestMs }),
    });
    return symbols;
  };
  const sameAs = (batch: ResolvedBatch, target: SymbolTarget, addresses: Float64Array): void => {
    const direct = new Symbolizer();
    assert.deepEqual(batch, direct.resolve(target, addresses));
    direct.close();
  };

  it('gives what a direct look-up gives', async () => {
    const background = start(startReal);
    const addresses = Float64Array.from({ length: 500 }, (_, i) => 0x900000 + i * 4_001);
    const batch = await background.resolve(NODE, addresses);
    sameAs(batch, NODE, addresses);
    assert.equal(batch.offsets.length, 501);
    assert.ok(background.sizeBytes > 0);
    const none = await background.resolve(MISSING, some());
    assert.match(none.problem ?? '', /no such file/);
    assert.deepEqual(framesOfBatch(none, 0), []);
    const kernel = Float64Array.of(kernelAddressOf(0xffffffff81000000n), 1);
    sameAs(await background.resolve({ kind: 'kernel' }, kernel), { kind: 'kernel' }, kernel);
  });

  it('blames a worker that dies on the first request, and goes on with the others', async () => {
    const background = start(startFake);
    const [deadly, other] = await Promise.all([
      background.resolve(fileOf('deadly'), some()),
      background.resolve(fileOf('other'), some()),
    ]);
    assert.match(deadly.problem ?? '', /ouch/);
    assert.equal(deadly.offsets.length, 4);
    assert.deepEqual(other.strings, ['other']);
    assert.equal(background.restartCount, 1);
    const again = await background.resolve(fileOf('deadly'), some());
    assert.match(again.problem ?? '', /earlier attempt/);
  });

  it('asks again without debug information when that is what a worker dies of', async () => {
    symbols = new BackgroundSymbolizer({ startWorker: startFake, hasLines: true });
    const [first, other] = await Promise.all([
      symbols.resolve(fileOf('deadly lines'), some()),
      symbols.resolve(fileOf('other'), some()),
    ]);
    assert.deepEqual([first.strings, first.problem], [['deadly lines'], undefined]);
    assert.deepEqual(other.strings, ['other']);
    const again = await symbols.resolve(fileOf('deadly lines'), some());
    assert.deepEqual(again.strings, ['deadly lines']);
    assert.equal(symbols.restartCount, 1);
    const deadly = await symbols.resolve(fileOf('deadly'), some());
    assert.match(deadly.problem ?? '', /ouch/);
  });

  it('replaces a worker that does not come back', async () => {
    const background = start(startFake, 200);
    const hanging = await background.resolve(fileOf('hanging'), some());
    assert.match(hanging.problem ?? '', /no answer/);
  });

  it('gives up where no worker ever answers', async () => {
    const startBroken = (): Worker => new Worker('process.exit(1)', { eval: true });
    const background = start(startBroken);
    const batches = await Promise.all(
      Array.from({ length: 20 }, (_, i) => background.resolve(fileOf(String(i)), some())),
    );
    for (const { problem } of batches) assert.notEqual(problem, undefined);
    assert.equal(background.restartCount, 8);
  });

  it('leaves nobody waiting when it is closed', async () => {
    const background = start(startFake);
    const waiting = background.resolve(fileOf('hanging'), some());
    await background.close();
    assert.match((await waiting).problem ?? '', /ended/);
    const late = await background.resolve(fileOf('late'), some());
    assert.match(late.problem ?? '', /ended/);
  });
});
