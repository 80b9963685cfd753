// SPDX-License-Identifier: Apache-2.0
// Native artifacts are published as one package per platform, which the tools name as optional
// dependencies: npm installs the one whose `os` and `cpu` match and passes over the others.
import { chmodSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Node's names of the platforms; the folders of native/<part>/zig-out are called the same. */
const PLATFORMS = [
  { name: 'linux-x64', compat: 'linux-ia32', os: 'linux', cpu: 'x64' },
  { name: 'linux-arm64', compat: 'linux-arm', os: 'linux', cpu: 'arm64' },
];

/**
 * What the native parts leave, per platform: where the build puts it, and where it is in the package.
 * `compat` is the platform of 32-bit programs on the same kernel. packages/otel-inject/src/library
 * and packages/bpf-client/src/process look for them by these places.
 * @type {{ built: (platform: string, compat: string) => string, packed: string }[]}
 */
const ARTIFACTS = [
  {
    built: (platform) => join('native', 'injector', 'zig-out', platform, 'libotelinject.so'),
    packed: 'lib/libotelinject.so',
  },
  {
    built: (_, compat) => join('native', 'injector', 'zig-out', compat, 'libotelinject.so'),
    packed: 'lib/32/libotelinject.so',
  },
  {
    built: (platform) => join('native', 'rescue', 'zig-out', platform, 'otel-inject-rescue'),
    packed: 'lib/otel-inject-rescue',
  },
  {
    built: (platform) => join('native', 'bpf-helper', 'zig-out', platform, 'otel-bpf-helper'),
    packed: 'lib/otel-bpf-helper',
  },
  {
    built: (platform) =>
      join('native', 'bpf-helper', 'zig-out', platform, 'otel-bpf-helper.licences'),
    packed: 'lib/otel-bpf-helper.licences',
  },
  // packages/otel-go/src/build looks for it there; it carries the module that woven code calls.
  {
    built: (platform) => join('native', 'go-toolexec', 'zig-out', platform, 'otel-go-toolexec'),
    packed: 'lib/otel-go-toolexec',
  },
  {
    built: (platform) =>
      join('native', 'go-toolexec', 'zig-out', platform, 'otel-go-toolexec.licences'),
    packed: 'lib/otel-go-toolexec.licences',
  },
  // Node's addon; packages/otel-profile/src/workers looks for it beside the helper.
  {
    built: (platform) => join('native', 'heap', 'zig-out', platform, 'otel-heap.node'),
    packed: 'lib/otel-heap.node',
  },
  // The same on every machine; packages/symbols/src/dwarf looks for it there.
  {
    built: () => join('native', 'dwarf', 'wasm-out', 'otel-dwarf.wasm'),
    packed: 'lib/otel-dwarf.wasm',
  },
  {
    built: () => join('native', 'dwarf', 'wasm-out', 'otel-dwarf.licences'),
    packed: 'lib/otel-dwarf.licences',
  },
];

/** What is read and never run. */
const DATA = /\.(?:licences|wasm)$/;

/**
 * @typedef {object} NativePackage
 * @property {string} name `@otelkit/native-linux-x64`
 * @property {string} folder ready for `npm pack`
 */

/**
 * Writes a package folder for each platform that has at least one artifact.
 * @param {{ root: string, version: string, stagingFolder: string }} options
 * @returns {NativePackage[]}
 */
export function stageNativePackages({ root, version, stagingFolder }) {
  const packages = [];
  for (const platform of PLATFORMS) {
    const artifacts = ARTIFACTS.map(({ built, packed }) => ({
      source: join(root, built(platform.name, platform.compat)),
      packed,
    })).filter(({ source }) => existsSync(source));
    if (artifacts.length === 0) continue;
    const name = `@otelkit/native-${platform.name}`;
    const folder = join(stagingFolder, `native-${platform.name}`);
    for (const { source, packed } of artifacts) {
      mkdirSync(dirname(join(folder, packed)), { recursive: true });
      copyFileSync(source, join(folder, packed));
      chmodSync(join(folder, packed), DATA.test(packed) ? 0o644 : 0o755);
    }
    copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
    const manifest = nativeManifest(name, version, platform);
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
    writeFileSync(join(folder, 'README.md'), readme(name, platform.name));
    packages.push({ name, folder });
  }
  return packages;
}

/**
 * @param {string} name
 * @param {string} version
 * @param {{ os: string, cpu: string }} platform
 */
function nativeManifest(name, version, { os, cpu }) {
  return {
    name,
    version,
    description: `Native parts of otelkit for ${os} on ${cpu}`,
    license: 'Apache-2.0',
    os: [os],
    cpu: [cpu],
    files: ['lib'],
    // Unpacked even by Yarn's Plug'n'Play: the loader needs a file, not a member of an archive.
    preferUnplugged: true,
  };
}

/**
 * @param {string} name
 * @param {string} platform
 */
function readme(name, platform) {
  return `# ${name}\n\nNative parts of otelkit for ${platform}. Installed by the tools that need them.\n`;
}
