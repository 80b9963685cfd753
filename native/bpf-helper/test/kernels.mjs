// SPDX-License-Identifier: Apache-2.0
// Kernels of Debian's suites, fetched once, and a small guest that boots one under qemu.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cachedFolder } from '../../injector/test/cached.mjs';
import { privateApt } from '../../injector/test/debian.mjs';

/** Suite → what its kernel is there for. */
export const KERNELS = {
  bullseye: '5.10: no bpf_loop, no memory cgroup accounting of maps',
  bookworm: '6.1: bpf_loop',
  trixie: '6.12',
  sid: '7 or newer',
};

/** The flavour with everything compiled in that a virtual machine needs. */
const META_PACKAGE = 'linux-image-cloud-amd64';
const IMAGE = /Depends: (linux-(?:image|binary)-\d\S*)/;
/** sid's image package only depends on the one with the file. */
const DEPTH = 3;

/** Path of a suite's newest kernel. */
export async function fetchKernel(suite) {
  const folder = await cachedFolder(`kernel-${suite}`, META_PACKAGE, async (temporary) => {
    const apt = await privateApt(temporary, suite, 'amd64');
    const before = new Set(readdirSync(temporary));
    await apt('download', await imagePackage(apt, temporary));
    const deb = readdirSync(temporary).find((n) => n.endsWith('.deb') && !before.has(n));
    const patterns = ['./boot/vmlinuz-*', './usr/lib/modules/*/vmlinuz'];
    // tar fails for the pattern that names nothing; whether a kernel came is seen below.
    spawnSync('sh', ['-c', UNPACK, 'sh', join(temporary, deb), temporary, ...patterns]);
    const kernel = readdirSync(temporary, { recursive: true }).find((path) =>
      basename(path).startsWith('vmlinuz'),
    );
    if (kernel === undefined) throw new Error(`${deb} holds no kernel`);
    copyFileSync(join(temporary, kernel), join(temporary, 'kernel'));
    for (const name of readdirSync(temporary).filter((n) => n !== 'kernel'))
      rmSync(join(temporary, name), { recursive: true });
  });
  return join(folder, 'kernel');
}

const UNPACK = 'dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --wildcards "$3" "$4"';

async function imagePackage(apt, folder) {
  let name = META_PACKAGE;
  for (let i = 0; i < DEPTH; i++) {
    const found = IMAGE.exec(await apt.cache('depends', name));
    if (found === null) break;
    name = found[1];
  }
  if (name === META_PACKAGE) throw new Error(`no kernel is named by ${META_PACKAGE} (${folder})`);
  return name;
}

const INIT = `#!/bin/sh
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mount -t tmpfs none /tmp
mount -t tracefs none /sys/kernel/tracing
echo "guest-kernel: $(uname -r)"
cd /tests
`;

/**
 * Makes an initramfs of busybox, `programs` (paths; with the libraries they load) in /bin, `files`
 * in /tests, and `script`, which is run there.
 */
export function makeInitramfs(folder, { programs, files, script }) {
  const root = join(folder, 'root');
  for (const name of ['bin', 'proc', 'sys', 'dev', 'tmp', 'tests'])
    mkdirSync(join(root, name), { recursive: true });
  const busybox = which('busybox');
  copyFileSync(busybox, join(root, 'bin/busybox'));
  for (const name of ['sh', 'mount', 'uname', 'echo', 'poweroff', 'sleep'])
    symlinkSync('busybox', join(root, 'bin', name));
  for (const path of programs) {
    copyFileSync(path, join(root, 'bin', basename(path)));
    const { stdout } = spawnSync('ldd', [path], { encoding: 'utf8' });
    for (const [library] of (stdout ?? '').matchAll(/\/\S+/g)) {
      mkdirSync(join(root, dirname(library)), { recursive: true });
      copyFileSync(library, join(root, library));
    }
  }
  for (const path of files) cpSync(path, join(root, 'tests', basename(path)));
  const out = join(folder, 'initramfs');
  const init = `${INIT}${script}\npoweroff -f\n`;
  const r = spawnSync('sh', ['-c', PACK, 'sh', root, out], { input: init, encoding: 'utf8' });
  if (r.status !== 0) throw new Error(`cpio: ${r.stderr}`);
  return out;
}

const PACK = `set -e
cat > "$1/init"; chmod 755 "$1/init"
cd "$1"; find . | cpio -o -H newc --quiet | gzip -1 > "$2"`;

export function which(program) {
  const r = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], { encoding: 'utf8' });
  return r.status === 0 ? r.stdout.trim() : undefined;
}

/**
 * Boots and waits for the guest's end. Mostly one CPU without cmpxchg16b: with more, or with it,
 * qemu's own translation breaks guest kernels (seen with 7.2: double faults in kmalloc, stray int3).
 * `words` follow on the kernel's command line.
 * @returns what the guest's console showed; `ended` false when `limitMs` was over first
 */
export function bootGuest(kernel, initramfs, limitMs, { cpus = 1, words = [] } = {}) {
  const args = ['-M', 'q35', '-accel', 'tcg', '-cpu', 'max,-cx16', '-m', '1G', '-smp', `${cpus}`];
  args.push('-nographic', '-no-reboot', '-kernel', kernel, '-initrd', initramfs);
  args.push('-append', ['console=ttyS0 quiet no_timer_check panic=-1', ...words].join(' '));
  return new Promise((resolve, reject) => {
    const stdio = ['ignore', 'pipe', 'pipe'];
    const guest = spawn('qemu-system-x86_64', args, { stdio, timeout: limitMs, killSignal: 9 });
    let text = '';
    for (const stream of [guest.stdout, guest.stderr])
      stream.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
    guest.on('error', reject);
    guest.on('close', (code) => resolve({ text: text.replaceAll('\r', ''), ended: code === 0 }));
  });
}
