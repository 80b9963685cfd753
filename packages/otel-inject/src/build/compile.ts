// SPDX-License-Identifier: Apache-2.0
// Compiling is the source's own business (native/injector/build.mjs): this finds and runs it.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ToolError } from '@otelkit/cli-kit';
import { LIBRARY_FILE, RESCUE_FILE } from '../layout/paths.ts';
import { BUILD_LIMITS } from './limits.ts';

export type BuildTarget = 'x86_64' | 'aarch64' | 'x86' | 'arm';

/** Folders of the results, as Node.js calls the platforms. */
export const TARGET_FOLDERS: Readonly<Record<BuildTarget, string>> = {
  x86_64: 'linux-x64',
  aarch64: 'linux-arm64',
  x86: 'linux-ia32',
  arm: 'linux-arm',
};

const MACHINE_TARGETS: Readonly<Record<string, BuildTarget>> = {
  x64: 'x86_64',
  arm64: 'aarch64',
  ia32: 'x86',
  arm: 'arm',
};

/** The target of this machine. */
export function ownTarget(arch: string): BuildTarget {
  const target = MACHINE_TARGETS[arch];
  if (target !== undefined) return target;
  throw new ToolError(`there is no preload library for ${arch}`, {
    code: 'ARCH_UNSUPPORTED',
    found: arch,
    expected: Object.keys(TARGET_FOLDERS).join(', '),
    hint: 'choose a machine with --target',
  });
}

/**
 * The folder of the sources: `native` of a checkout above `from`.
 * @throws ToolError `SOURCES_MISSING` (exit 4) in an installed package, which has none
 */
export function findSources(from: string, prebuilt: string | undefined): string {
  let directory = dirname(realpathSync(from));
  while (directory !== dirname(directory)) {
    const native = join(directory, 'native');
    if (existsSync(join(native, 'injector', 'build.mjs'))) return native;
    directory = dirname(directory);
  }
  const hint =
    prebuilt === undefined
      ? 'install the platform package beside this one, @otelkit/native-linux-x64 or -arm64'
      : `it came prebuilt: ${prebuilt}; check that with --check`;
  throw new ToolError('the sources of the library are in no directory above this tool', {
    code: 'SOURCES_MISSING',
    exitCode: 4,
    path: from,
    hint,
  });
}

export interface CompileOptions {
  readonly native: string;
  readonly target: BuildTarget;
  /** Absolute. */
  readonly out: string;
  readonly zig: string | undefined;
}

/**
 * Compiles for one machine.
 * @returns the library's path
 * @throws ToolError `BUILD_FAILED` (exit 1) with the compiler's words
 */
export async function compileLibrary(options: CompileOptions): Promise<string> {
  const { native, target, out, zig } = options;
  const args = [join(native, 'injector', 'build.mjs'), '--target', target, '--out', out];
  await runBuild([...args, ...(zig === undefined ? [] : ['--zig', zig])], `building for ${target}`);
  return join(out, TARGET_FOLDERS[target], LIBRARY_FILE);
}

/** Compiles the rescue program for all machines; undefined where its sources are not there. */
export async function compileRescue(options: CompileOptions): Promise<string | undefined> {
  const script = join(options.native, 'rescue', 'build.mjs');
  if (!existsSync(script)) return undefined;
  const { target, out, zig } = options;
  const args = [script, '--out', out, ...(zig === undefined ? [] : ['--zig', zig])];
  await runBuild(args, 'building the rescue program');
  const path = join(out, TARGET_FOLDERS[target], RESCUE_FILE);
  return existsSync(path) ? path : undefined;
}

function runBuild(args: readonly string[], what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const stdio = ['ignore', 'ignore', 'pipe'] as const;
    const timeout = BUILD_LIMITS.compileMs;
    const child = spawn(process.execPath, args, { stdio: [...stdio], timeout });
    let said = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-4000);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) return resolve();
      const details = {
        code: 'BUILD_FAILED',
        hint: 'the compiler is Zig 0.17.0: pip install ziglang==0.17.0, or --zig FILE',
      };
      reject(new ToolError(`${what}: ${said.trim()}`, details));
    });
  });
}
