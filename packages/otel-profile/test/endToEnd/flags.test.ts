// SPDX-License-Identifier: Apache-2.0
// What flags do, seen in what arrives at a collector: settings from all layers in one agent, its
// filters in another, its ceilings and figures in a third.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  decodeMessage,
  OTLP_EXPORT_METRICS_SERVICE_REQUEST,
  OTLP_EXPORT_PROFILES_SERVICE_REQUEST,
} from '@otelkit/otlp';
import { type RunningAgent, startAgent } from './agents.ts';
import { prepareChain, until, waitForExit } from './profiling.ts';
import { seenStacks } from './seenStacks.ts';
import { StandInCollector } from './standInCollector.ts';

describe('endToEnd/flags', function () {
  this.timeout(120_000);
  let folder: string;
  let chain: string;
  let collector: StandInCollector;
  const children: ChildProcess[] = [];

  before(function () {
    ({ folder, chain } = prepareChain(this, 'flags'));
  });
  beforeEach(async () => {
    collector = new StandInCollector();
    await collector.start();
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await collector.goAway();
  });
  after(() => folder !== undefined && rmSync(folder, { recursive: true, force: true }));

  function agent(args: readonly string[], env: Record<string, string> = {}): RunningAgent {
    const base = ['-v', '--protocol=http/protobuf', '--spill-folder=off', '-symbolize=off'];
    const one = startAgent([...base, `-collection-agent=${collector.address}`, ...args], env);
    children.push(one.child);
    return one;
  }

  function busy(program: string, seconds: string, env: Record<string, string> = {}): ChildProcess {
    const child = spawn(program, [seconds], { env: { ...process.env, ...env } });
    children.push(child);
    return child;
  }

  it('counts flags, variables and the file, and does what they say', async () => {
    const path = join(folder, 'agent.yaml');
    const lines = ['samples-per-second: 499', 'env-vars: COLOUR', 'off-cpu-threshold: 1'];
    const more = ['map-scale-factor: 1', 'monitor-interval: 1s', 'bpf-log-level: 1'];
    writeFileSync(path, [...lines, ...more, 'probabilistic-threshold: 100', ''].join('\n'));
    const one = agent(
      ['-config', path, '-samples-per-second=199', '-pin-cpu-ids', '0', '-t=all', '-disable-tls'],
      {
        OTEL_PROFILING_AGENT_SAMPLES_PER_SECOND: '299',
        OTEL_PROFILING_AGENT_REPORTER_INTERVAL: '300ms',
        OTEL_PROFILING_AGENT_REPORTER_JITTER: '0',
        OTEL_PROFILING_AGENT_NO_KERNEL_VERSION_CHECK: 'true',
        OTEL_PROFILING_AGENT_PROBE_LINK: `uprobe:${chain}:c`,
      },
    );
    await one.said('sampling at 199 Hz');
    await waitForExit(busy(chain, '0.5', { COLOUR: 'blue' }));
    await one.stop();
    const types = new Set<string>();
    const periods = new Set<bigint>();
    const cpus = new Set<bigint>();
    for (const { bytes } of collector.taken) {
      const request = decodeMessage(OTLP_EXPORT_PROFILES_SERVICE_REQUEST, bytes);
      const { stringTable, attributeTable } = request.dictionary!;
      const profiles = request.resourceProfiles.flatMap(({ scopeProfiles }) => scopeProfiles);
      for (const { sampleType, period, samples } of profiles.flatMap((scope) => scope.profiles)) {
        const type = stringTable[sampleType!.typeStrindex]!;
        types.add(type);
        if (type !== 'samples') continue;
        periods.add(period);
        for (const at of samples.flatMap(({ attributeIndices }) => [...attributeIndices])) {
          const { keyStrindex, value } = attributeTable[at]!;
          if (stringTable[keyStrindex] === 'cpu.logical_number') cpus.add(value!.intValue!);
        }
      }
    }
    assert.deepEqual([...types].sort(), ['events', 'off_cpu', 'samples']);
    assert.deepEqual([...periods], [BigInt(Math.round(1e9 / 199))]);
    assert.deepEqual([...cpus], [0n]);
    const own = seenStacks(collector.taken).find(({ program }) => program === 'chain');
    assert.equal(own?.resource['process.environment_variable.COLOUR'], 'blue');
    assert.ok(collector.taken.length >= 2, 'the interval is 300 ms');
  });

  it('samples only what is chosen, of each process no more than its budget', async () => {
    const other = join(folder, 'other');
    copyFileSync(chain, other);
    const user = `${process.geteuid?.() ?? 0}`;
    const budget = ['--max-samples-per-process=5', '--reporter-interval=1h'];
    const one = agent(['--process=chain', '--user', user, ...budget, '-F', '499']);
    await one.said('sampling at');
    await Promise.all([busy(chain, '0.3'), busy(other, '0.3')].map(waitForExit));
    await one.stop();
    const seen = seenStacks(collector.taken);
    assert.deepEqual([...new Set(seen.map(({ program }) => program))], ['chain']);
    const counts = collector.taken.map(({ samples }) => samples);
    assert.ok(Math.max(...counts) === 5, `${counts} in each report`);
  });

  it('samples nothing that is younger than it shall be', async () => {
    const one = agent(['-filter-min-process-age=1h', '--reporter-interval=200ms', '-F', '499']);
    await one.said('sampling at');
    await waitForExit(busy(chain, '0.3'));
    await one.stop();
    assert.equal(
      seenStacks(collector.taken).filter(({ program }) => program === 'chain').length,
      0,
    );
  });

  it('holds itself to its ceilings, and sends its figures', async () => {
    const limits = ['--max-cpu=1', '--max-memory=64', '--monitor-interval=1s'];
    const one = agent([...limits, '--metrics-export', '-F', '997']);
    busy(chain, '3600');
    await one.said(/sampling at \d+ Hz instead of 997: uses [\d.]+ % of a CPU, at most 1 %/);
    await one.said(/sampling stops: \d+ MB in use, 64 MB are allowed/);
    const metrics = () => collector.taken.filter(({ url }) => url === '/v1/metrics');
    await until(() => metrics().length > 0);
    const request = decodeMessage(OTLP_EXPORT_METRICS_SERVICE_REQUEST, metrics()[0]!.bytes);
    const all = request.resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics);
    const names = all.flatMap((scope) => scope.metrics).map(({ name }) => name);
    assert.ok(names.includes('otel_profile.samples') || names.length > 10, names.join(' '));
    one.child.kill('SIGTERM');
    assert.equal(await waitForExit(one.child), 0, one.talk());
  });
});
