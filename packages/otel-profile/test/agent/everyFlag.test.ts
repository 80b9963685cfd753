// SPDX-License-Identifier: Apache-2.0
// Every flag of opentelemetry-ebpf-profiler, in each way that its users write it: one dash or two,
// with and without `=`, as a variable, in a YAML file.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyCommandSpec } from '@otelkit/cli-kit';
// tidy-allow(import-direction): the parser itself is no part of what tools import
import { fastParse } from '../../../cli-kit/src/parse/fastParse.ts';
import { chooseCollector } from '../../src/agent/collector.ts';
import { readConfigFile } from '../../src/agent/configFile.ts';
import { variableOf } from '../../src/agent/environmentNames.ts';
import { type AgentSettings, agentSettings } from '../../src/agent/settings.ts';
import { agentSpec } from '../../src/agent/spec.ts';
import type { Layers } from '../../src/config/layers.ts';

type Effect = (settings: AgentSettings, layers: Layers) => unknown;

/** Flag → its value, what to look at, and what that is then. */
const VALUED: Readonly<Record<string, readonly [value: string, effect: Effect, wanted: unknown]>> =
  {
    'clock-sync-interval': ['1m', (s) => s.clockSyncMs, 60_000],
    'env-vars': ['A,B', (s) => s.environmentVariables, ['A', 'B']],
    'filter-min-process-age': ['90s', (s) => s.minProcessAgeMs, 90_000],
    'frame-cache-size': ['2048', (s) => s.maxFrames, 2_048],
    'map-scale-factor': ['2', (s) => s.sampling.mapScale, 4],
    'monitor-interval': ['1s', (s) => s.monitorMs, 1_000],
    'off-cpu-threshold': ['0.5', (s) => s.sampling.offCpuProbability, 0.5],
    'pin-cpu-ids': ['0', (s) => s.sampling.pinCpus, [0]],
    'probabilistic-interval': ['2m', (s) => s.probabilisticIntervalMs, 120_000],
    'probabilistic-threshold': ['10', (s) => s.probabilisticThreshold, 10],
    'probe-link': ['tracepoint:a:b', (s) => s.sampling.probes, ['tracepoint:a:b']],
    'reporter-interval': ['1m30s', (s) => s.reporterIntervalMs, 90_000],
    'reporter-jitter': ['0.5', (s) => s.reporterJitter, 0.5],
    'samples-per-second': ['97', (s) => s.sampling.hz, 97],
    tracers: ['python,go', (s) => s.remarks.length, 1],
    'bpf-log-level': ['1', (s) => s.remarks.length, 0],
    'bpffs-root': ['/run/bpf/', (s) => s.remarks.length, 0],
    'collection-agent': ['h:11000', (_, l) => chooseCollector(l)?.settings.target.host, 'h'],
  };
const SWITCHES: Readonly<Record<string, readonly [effect: Effect, on: unknown, off: unknown]>> = {
  'send-error-frames': [(s) => s.errorFrames, true, false],
  'send-idle-frames': [(s) => s.sampling.idle, true, false],
  'no-kernel-version-check': [(s) => s.sampling.allowFreezing, true, false],
  'disable-tls': [(_, l) => chooseCollector(l)?.settings.target.isSecure, false, true],
  verbose: [(s) => s.isVerbose, true, false],
};
const COLLECTOR = '-collection-agent=example.com:1';

describe('agent/every flag of the reference', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'otel-profile-flags-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function byFlags(argv: readonly string[]): Layers {
    const parsed = fastParse(agentSpec as unknown as AnyCommandSpec, argv, {});
    assert.notEqual(parsed, undefined, argv.join(' '));
    return { flags: parsed!.flags, env: {}, file: {}, fileName: '', variableOf };
  }

  const byVariable = (name: string, value: string): Layers => ({
    ...byFlags(name === 'collection-agent' ? [] : [COLLECTOR]),
    env: { [variableOf(name)]: value },
  });

  async function byFile(name: string, value: string): Promise<Layers> {
    const path = join(folder, 'agent.yaml');
    writeFileSync(path, `${name}: ${value}\n`);
    const file = await readConfigFile(path, new Set(Object.keys(agentSpec.flags)));
    return { ...byFlags(name === 'collection-agent' ? [] : [COLLECTOR]), file, fileName: path };
  }

  for (const [name, [value, effect, wanted]] of Object.entries(VALUED)) {
    it(`-${name}`, async () => {
      const argvs = [[`-${name}=${value}`], [`--${name}=${value}`], [`-${name}`, value]];
      if (name === 'tracers') argvs.push(['-t', value]);
      const layers = [...argvs, [`--${name}`, value]].map(byFlags);
      for (const one of [...layers, byVariable(name, value), await byFile(name, value)])
        assert.deepEqual(effect(agentSettings(one, undefined), one), wanted, JSON.stringify(one));
    });
  }

  for (const [name, [effect, on, off]] of Object.entries(SWITCHES)) {
    it(`-${name}`, async () => {
      const ways: [Layers, unknown][] = [
        [byVariable(name, 'true'), on],
        [byVariable(name, 'false'), off],
        [await byFile(name, 'true'), on],
        [await byFile(name, 'false'), off],
      ];
      for (const dashes of ['-', '--']) {
        for (const [text, wanted] of [
          ['', on],
          ['=true', on],
          ['=1', on],
          ['=false', off],
        ] as const)
          ways.push([byFlags([COLLECTOR, `${dashes}${name}${text}`]), wanted]);
      }
      if (name === 'verbose') ways.push([byFlags([COLLECTOR, '-v']), on]);
      for (const [one, wanted] of ways)
        assert.equal(effect(agentSettings(one, undefined), one), wanted, JSON.stringify(one));
    });
  }

  it('-tracers says what is not there', () => {
    const one = byFlags(['-t=python,go']);
    assert.match(agentSettings(one, undefined).remarks[0]!, /tracers python: not unwound yet/);
    const wrong = byFlags(['-tracers=cobol']);
    assert.throws(() => agentSettings(wrong, undefined), /tracers cobol: there is no such tracer/);
  });

  it('no flag is taken and then forgotten', () => {
    const asked = new Set<string>();
    const flags = new Proxy(byFlags([COLLECTOR]).flags, {
      get: (target, name: string) => {
        asked.add(name);
        return target[name];
      },
    });
    const layers: Layers = { flags, env: {}, file: {}, fileName: '', variableOf };
    agentSettings(layers, undefined);
    chooseCollector(layers);
    // Looked at where the command begins, or understood and not needed.
    for (const name of ['config', 'copyright', 'bpf-log-level', 'bpffs-root']) asked.add(name);
    assert.deepEqual(
      Object.keys(agentSpec.flags).filter((name) => !asked.has(name)),
      [],
    );
  });
});
