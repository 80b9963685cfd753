// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildIdPath, gnuBuildId, openElf } from '@otelkit/core';
import { Debuginfod, framesOfBatch, type SymbolFile, Symbolizer } from '../../src/index.ts';
import { C_SOURCE, needsDwarf } from '../dwarf/programs.ts';
import { needsTools, Workshop } from '../fixtures/build.ts';

describe('debug files from a server', () => {
  let shop: Workshop;
  let server: Server;
  let url = '';
  let requests: string[] = [];
  /** What the server gives for a path; 404 without. */
  let content: Buffer | undefined;

  beforeEach(async () => {
    shop = new Workshop();
    requests = [];
    content = undefined;
    server = createServer((request, response) => {
      requests.push(request.url ?? '');
      if (content === undefined) response.writeHead(404).end();
      else response.writeHead(200).end(content);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    shop.remove();
  });

  /** A stripped program; its debug file is `app.debug`, which is nowhere where it is looked for. */
  function stripped(context: Mocha.Context): { file: SymbolFile; buildId: string; hot: number } {
    needsTools(context, 'gcc', 'objcopy', 'strip', 'nm');
    shop.write('c.c', C_SOURCE);
    shop.run('gcc', '-O2', '-g', '-Wl,--build-id', '-o', 'whole', 'c.c');
    shop.run('objcopy', '--only-keep-debug', 'whole', 'app.debug');
    shop.run('strip', '-o', 'app', 'whole');
    const hot = /^([0-9a-f]+) T hot$/m.exec(shop.run('nm', 'whole'))![1]!;
    const elf = openElf(shop.path('app'));
    const buildId = gnuBuildId(elf)!;
    elf.source.close();
    const path = shop.path('app');
    const file = { key: path, openPath: path, path, root: '' };
    return { file, buildId, hot: Number.parseInt(hot, 16) };
  }

  const start = (urls: string[], more = {}): Debuginfod =>
    new Debuginfod({ urls, folder: shop.path('cache'), ...more });

  it('give names and lines, and are asked for once', async function () {
    const module = needsDwarf(this);
    const { file, buildId, hot } = stripped(this);
    content = readFileSync(shop.path('app.debug'));
    const debuginfod = start([url]);
    const [found] = await Promise.all([
      debuginfod.withDebugFile(file),
      debuginfod.withDebugFile({ ...file, key: 'the same, otherwise mapped' }),
    ]);
    const symbolizer = new Symbolizer({ dwarf: module });
    const batch = symbolizer.resolve({ kind: 'file', file: found }, Float64Array.of(hot));
    symbolizer.close();
    const [frame] = framesOfBatch(batch, 0);
    assert.equal(frame?.functionName, 'hot');
    assert.match(frame.file ?? '', /c\.c$/);
    assert.ok((frame.line ?? 0) > 0);
    await start([url]).withDebugFile(file);
    assert.deepEqual(requests, [`/buildid/${buildId}/debuginfo`]);
  });

  it('are not asked for where debug information is here', async function () {
    const { file } = stripped(this);
    const whole = { ...file, openPath: shop.path('whole'), path: shop.path('whole') };
    await start([url]).withDebugFile(whole);
    assert.deepEqual(requests, []);
  });

  it('are taken from the next server when one fails', async function () {
    const { file, buildId } = stripped(this);
    content = readFileSync(shop.path('app.debug'));
    const debuginfod = start(['http://127.0.0.1:1', 'file:///etc', url]);
    await debuginfod.withDebugFile(file);
    assert.match(debuginfod.problem ?? '', /^http:\/\/127\.0\.0\.1:1: /);
    assert.ok(existsSync(buildIdPath(shop.path('cache'), buildId)));
  });

  it('are left where they are when they are too large, and leave nothing behind', async function () {
    const { file, buildId } = stripped(this);
    content = Buffer.alloc(100_000);
    const debuginfod = start([url], { mostBytes: 99_999 });
    await debuginfod.withDebugFile(file);
    assert.match(debuginfod.problem ?? '', /more than 99999 bytes/);
    assert.ok(!existsSync(buildIdPath(shop.path('cache'), buildId)));
    assert.deepEqual(readdirSync(shop.path('cache')), ['.build-id']);
  });

  it('of another program are not believed', async function () {
    const { file, hot } = stripped(this);
    shop.run('gcc', '-O1', '-g', '-Wl,--build-id', '-o', 'other', 'c.c');
    content = readFileSync(shop.path('other'));
    const found = await start([url]).withDebugFile(file);
    const symbolizer = new Symbolizer();
    const batch = symbolizer.resolve({ kind: 'file', file: found }, Float64Array.of(hot));
    symbolizer.close();
    assert.deepEqual(framesOfBatch(batch, 0), []);
  });

  it('are not waited for longer than said', async function () {
    const { file } = stripped(this);
    server.removeAllListeners('request');
    server.on('request', (_, response) => response.writeHead(200).write('x'));
    const debuginfod = start([url], { timeoutMs: 300 });
    await debuginfod.withDebugFile(file);
    assert.match(debuginfod.problem ?? '', /timeout|aborted/i);
  });
});
