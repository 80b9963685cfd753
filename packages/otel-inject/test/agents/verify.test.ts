// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { addAgent } from '../../src/agents/add.ts';
import { npmFiles } from '../../src/agents/fetch/node.ts';
import { pipRequirements } from '../../src/agents/fetch/python.ts';
import { parseManifest } from '../../src/agents/manifest.ts';
import { RUNTIMES, runtimesNamed } from '../../src/agents/runtimes.ts';
import { verifyAgent } from '../../src/agents/verify.ts';
import { readableFolder, write } from './folders.ts';

describe('agents verify', () => {
  let folder: string;
  let prefix: string;
  let ruby: string;

  beforeEach(async () => {
    folder = readableFolder();
    prefix = join(folder, 'prefix');
    const given = join(folder, 'ruby/glibc');
    write(join(given, 'opentelemetry-auto-instrumentation.rb'), 'ruby');
    write(join(given, 'gems/one.rb'), 'one');
    await addAgent({ prefix, runtime: 'ruby', from: folder });
    ruby = realpathSync(join(prefix, 'ruby'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const codes = async () =>
    (await verifyAgent(prefix, 'ruby')).problems.map(({ code, path }) => [
      code,
      path.replace(`${ruby}/`, ''),
    ]);

  it('names what was changed, added and taken away', async () => {
    assert.deepEqual(await codes(), []);
    writeFileSync(join(ruby, 'glibc/gems/one.rb'), 'two');
    write(join(ruby, 'glibc/gems/evil.rb'), 'evil');
    assert.deepEqual((await codes()).sort(), [
      ['ADDED', 'glibc/gems/evil.rb'],
      ['CHANGED', 'glibc/gems/one.rb'],
    ]);
    rmSync(join(ruby, 'glibc/gems'), { recursive: true });
    assert.deepEqual(await codes(), [['MISSING', 'glibc/gems/one.rb']]);
  });

  it('is not deceived by a manifest that was changed along', async () => {
    const manifest = join(ruby, '.otel-inject.json');
    const text = readFileSync(manifest, 'utf8');
    const [, sum] = /one.rb": "([0-9a-f]{64})"/.exec(text)!;
    const other = '3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3';
    writeFileSync(join(ruby, 'glibc/gems/one.rb'), 'two');
    writeFileSync(manifest, text.replace(sum!, other));
    assert.deepEqual(await codes(), [['PIN', ruby]]);
  });

  it('says what some programs cannot read and others could change', async () => {
    chmodSync(join(ruby, 'glibc/gems/one.rb'), 0o600);
    chmodSync(join(ruby, 'glibc/gems'), 0o775);
    chmodSync(prefix, 0o700);
    assert.deepEqual((await codes()).sort(), [
      ['UNREADABLE', prefix],
      ['UNREADABLE', 'glibc/gems/one.rb'],
      ['WRITABLE', 'glibc/gems'],
    ]);
  });

  it('tells an agent of another program by its entry file and permissions', async () => {
    write(join(folder, 'packaged/jvm/javaagent.jar'), 'jar');
    const found = await verifyAgent(join(folder, 'packaged'), 'java');
    assert.deepEqual([found.state, found.origin], ['ok', 'foreign']);
    writeFileSync(join(folder, 'packaged/jvm/javaagent.jar'), '');
    assert.equal((await verifyAgent(join(folder, 'packaged'), 'java')).state, 'damaged');
    assert.equal((await verifyAgent(prefix, 'java')).state, 'absent');
  });

  it('survives any text where the manifest should be', () => {
    const check = (text: string): void => {
      try {
        parseManifest(text, '/m');
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'AGENT_MANIFEST');
      }
    };
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), check));
  });
});

describe('the pins of the agents', () => {
  it('are whole: every package has an exact version and a checksum', () => {
    const { lock } = npmFiles() as { lock: { packages: Record<string, Record<string, object>> } };
    for (const [place, { version, integrity }] of Object.entries(lock.packages)) {
      if (place === '') continue;
      assert.match(`${version}`, /^\d+\.\d+\.\d+/, place);
      assert.match(`${integrity}`, /^sha512-[A-Za-z0-9+/]{86}==$/, place);
    }
    for (const line of pipRequirements().trimEnd().split('\n')) {
      assert.match(line, /^[a-z0-9.-]+==[0-9][0-9a-z.]* --hash=sha256:[0-9a-f]{64}$/);
    }
    for (const { pin } of RUNTIMES) {
      if (pin !== undefined) assert.match(pin.treeSha256, /^[0-9a-f]{64}$/);
    }
  });

  it('name every package that another one needs', () => {
    const { lock } = npmFiles() as {
      lock: { packages: Record<string, { dependencies?: Record<string, string> }> };
    };
    const places = new Set(
      Object.keys(lock.packages).map((place) => place.split('node_modules/').at(-1)),
    );
    for (const [place, { dependencies }] of Object.entries(lock.packages)) {
      for (const name of Object.keys(dependencies ?? {})) {
        assert.ok(places.has(name), `${place} needs ${name}`);
      }
    }
  });

  it('are found by every word for a runtime, in one order and once', () => {
    assert.deepEqual(runtimesNamed(['python3', 'JVM', 'java', 'nodejs']), [
      'java',
      'node',
      'python',
    ]);
    assert.throws(() => runtimesNamed(['cobol']), { code: 'USAGE' });
  });
});
