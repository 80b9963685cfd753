// SPDX-License-Identifier: Apache-2.0
// The agent while its collector is absent, away, slow, out of its mind, and back: what the tool says
// it took is what a collector took in the end. With OTELKIT_FULL_MATRIX=1 the absences take minutes.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningAgent, startAgent } from './agents.ts';
import { prepareChain, until } from './profiling.ts';
import { type Answer, accept, StandInCollector } from './standInCollector.ts';

const IS_FULL = process.env['OTELKIT_FULL_MATRIX'] === '1';
const AWAY_MS = IS_FULL ? 150_000 : 2_000;
const SLOW_MS = IS_FULL ? 5_000 : 1_000;

/** What stands where a collector should, and what it says. None of them takes the request. */
const NONSENSE: Readonly<Record<string, Answer>> = {
  'a page': (response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please log in</html>');
    return false;
  },
  'HTTP 503': (response) => {
    response.writeHead(503).end('<html>no healthy upstream</html>');
    return false;
  },
  'HTTP 429 and when to come again': (response) => {
    response.writeHead(429, { 'retry-after': '1' }).end();
    return false;
  },
  'a reset before the answer': (response) => {
    response.socket!.resetAndDestroy();
    return false;
  },
  'no HTTP at all': (response) => {
    response.socket!.end(Buffer.alloc(4_096, 0xa5));
    return false;
  },
};

describe('endToEnd/outage', function () {
  this.timeout(IS_FULL ? 900_000 : 120_000);
  let folder: string;
  let chain: string;
  let collector: StandInCollector;
  const agents: RunningAgent[] = [];
  const children: ChildProcess[] = [];

  before(function () {
    ({ folder, chain } = prepareChain(this, 'outage'));
  });
  afterEach(async () => {
    for (const agent of agents.splice(0)) agent.child.kill('SIGKILL');
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await collector?.goAway();
  });
  after(() => folder !== undefined && rmSync(folder, { recursive: true, force: true }));

  function agent(spool: string): RunningAgent {
    const flags = ['--protocol', 'http/protobuf', '--spill-folder', spool, '-F', '99', '-v'];
    // Names have nothing to do with it, and cost a busy machine seconds.
    const rest = ['--reporter-interval', '200ms', '--symbolize', 'off'];
    const more = [...rest, `--collection-agent=${collector.address}`];
    const one = startAgent([...flags, ...more]);
    agents.push(one);
    return one;
  }

  const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
  const aways = (one: RunningAgent): number => one.talk().split('collector: away').length - 1;

  it('loses no sample, and counts each', async () => {
    const spool = join(folder, 'spool');
    collector = new StandInCollector();
    await collector.start();
    await collector.goAway();
    children.push(spawn(chain, ['3600']));
    const first = agent(spool);
    await first.said('collector: away');
    await pause(AWAY_MS);
    await collector.start();
    await until(() => collector.samples > 0);
    for (const [what, answer] of Object.entries(NONSENSE)) {
      const [failed, taken] = [collector.attempts, collector.taken.length];
      collector.answer = async (response, request) => {
        // One of each kind: the pauses between attempts double with each failure in a row.
        collector.answer = accept;
        return answer(response, request);
      };
      await until(() => collector.attempts > failed && collector.taken.length > taken + 1);
      assert.equal(first.child.exitCode, null, `${what}: ${first.talk()}`);
    }
    const slowFrom = collector.taken.length;
    collector.answer = async (response, request) => {
      await pause(SLOW_MS);
      return accept(response, request);
    };
    await until(() => collector.taken.length >= slowFrom + 2);
    collector.answer = accept;
    const before = aways(first);
    await collector.goAway();
    await until(() => aways(first) > before);
    await pause(AWAY_MS);
    assert.ok(readdirSync(spool).length > 1, 'what waits is on disk');
    const returned = collector.taken.length;
    await collector.start();
    await until(() => collector.taken.length > returned);
    await collector.goAway();
    const last = aways(first);
    await until(() => aways(first) > last);
    const sums = await first.stop();
    assert.equal(sums.lost, 0, first.talk());
    assert.ok(sums.kept > 0, first.talk());
    assert.equal(collector.samples + sums.kept, sums.taken);
    await collector.start();
    const second = agent(spool);
    await second.said('sampling at');
    await until(() => collector.taken.length > returned);
    const after = await second.stop();
    assert.deepEqual([after.lost, after.kept], [0, 0], second.talk());
    assert.equal(collector.samples, sums.taken + after.taken);
    assert.deepEqual(
      readdirSync(spool).filter((name) => name.endsWith('.otlp')),
      [],
    );
  });

  it('counts what a collector refuses for good, by its reason', async () => {
    collector = new StandInCollector();
    await collector.start();
    let refused = 0;
    collector.answer = (response, { samples }) => {
      refused += samples;
      response.writeHead(400).end();
      return false;
    };
    children.push(spawn(chain, ['3600']));
    const one = agent('off');
    await until(() => collector.attempts > 0);
    collector.answer = accept;
    await until(() => collector.taken.length > 0);
    const sums = await one.stop();
    assert.match(one.talk(), /collector: refused: \d+ items: HTTP 400/);
    assert.deepEqual([sums.lost, sums.sent], [refused, collector.samples], one.talk());
    assert.equal(sums.taken, refused + collector.samples);
  });
});
