// SPDX-License-Identifier: Apache-2.0
// The programs that suites compare with or build fixtures by, beside the prerequisites. Where one is
// missing its checks are skipped, and say so. `.ci/run` installs these packages.

/**
 * Program → Debian package; a program that is there makes its package unnecessary.
 * @type {Record<string, string>}
 */
export const DEBIAN_PACKAGE_OF = {
  readelf: 'binutils',
  strace: 'strace',
  'musl-gcc': 'musl-tools',
  busybox: 'busybox-static',
  'qemu-aarch64-static': 'qemu-user-static',
  'llvm-readelf-19': 'llvm-19',
  patchelf: 'patchelf',
  gdb: 'gdb',
  'eu-readelf': 'elfutils',
  scanelf: 'pax-utils',
  ruby: 'ruby',
  php: 'php-cli',
  perl: 'perl',
  java: 'default-jdk-headless',
  javac: 'default-jdk-headless',
  file: 'file',
  xxd: 'xxd',
  jq: 'jq',
  dwz: 'dwz',
  xz: 'xz-utils',
  zstd: 'zstd',
  unshare: 'util-linux',
  'qemu-system-x86_64': 'qemu-system-x86',
  cpio: 'cpio',
  perf: 'linux-perf',
  chromium: 'chromium',
};
