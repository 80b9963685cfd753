// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseCollector } from '../../src/agent/collector.ts';
import { readConfigFile } from '../../src/agent/configFile.ts';
import { variableOf } from '../../src/agent/environmentNames.ts';
import { agentSettings, parseCpuList } from '../../src/agent/settings.ts';
import { agentSpec } from '../../src/agent/spec.ts';
import type { Layers } from '../../src/config/layers.ts';

/** Flags as the parser leaves them when none is given. */
const absent = Object.fromEntries(
  Object.entries(agentSpec.flags).map(([name, flag]) => [
    name,
    'multiple' in flag ? [] : flag.kind === 'boolean' && !('negatable' in flag) ? false : undefined,
  ]),
);

function layers(given: Partial<Omit<Layers, 'variableOf'>>): Layers {
  const { flags = {}, env = {}, file = {}, fileName = 'f.yaml' } = given;
  return { flags: { ...absent, ...flags }, env, file, fileName, variableOf };
}

const settings = (given: Parameters<typeof layers>[0]) => agentSettings(layers(given), undefined);

describe('config/layers', () => {
  it('has the defaults of the reference', () => {
    const it = settings({});
    assert.equal(it.sampling.hz, 20);
    assert.equal(it.reporterIntervalMs, 5_000);
    assert.equal(it.reporterJitter, 0.2);
    assert.equal(it.clockSyncMs, 180_000);
    assert.equal(it.monitorMs, 5_000);
    assert.equal(it.probabilisticThreshold, 100);
    assert.equal(it.probabilisticIntervalMs, 60_000);
    assert.equal(it.sampling.offCpuProbability, 0);
    assert.equal(it.symbolize, 'functions');
  });

  it('lets no incomplete stack pass for a whole one, unless told to', () => {
    assert.equal(settings({}).errorFrames, true);
    assert.equal(settings({ flags: { 'send-error-frames': false } }).errorFrames, false);
  });

  it('lets a flag outweigh a variable, and a variable the file', () => {
    const flags = { 'samples-per-second': 1 };
    const env = { OTEL_PROFILING_AGENT_SAMPLES_PER_SECOND: '2' };
    const file = { 'samples-per-second': 3 };
    assert.equal(settings({ flags, env, file }).sampling.hz, 1);
    assert.equal(settings({ env, file }).sampling.hz, 2);
    assert.equal(settings({ file }).sampling.hz, 3);
  });

  it('lets --no-kernel outweigh a file that wants it', () => {
    const file = { kernel: true };
    assert.equal(settings({ flags: { kernel: false }, file }).sampling.kernelStacks, false);
    assert.equal(settings({ file }).sampling.kernelStacks, true);
  });

  it('counts an empty variable as none', () => {
    const env = { OTEL_PROFILING_AGENT_REPORTER_INTERVAL: '' };
    assert.equal(settings({ env }).reporterIntervalMs, 5_000);
  });

  it('says where a mistake stands', () => {
    const wrong = (given: Parameters<typeof layers>[0], text: RegExp): void => {
      assert.throws(() => settings(given), text);
    };
    wrong({ env: { OTEL_PROFILING_AGENT_SAMPLES_PER_SECOND: 'x' } }, /AGENT_SAMPLES_PER_SECOND x/);
    wrong({ file: { 'off-cpu-threshold': 2 } }, /f\.yaml: off-cpu-threshold 2: expected a number/);
    wrong(
      { flags: { 'reporter-interval': '5 s' } },
      /--reporter-interval 5 s: expected a duration/,
    );
    wrong({ file: { verbose: 'maybe' } }, /f\.yaml: verbose maybe/);
    wrong({ flags: { 'probabilistic-interval': '10s' } }, /from 60s to 300s/);
  });

  it('takes lists from flags, variables and the file', () => {
    const cgroup = ['/a', '/b'];
    assert.deepEqual(settings({ flags: { cgroup } }).targets.cgroups, cgroup);
    const env = { OTEL_PROFILING_AGENT_CGROUP: '/a, /b' };
    assert.deepEqual(settings({ env }).targets.cgroups, cgroup);
    assert.deepEqual(settings({ file: { cgroup } }).targets.cgroups, cgroup);
  });

  it('reads CPU lists', () => {
    assert.deepEqual(parseCpuList('0,2-3', 4), [0, 2, 3]);
    for (const text of ['', 'a', '3-1', '0-99999', '1,,2']) {
      assert.throws(() => parseCpuList(text, 4), /expected numbers of CPUs/, text);
    }
  });
});

describe('agent/configFile', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'otel-profile-config-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const known = new Set(['samples-per-second', 'header']);
  const read = (text: string) => {
    const path = join(folder, 'c.yaml');
    writeFileSync(path, text);
    return readConfigFile(path, known);
  };

  it('reads settings by the names of flags', async () => {
    assert.deepEqual(await read('samples-per-second: 5\nheader: [a=b]\n'), {
      'samples-per-second': 5,
      header: ['a=b'],
    });
    assert.deepEqual(await read(''), {});
  });

  it('refuses what is no setting, no mapping, or no YAML', async () => {
    await assert.rejects(read('sample-per-second: 5\n'), /sample-per-second: there is no such/);
    await assert.rejects(read('- a\n'), /expected lines like/);
    await assert.rejects(read('a: [\n'), /c\.yaml/);
    await assert.rejects(readConfigFile(join(folder, 'none'), known), /cannot be read: ENOENT/);
  });
});

describe('agent/collector', () => {
  const target = (given: Parameters<typeof layers>[0]) =>
    chooseCollector(layers(given))?.settings.target;

  it('is none unless somebody names one', () => {
    assert.equal(chooseCollector(layers({})), undefined);
  });

  it('uses TLS except on this host, and as it is told', () => {
    const flags = { 'collection-agent': 'far.example:11000' };
    assert.equal(target({ flags })?.isSecure, true);
    assert.equal(target({ flags: { ...flags, 'disable-tls': true } })?.isSecure, false);
    assert.equal(target({ flags: { 'collection-agent': '127.0.0.1:11000' } })?.isSecure, false);
    const local = { 'collection-agent': 'localhost:11000', 'disable-tls': false };
    assert.equal(target({ flags: local })?.isSecure, true);
  });

  it('takes the variables that OpenTelemetry specifies, after flags', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://one:4317' };
    assert.equal(target({ env })?.host, 'one');
    assert.equal(target({ env, flags: { 'collection-agent': 'two:4317' } })?.host, 'two');
  });

  it('keeps commas and equals signs of a header', () => {
    const flags = { 'collection-agent': 'a:1', header: ['authorization=Basic a,b=='] };
    assert.equal(target({ flags })?.headers['authorization'], 'Basic a,b==');
    assert.throws(() => target({ flags: { ...flags, header: ['x'] } }), /expected NAME=VALUE/);
  });
});
