// SPDX-License-Identifier: Apache-2.0
// The agent against a collector that is there (away and out of its mind: outage.test.ts).
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningAgent, startAgent } from './agents.ts';
import { prepareChain, runTool, waitForExit } from './profiling.ts';
import { StandInCollector } from './standInCollector.ts';

describe('endToEnd/agent', function () {
  this.timeout(120_000);
  let folder: string;
  let chain: string;
  const children: ChildProcess[] = [];
  const collectors: StandInCollector[] = [];

  before(function () {
    ({ folder, chain } = prepareChain(this, 'agent'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const one of collectors.splice(0)) await one.goAway();
  });
  after(() => folder !== undefined && rmSync(folder, { recursive: true, force: true }));

  async function collector(): Promise<StandInCollector> {
    const one = new StandInCollector();
    collectors.push(one);
    await one.start();
    return one;
  }

  function agent(args: readonly string[]): RunningAgent {
    const one = startAgent(args);
    children.push(one.child);
    return one;
  }

  const http = ['--protocol', 'http/protobuf', '--spill-folder', 'off'];

  it('sends profiles with names, and everything at SIGTERM', async () => {
    const sink = await collector();
    const flags = ['-samples-per-second=99', `-collection-agent=${sink.address}`];
    const headers = ['--header', 'authorization=Bearer x', '--reporter-interval', '1h'];
    const one = agent([...flags, ...http, ...headers, '-v']);
    await one.said('sampling at');
    const busy = spawn(chain, ['1']);
    children.push(busy);
    await waitForExit(busy);
    const { taken, sent } = await one.stop();
    assert.deepEqual([taken, sent], [sink.samples, sink.samples], one.talk());
    const last = Buffer.concat(sink.taken.map(({ bytes }) => bytes)).toString('latin1');
    assert.ok(last.includes('spin') && last.includes('process.executable.path'), one.talk());
    assert.ok(last.includes(chain));
    assert.ok(sink.taken.every(({ url }) => url === '/v1development/profiles'));
    assert.ok(sink.taken.every(({ headers }) => headers.authorization === 'Bearer x'));
  });

  it('serves its own figures to Prometheus', async () => {
    const sink = await collector();
    const listen = ['--metrics-listen', '127.0.0.1:0', '-v'];
    const { child, talk, said } = agent([`--collection-agent=${sink.address}`, ...http, ...listen]);
    await said(/served at \S+\/metrics/);
    const address = /served at (\S+)/.exec(talk())?.[1];
    const text = await (await fetch(`http://${address}`)).text();
    assert.match(text, /^otel_profile_samples_total \d+$/m);
    assert.match(text, /^otel_profile_dropped_total\{reason="ring_full"\} 0$/m);
    assert.match(text, /^otel_profile_memory_bytes \d+$/m);
    assert.equal((await fetch(`http://${address}`.replace('/metrics', '/'))).status, 404);
    child.kill('SIGINT');
    assert.equal(await waitForExit(child), 0, talk());
  });

  it('says that no collector is named, and what a bad setting is', () => {
    const none = runTool(['agent']);
    assert.equal(none.status, 2);
    assert.match(none.stderr, /no collector is named/);
    const path = join(folder, 'bad.yaml');
    writeFileSync(path, 'collection-agent: 127.0.0.1:1\nreporter-interval: soon\n');
    const bad = runTool(['--config', path]);
    assert.equal(bad.status, 2);
    assert.match(bad.stderr, /bad\.yaml: reporter-interval soon: expected a duration/);
  });
});
