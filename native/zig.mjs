// SPDX-License-Identifier: Apache-2.0
// What the build scripts of the native parts share: the compiler, how a result gets its place, and
// their arguments.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** --zig, $OTELKIT_ZIG, the checkout's own toolchain, then PATH. */
export function findZig(given) {
  const local = resolve(here, '../.toolchain/zig/ziglang/zig');
  return given ?? process.env.OTELKIT_ZIG ?? (existsSync(local) ? local : 'zig');
}

/** Runs the compiler in `cwd`, reproducibly; throws with what it said. */
export function runZig(zig, args, cwd) {
  const r = spawnSync(zig, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, SOURCE_DATE_EPOCH: '0', ZERO_AR_DATE: '1' },
  });
  if (r.error) {
    const why = `${r.error.message}; install with: pip install ziglang==0.17.0`;
    throw new Error(`cannot run ${zig}: ${why}`);
  }
  if (r.status !== 0) throw new Error(`${zig} ${args.join(' ')}\n${r.stdout}${r.stderr}`);
}

/** By a rename, since the old file may be mapped or running. */
export function putInPlace(bytes, path, mode = 0o755) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, bytes, { mode });
  renameSync(temporary, path);
}

/** The main program of a build script: `[--zig PATH] [--out DIR]`, then the paths that it made. */
export function runBuildScript(build) {
  const options = {};
  for (let i = 2; i < process.argv.length; i += 2) {
    const name = process.argv[i].replace(/^--/, '');
    if (!['zig', 'out'].includes(name) || process.argv[i + 1] === undefined) {
      console.error('usage: node build.mjs [--zig PATH] [--out DIR]');
      process.exit(2);
    }
    options[name] = name === 'out' ? resolve(process.argv[i + 1]) : process.argv[i + 1];
  }
  try {
    for (const path of build(options)) console.log(path);
  } catch (error) {
    console.error(`build.mjs: ${error.message}`);
    process.exitCode = 1;
  }
}
