// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { hostChecks } from '../../src/doctor/hostChecks.ts';
import { otelInject } from '../config/tool.ts';

interface Check {
  readonly id: string;
  readonly verdict: string;
  readonly found: string;
  readonly costs?: string;
  readonly hint?: string;
}

describe('otel-inject doctor', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'otel-inject-doctor-'));
    chmodSync(root, 0o755);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function write(path: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { mode });
  }

  function checks(): { readonly all: Check[]; readonly exitCode: number | null } {
    const { stdout, exitCode } = otelInject(['doctor', '--json', '--root', root]);
    return { all: JSON.parse(stdout).checks, exitCode };
  }

  const byId = (all: readonly Check[], id: string): Check | undefined =>
    all.find((check) => check.id === id);

  it('says what to do where nothing is installed', () => {
    const { all, exitCode } = checks();
    assert.equal(byId(all, 'installation')?.verdict, 'warning');
    assert.match(byId(all, 'installation')?.hint ?? '', /otel-inject install/);
    assert.match(byId(all, 'agents')?.hint ?? '', /agents add/);
    assert.equal(exitCode, 0);
  });

  it('finds a preload entry that leads nowhere', () => {
    write('etc/ld.so.preload', '/usr/lib/opentelemetry/injector/libotelinject.so\n/opt/other.so\n');
    write('opt/other.so', 'x', 0o600);
    const { all, exitCode } = checks();
    const found = all.filter(({ id }) => id === 'preload-entry').map((check) => check.found);
    assert.equal(exitCode, 1);
    assert.match(found[0] ?? '', /libotelinject\.so .* does not exist/);
    assert.match(found[1] ?? '', /other\.so .* cannot be read by every user/);
  });

  it('finds an interrupted change, and a damaged record of one', () => {
    const journal = {
      version: 1,
      transaction: 'ab12',
      command: 'install',
      phase: 'applying',
      startedAt: '2026-01-02T03:04:05Z',
      entries: [],
    };
    write('var/lib/otelkit/inject/journal.json', JSON.stringify(journal));
    const { all, exitCode } = checks();
    assert.equal(exitCode, 1);
    assert.match(byId(all, 'interrupted')?.found ?? '', /install, begun at 2026-01-02/);
    assert.equal(byId(all, 'interrupted')?.hint, 'sudo otel-inject doctor --mend');
    write('var/lib/otelkit/inject/journal.json', '{');
    assert.equal(byId(checks().all, 'installation')?.verdict, 'bad');
  });

  it('points at the line of the configuration that is wrong', () => {
    write('etc/opentelemetry/injector/injector.conf', '\nexclude_paths="/x\n');
    const { all, exitCode } = checks();
    assert.equal(exitCode, 1);
    const check = byId(all, 'configuration');
    assert.match(check?.found ?? '', /injector\.conf:2: exclude_paths/);
    assert.equal(check?.hint, 'otel-inject config validate');
  });

  it('finds an agent that not everybody may read', () => {
    write('usr/lib/opentelemetry/jvm/javaagent.jar', 'PK'.padEnd(40, '\0'), 0o600);
    const check = byId(checks().all, 'agent-java');
    assert.equal(check?.verdict, 'bad');
    assert.match(check?.found ?? '', /javaagent\.jar/);
  });

  it('tells an agent that was changed from one that does not work', () => {
    const place = 'usr/lib/opentelemetry/jvm/javaagent.jar';
    write('given.jar', 'PK'.padEnd(40, '\0'));
    const prefix = join(root, 'usr/lib/opentelemetry');
    otelInject(['agents', 'add', 'java', '--prefix', prefix, '--from', join(root, 'given.jar')]);
    assert.equal(byId(checks().all, 'agent-java')?.verdict, 'ok');
    write(place, 'PK'.padEnd(41, '\0'));
    const changed = byId(checks().all, 'agent-java');
    assert.equal(changed?.verdict, 'bad');
    assert.match(changed?.costs ?? '', /is not what was installed/);
    write(place, '');
    assert.match(byId(checks().all, 'agent-java')?.found ?? '', /is empty/);
  });

  it('finds a mount with noexec and refusals in the logs', () => {
    write(
      'var/log/kern.log',
      'x apparmor="DENIED" operation="file_mmap" profile="/usr/sbin/dhcpd" name="/usr/lib/opentelemetry/injector/libotelinject.so"\n',
    );
    const mounts = `/dev/a / ext4 rw 0 0\n/dev/b ${root} ext4 rw 0 0\n/dev/c ${root}/usr/lib ext4 rw,nosuid,noexec 0 0\n`;
    const options = {
      root,
      libraryDirectory: '/usr/lib/opentelemetry/injector',
      mounts,
      uid: 1000,
    };
    const all = hostChecks(options);
    assert.equal(byId(all, 'noexec')?.verdict, 'bad');
    assert.match(byId(all, 'denials')?.found ?? '', /dhcpd/);
    assert.equal(byId(all, 'rights')?.verdict, 'warning');
    const fine = hostChecks({ ...options, mounts: mounts.replace(',noexec', ''), uid: 0 });
    assert.equal(byId(fine, 'noexec')?.verdict, 'ok');
  });
});
