// SPDX-License-Identifier: Apache-2.0
// The environment that a command typed now would get, byte for byte: what the kernel gave to this
// process. `process.env` would spoil bytes that are no UTF-8, and miss entries without a name.
import { ProcError, ProcFs } from '@otelkit/core';
import type { ByteText } from '../../config/byteText.ts';
import { INJECT_LIMITS } from '../../config/limits.ts';
import { Environment } from '../predict/environment.ts';

/** Entries of `/proc/self/environ`, or of another process. @throws ProcError */
export function initialEnvironment(fs: ProcFs, pid: number): ByteText[] {
  return splitEntries(fs.read(pid, 'environ', MAX_BYTES).bytes);
}

/** Our own; empty without /proc. */
export function ownEnvironment(): ByteText[] {
  try {
    return initialEnvironment(new ProcFs(), process.pid);
  } catch (error) {
    if (error instanceof ProcError) return [];
    throw error;
  }
}

// The kernel allows a quarter of the stack limit for arguments and environment, 6 MiB at most.
const MAX_BYTES = 8 * 1_048_576;

/** NUL-terminated strings; empty ones that programs leave behind are dropped at the end. */
export function splitEntries(bytes: Buffer): ByteText[] {
  const entries = bytes.toString('latin1').split('\0');
  while (entries.at(-1) === '') entries.pop();
  return entries.slice(0, INJECT_LIMITS.envEntries);
}

/** With other configuration files than the installed ones. */
export function withConfigFile(entries: readonly ByteText[], file: ByteText): ByteText[] {
  const env = new Environment(entries);
  env.set('OTEL_INJECTOR_CONFIG_FILE', file);
  return env.entries;
}
