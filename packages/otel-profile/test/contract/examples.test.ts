// SPDX-License-Identifier: Apache-2.0
// The examples are what people copy: they must parse, name flags that exist, and agree with each
// other about the rights that are needed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { readConfigFile } from '../../src/agent/configFile.ts';
import { variableOf } from '../../src/agent/environmentNames.ts';
import { agentSettings } from '../../src/agent/settings.ts';
import { agentSpec } from '../../src/agent/spec.ts';

const EXAMPLES = fileURLToPath(new URL('../../../../examples/otel-profile', import.meta.url));
const KNOWN = new Set(Object.keys(agentSpec.flags));
const CAPABILITIES = [
  'BPF',
  'CHECKPOINT_RESTORE',
  'DAC_READ_SEARCH',
  'PERFMON',
  'SYSLOG',
  'SYS_PTRACE',
];

const read = (name: string): string => readFileSync(join(EXAMPLES, name), 'utf8');

async function settingsOf(path: string): Promise<ReturnType<typeof agentSettings>> {
  const file = await readConfigFile(path, KNOWN);
  return agentSettings({ flags: {}, env: {}, file, fileName: path, variableOf }, undefined);
}

describe('contract/examples of otel-profile', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'otel-profile-examples-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('the configuration file is understood', async () => {
    const settings = await settingsOf(join(EXAMPLES, 'config.yaml'));
    assert.equal(settings.maxCpuPercent, 5);
    assert.equal(settings.metricsListen, '127.0.0.1:9464');
  });

  it('the manifest for Kubernetes is, and its configuration too', async () => {
    const documents = parseAllDocuments(read('kubernetes.yaml'));
    for (const { errors } of documents) assert.deepEqual(errors, []);
    const [, map, set] = documents.map((one) => one.toJS());
    const path = join(folder, 'config.yaml');
    writeFileSync(path, map.data['config.yaml']);
    assert.equal((await settingsOf(path)).sampling.hz, 20);
    assert.equal(parse(map.data['config.yaml'])['disable-tls'], true);
    const { spec } = set.spec.template;
    assert.equal(spec.hostPID, true);
    assert.deepEqual(spec.containers[0].securityContext.capabilities.add.toSorted(), CAPABILITIES);
  });

  it('the unit asks for the same rights', () => {
    const unit = read('otel-profile.service');
    for (const key of ['AmbientCapabilities', 'CapabilityBoundingSet']) {
      const line = new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1] ?? '';
      const names = line.split(' ').map((name) => name.replace(/^CAP_/, ''));
      assert.deepEqual(names.toSorted(), CAPABILITIES);
    }
    const container = read('Containerfile');
    for (const name of CAPABILITIES) assert.ok(container.includes(`--cap-add=${name}`), name);
  });

  it('systemd accepts the unit', function () {
    const unit = join(folder, 'otel-profile.service');
    copyFileSync(join(EXAMPLES, 'otel-profile.service'), unit);
    // The program of the example is not installed here.
    const text = readFileSync(unit, 'utf8').replace('/usr/bin/otel-profile', '/bin/true');
    writeFileSync(unit, text);
    const run = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
    if (run.error !== undefined) {
      console.log('skip: no systemd-analyze, install with: apt-get install systemd');
      return this.skip();
    }
    const about = run.stderr.split('\n').filter((line) => line.includes('otel-profile.service'));
    assert.deepEqual(about, []);
  });
});
