// SPDX-License-Identifier: Apache-2.0
// examples/otel-inject, each read by the program that it is for, where that is here.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { hostLayout } from '../../src/layout/paths.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const EXAMPLES = join(ROOT, 'examples/otel-inject');
const COLLECTOR = join(ROOT, '.toolchain/otelcol/otelcol');
const { library, libraryDirectory, configDirectory, agents } = hostLayout();

function example(name: string): string {
  return readFileSync(join(EXAMPLES, name), 'utf8');
}

interface Document {
  readonly services?: Record<string, { environment?: Record<string, string>; volumes: string[] }>;
  readonly spec?: { readonly template: { readonly spec: PodSpec } };
}
interface PodSpec {
  readonly containers: readonly {
    readonly env: readonly { readonly name: string; readonly value?: string }[];
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  }[];
  readonly volumes: readonly { readonly name: string }[];
}

describe('the examples of otel-inject', () => {
  it('are YAML without errors or doubled keys', () => {
    const names = readdirSync(EXAMPLES).filter((name) => name.endsWith('.yaml'));
    assert.ok(names.length >= 3);
    for (const name of names) {
      for (const document of parseAllDocuments(example(name), { uniqueKeys: true })) {
        if (!('errors' in document)) continue;
        assert.deepEqual([...document.errors, ...document.warnings], [], name);
      }
    }
  });

  it('name the paths that install and agents use', () => {
    const [compose] = parseAllDocuments(example('compose.yaml')) as { toJS(): Document }[];
    const shop = compose!.toJS().services!['shop']!;
    assert.equal(shop.environment!['LD_PRELOAD'], library);
    assert.ok(shop.volumes.includes(`${agents.prefix}:${agents.prefix}:ro`));
    assert.ok(shop.volumes.includes(`${configDirectory}:${configDirectory}:ro`));
    const [kubernetes] = parseAllDocuments(example('kubernetes.yaml')) as { toJS(): Document }[];
    const { containers, volumes } = kubernetes!.toJS().spec!.template.spec;
    const [container] = containers;
    assert.equal(container!.env.find(({ name }) => name === 'LD_PRELOAD')!.value, library);
    const mounts = container!.volumeMounts.map(({ mountPath }) => mountPath);
    assert.deepEqual(mounts, [agents.prefix, configDirectory]);
    assert.ok(libraryDirectory.startsWith(agents.prefix));
    assert.deepEqual(
      container!.volumeMounts.map(({ name }) => name),
      volumes.map(({ name }) => name),
    );
    const conf = example('injector.conf');
    for (const path of [agents.jvm, agents.nodejs, agents.python]) assert.ok(conf.includes(path));
    assert.ok(example('shop.service.d-otel.conf').includes(`LD_PRELOAD=${library}\n`));
  });

  it('give a unit that systemd accepts, with its drop-in', function () {
    if (spawnSync('systemd-analyze', ['--version']).error !== undefined) {
      console.log('skip: no systemd-analyze, install with: apt-get install systemd');
      return this.skip();
    }
    const folder = mkdtempSync(join(tmpdir(), 'otel-inject-units-'));
    try {
      copyFileSync(join(EXAMPLES, 'shop.service'), join(folder, 'shop.service'));
      mkdirSync(join(folder, 'shop.service.d'));
      const dropIn = join(folder, 'shop.service.d/otel.conf');
      copyFileSync(join(EXAMPLES, 'shop.service.d-otel.conf'), dropIn);
      const args = ['verify', join(folder, 'shop.service')];
      const { status, stderr } = spawnSync('systemd-analyze', args, {
        encoding: 'utf8',
        timeout: 60_000,
        killSignal: 'SIGKILL',
      });
      assert.deepEqual([status, stderr], [0, '']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('give a Collector what it accepts', function () {
    if (!existsSync(COLLECTOR)) {
      console.log('skip: no Collector, build it with: node packages/dev/bin/buildCollector.mjs');
      return this.skip();
    }
    const args = ['validate', '--config', join(EXAMPLES, 'collector.yaml')];
    const { status, stderr } = spawnSync(COLLECTOR, args, {
      encoding: 'utf8',
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    assert.deepEqual([status, stderr], [0, '']);
  });

  it('give a configuration that the tool finds nothing wrong with', function () {
    const program = join(ROOT, 'packages/otel-inject/bin/run.js');
    if (!existsSync(join(ROOT, 'packages/otel-inject/dist/config.cjs'))) {
      console.log('skip: the tool is not built, build it with: npm run build');
      return this.skip();
    }
    const file = join(EXAMPLES, 'injector.conf');
    const args = [program, 'config', 'validate', '--config-file', file, '--json'];
    const { status, stdout } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    const { errors } = JSON.parse(stdout);
    assert.deepEqual(errors, []);
    // Agents and the file of variables are missing on a machine where nothing is installed.
    assert.ok(status === 0 || /missing|not there|no such|cannot be read/.test(stdout), stdout);
  });

  it('set only OTEL_* in the file of variables for all agents', () => {
    const lines = example('default_env.conf')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    for (const line of lines) assert.match(line, /^OTEL_[A-Z0-9_]+=\S+$/);
  });
});
