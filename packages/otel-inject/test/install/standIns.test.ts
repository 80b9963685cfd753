// SPDX-License-Identifier: Apache-2.0
// What installing asks SELinux's and systemd's programs to do. Neither is there: stand-ins that
// write down how they were called lie in /usr/sbin of a private mount namespace, which also makes
// the host look as if both ran. That real ones would do their part is not shown by this.
import assert from 'node:assert/strict';
import { inNamespace } from '../plan/namespace.ts';
import { removeFolders } from '../plan/roots.ts';

const STAND_INS = `
mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system
mount -t tmpfs tmpfs /sys/fs && mkdir /sys/fs/selinux && echo 1 > /sys/fs/selinux/enforce
mkdir "$T/sbin.upper" "$T/sbin.work"
mount -t overlay overlay -o "lowerdir=/usr/sbin,upperdir=$T/sbin.upper,workdir=$T/sbin.work" /usr/sbin
for name in systemctl restorecon; do
  cat > /usr/sbin/$name <<EOF
#!/bin/sh
echo "$name \\$*" >> "$T/calls"
[ "\\$1" != list-units ] || echo "shop.service loaded active running a shop"
[ ! -e "$T/$name.fails" ] || { echo "$name fails" >&2; exit 1; }
EOF
  chmod 755 /usr/sbin/$name
done
section() { echo "== $1"; }
calls() { section "$1"; cat "$T/calls" 2>/dev/null; rm -f "$T/calls"; }
DROP_IN=$(find /etc/systemd -name '*otel*' 2>/dev/null | wc -l)
[ "$DROP_IN" = 0 ] || { echo "this host has drop-ins of ours"; exit 99; }
`;

interface Ended {
  readonly steps: readonly { step: string; status: string; detail: string }[];
  readonly restart?: readonly string[];
  readonly errors: readonly { code: string }[];
}

describe('SELinux and systemd, by stand-ins for their programs', function () {
  this.timeout(200_000);
  before(function () {
    const { status, stdout, stderr } = inNamespace(`${STAND_INS} echo ready`);
    if (status === 0 && stdout === 'ready\n') return;
    console.log(`skip: no private mounts over /run and /sys/fs here (${stdout}${stderr})`);
    this.skip();
  });
  afterEach(removeFolders);

  function sections(script: string): Record<string, string> {
    const { stdout, stderr } = inNamespace(`${STAND_INS}${script}`);
    const parts = stdout.split(/^== (\w+)\n/m).slice(1);
    const found: Record<string, string> = { all: stdout + stderr };
    for (let i = 0; i + 1 < parts.length; i += 2) found[parts[i]!] = parts[i + 1]!;
    return found;
  }

  function outcome({ steps }: Ended): string[] {
    return steps.map(({ step, status }) => `${step} ${status}`);
  }

  it('labels what it made, and tells systemd of a drop-in and of its end', () => {
    const got = sections(`
      section installed; oi install --mode systemd --no-probe --json; calls first
      oi install --mode systemd --no-probe >/dev/null 2>&1; calls again
      section removed; oi uninstall --json; calls last`);
    const installed = JSON.parse(got['installed'] ?? got['all']!) as Ended;
    const label = ['label ok', 'reload ok', 'verify ok'];
    assert.deepEqual(outcome(installed), ['plan ok', 'stage ok', 'activate ok', ...label]);
    assert.deepEqual(installed.restart, ['shop.service']);
    const [labelled, ...others] = got['first']!.trimEnd().split('\n');
    const paths = /^restorecon -F -- (.*)$/.exec(labelled!)?.[1]?.split(' ') ?? [];
    assert.ok(paths.includes('/usr/lib/opentelemetry/injector/libotelinject.so'), labelled);
    assert.match(others.join('\n'), /^systemctl daemon-reload\nsystemctl list-units /);
    assert.equal(got['again'], '', 'nothing changed, so nobody is told');
    const removed = JSON.parse(got['removed']!) as Ended;
    assert.ok(outcome(removed).includes('reload ok'), got['removed']);
    assert.equal(got['last'], 'systemctl daemon-reload\n');
  });

  it('undoes an installation that systemd does not take, and tells it of that', () => {
    const got = sections(`
      touch "$T/systemctl.fails" "$T/restorecon.fails"
      section installed; oi install --mode systemd --no-probe --json; calls told
      section left; find /etc/systemd -name '*otel*'; ls /usr/lib/opentelemetry 2>/dev/null`);
    const installed = JSON.parse(got['installed'] ?? got['all']!) as Ended;
    assert.ok(outcome(installed).includes('label skipped'), got['installed']);
    assert.deepEqual(
      installed.errors.map(({ code }) => code),
      ['RELOAD_FAILED'],
    );
    assert.equal(got['told']!.match(/^systemctl daemon-reload$/gm)?.length, 2);
    assert.equal(got['left'], '');
  });
});
