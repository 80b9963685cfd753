// SPDX-License-Identifier: Apache-2.0
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root: three folders above this one. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');

/** Where everything fetched lives; ignored by git, removed by `clean --all`. */
export const TOOLCHAIN = join(ROOT, '.toolchain');

export const PNPM_ENTRY = join(TOOLCHAIN, 'pnpm', 'node_modules', 'pnpm', 'bin', 'pnpm.cjs');
export const ZIG_ENTRY = join(TOOLCHAIN, 'zig', 'ziglang', 'zig');
export const LOCAL_BIN = join(ROOT, 'node_modules', '.bin');

/**
 * A tool of the workspace's own dependencies.
 * @param {string} name
 */
export function localTool(name) {
  return join(LOCAL_BIN, name);
}

/** Held while tools are fetched and packages built. */
export const BUILD_LOCK = join(TOOLCHAIN, 'build.lock');
/** Held while suites and benchmarks run. */
export const TEST_LOCK = join(TOOLCHAIN, 'test.lock');
