// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  containerOf,
  containerOfPath,
  parseCgroups,
  systemdUnitOf,
} from '../../src/proc/container.ts';

const ID = '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';
const OTHER = ID.replace('0', 'f');
const TASK = '0123456789abcdef0123456789abcdef';
const POD = '6f0d1f0c-7d3a-4a5e-9f5c-0b1c2d3e4f50';
const SLICE = POD.replaceAll('-', '_');

describe('proc/container', () => {
  const known: [string, string, string, string?][] = [
    [`/docker/${ID}`, ID, 'docker'],
    [`/system.slice/docker-${ID}.scope`, ID, 'docker'],
    [`/docker/${OTHER}/docker/${ID}`, ID, 'docker'],
    [`/kubepods/besteffort/pod${POD}/${ID}`, ID, 'kubernetes', POD],
    [
      `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${SLICE}.slice/cri-containerd-${ID}.scope`,
      ID,
      'containerd',
      POD,
    ],
    [`/kubepods.slice/kubepods-pod${SLICE}.slice/crio-${ID}.scope/container`, ID, 'cri-o', POD],
    [`/kubepods.slice/kubepods-pod${TASK}.slice/crio-${ID}.scope`, ID, 'cri-o', TASK],
    [`/machine.slice/libpod-${ID}.scope/container`, ID, 'podman'],
    [`/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope`, ID, 'podman'],
    [`/default/${ID}`, ID, 'unknown'],
    [`/system.slice/nerdctl-${ID}.scope`, ID, 'containerd'],
    [`/ecs/${TASK}/${ID}`, ID, 'ecs'],
    [`/ecs/${TASK}/${TASK}-1234567890`, `${TASK}-1234567890`, 'ecs'],
    ['/lxc/web-1', 'web-1', 'lxc'],
    ['/lxc.payload.web-1/system.slice/nginx.service', 'web-1', 'lxc'],
    ['/machine.slice/machine-my\\x2dbox.scope/payload', 'my-box', 'nspawn'],
  ];
  for (const [path, id, runtime, podUid] of known) {
    it(`finds the container in ${path}`, () => {
      const found = containerOfPath(path);
      assert.equal(found?.id, id);
      assert.equal(found?.runtime, runtime);
      assert.equal(found?.podUid, podUid);
    });
  }

  it('takes nothing else for a container', () => {
    for (const path of [
      '/',
      '/user.slice/user-1000.slice/session-3.scope',
      '/system.slice/ssh.service',
      `/docker/${ID.slice(1)}`,
      `/docker/${ID}0`,
      `/docker/${ID.toUpperCase()}`,
      `/machine.slice/libpod-conmon-${ID}.scope`,
      `/system.slice/crio-conmon-${ID}.scope`,
      `/x/docker-${ID}.scope.d`,
      `/process_api/${TASK}`,
      '/lxc.monitor.web-1',
      '/../../..',
    ]) {
      assert.equal(containerOfPath(path), undefined, path);
    }
  });

  it('reads both versions of cgroups at once and prefers an exact ID', () => {
    const text =
      `12:pids:/lxc/outer\n4:memory,hugetlb:/docker/${ID}\n` +
      '1:name=systemd:/system.slice/x.service\n0::/odd:path\n';
    const memberships = parseCgroups(Buffer.from(text));
    assert.equal(memberships.length, 4);
    assert.deepEqual(memberships[1]?.controllers, ['memory', 'hugetlb']);
    assert.equal(memberships[3]?.path, '/odd:path');
    assert.equal(containerOf(memberships)?.id, ID);
    assert.equal(systemdUnitOf(memberships), 'x.service');
  });

  it('names the innermost unit', () => {
    const unit = (path: string): string | undefined =>
      systemdUnitOf(parseCgroups(Buffer.from(`0::${path}\n`)));
    assert.equal(unit('/system.slice/nginx.service'), 'nginx.service');
    assert.equal(unit('/user.slice/user-0.slice/session-1.scope'), 'session-1.scope');
    assert.equal(
      unit('/user.slice/user-1000.slice/user@1000.service/app.slice/dbus.service'),
      'dbus.service',
    );
    assert.equal(unit('/system.slice'), 'system.slice');
    assert.equal(unit('/'), undefined);
  });

  it('never throws on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const memberships = parseCgroups(Buffer.from(`0::/${text}\n${text}`));
        containerOf(memberships);
        systemdUnitOf(memberships);
      }),
    );
  });
});
