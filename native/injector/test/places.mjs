// SPDX-License-Identifier: Apache-2.0
// Where the matrix of real runtimes runs: in roots of other Debians, entered in a private mount
// namespace, natively or under qemu; and on this host for musl.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { cacheFolder } from './cached.mjs';
import { isRoot, library, run, which, work } from './harness.mjs';

const CACHE_INSIDE = '/mnt';
const NOBODY = '65534';
/** Emulated, and on a machine that others keep busy. */
const START_MS = 180_000;

const ENTER = `set -e
root=$1 work=$2 cache=$3 qemu=$4 list=$5; shift 5
mount -t tmpfs none "$root/tmp"
mkdir -p "$root$work" "$root${CACHE_INSIDE}"
mount --bind "$work" "$root$work"
mount --bind "$cache" "$root${CACHE_INSIDE}"
mount --rbind /dev "$root/dev"
mount --rbind /proc "$root/proc"
[ -z "$qemu" ] || { : > "$root/tmp/qemu"; mount --bind "$qemu" "$root/tmp/qemu"; }
[ -z "$list" ] || {
  printf '%s\\n' "$list" > "$root/tmp/list"; mount --bind "$root/tmp/list" "$root/etc/ld.so.preload"
}
exec "$@"
`;

/**
 * A user namespace has its own binfmt_misc since Linux 6.7: in it the kernel starts emulated programs
 * as any other, their children too, and nothing outside changes. F: the emulator is opened here, so
 * that it need not be in the root; P: it learns argv[0].
 */
const FAMILY = `set -e
root=$1 work=$2 cache=$3 qemu=$4; shift 4
mount -t tmpfs none "$root/tmp"
mkdir -p "$root$work" "$root${CACHE_INSIDE}" "$root/tmp/binfmt"
mount --bind "$work" "$root$work"
mount --bind "$cache" "$root${CACHE_INSIDE}"
mount --rbind /dev "$root/dev"
mount --rbind /proc "$root/proc"
mount -t binfmt_misc none "$root/tmp/binfmt"
ident='\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00'
mask='\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff'
printf %s ":emulated:M::$ident:$mask:$qemu:PF" > "$root/tmp/binfmt/register"
exec chroot "$root" "$@"
`;

/** Why no root can be entered here, or undefined. */
export function whyNotEnter() {
  if (!isRoot) return 'needs root for a private mount namespace';
  if (!which('unshare') || !which('chroot'))
    return 'no unshare or chroot, install with: apt-get install util-linux coreutils';
  const trial = run(['unshare', '-m', 'sh', '-c', 'mount -t tmpfs none /mnt']);
  return trial.status === 0 ? undefined : `no private mount here: ${trial.stderr.trim()}`;
}

/**
 * A place in `root`: `start(command, { env, preload, list, asNobody, tracer })` runs a command in it. `list` is the text of
 * /etc/ld.so.preload; `tracer` precedes what enters the root. `startFamily`, where programs are
 * emulated, does it so that they can start others.
 */
export function placeInRoot(name, libc, root, qemu = '') {
  const script = join(work, 'enter.sh');
  writeFileSync(script, ENTER);
  const start = (
    command,
    {
      env,
      preload,
      list = '',
      asNobody = false,
      tracer = [],
      qemuFlags = [],
      qemuPath = '/tmp/qemu',
    },
  ) => {
    const all = { ...base(), ...env, ...(preload ? { LD_PRELOAD: preload } : {}) };
    const pairs = Object.entries(all).map(([k, v]) => `${k}=${v}`);
    const enter = ['unshare', '-m', 'sh', script, root, work, cacheFolder, qemu, list, ...tracer];
    enter.push(
      'chroot',
      ...(asNobody ? [`--userspec=${NOBODY}:${NOBODY}`, '--groups='] : []),
      root,
    );
    const inside = qemu
      ? [qemuPath, ...qemuFlags, ...pairs.flatMap((pair) => ['-E', pair])]
      : ['/bin/busybox', 'env', '-i', ...pairs];
    // An environment of nothing but what these need: qemu hands it on.
    return run([...enter, ...inside, ...command], {
      exactEnv: { PATH: process.env.PATH },
      timeoutMs: START_MS,
    });
  };
  const startFamily = (command, { env, preload }) => {
    const family = join(work, 'family.sh');
    writeFileSync(family, FAMILY);
    const all = { ...base(), ...env, ...(preload ? { LD_PRELOAD: preload } : {}) };
    const pairs = Object.entries(all).map(([k, v]) => `${k}=${v}`);
    const enter = ['unshare', '-Urm', 'sh', family, root, work, cacheFolder, qemu];
    const options = { exactEnv: { PATH: process.env.PATH }, timeoutMs: START_MS };
    return run([...enter, '/bin/busybox', 'env', '-i', ...pairs, ...command], options);
  };
  const own = qemu ? library.replace('linux-x64', 'linux-arm64') : library;
  const families = qemu ? { startFamily } : {};
  return { name, libc, root, qemu, library: own, start, ...families };
}

const base = () => ({
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: work,
  LC_ALL: 'C',
  KEEP: 'kept value',
});

/** Where a root has what lies in the cache. */
export const inCache = (path) => join(CACHE_INSIDE, relative(cacheFolder, path));

/** A copy below the tests' folder, which every place sees. */
export function copyToWork(path, ...names) {
  const to = join(work, ...names);
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(path, to);
  return to;
}
