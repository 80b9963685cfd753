// SPDX-License-Identifier: Apache-2.0
import { writeSync } from 'node:fs';
import { ExitCode } from '../errors/exitCodes.ts';

/** `-version` is how Go's flag package spells it. */
const VERSION_WORDS: ReadonlySet<string> = new Set(['--version', '-V', '-version']);

/** True for a command line that asks for nothing but the version. */
export function asksForVersion(argv: readonly string[]): boolean {
  return argv.length === 1 && VERSION_WORDS.has(argv[0]!);
}

/** `otel-elf/0.1.0 linux-x64 node-v20.19.0`, the form of oclif's tools. */
export function printVersion(bin: string, toolVersion: string): ExitCode {
  const { platform, arch, version } = process;
  try {
    writeSync(1, `${bin}/${toolVersion} ${platform}-${arch} node-${version}\n`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return ExitCode.io;
  }
  return ExitCode.ok;
}
