// SPDX-License-Identifier: Apache-2.0
import { release } from 'node:os';
import { attempt, ProcFs } from '../../proc/procFs.ts';
import { parseStatus } from '../../proc/status.ts';
import { ENVIRONMENT_CHECKS } from './environment.ts';
import { KERNEL_CHECKS } from './kernel.ts';
import type { HostCheck, HostInput, HostQuestion } from './types.ts';

/** All checks, in the order in which people read them. Tools add their own. */
export const HOST_CHECKS: readonly HostQuestion[] = [...KERNEL_CHECKS, ...ENVIRONMENT_CHECKS];

/** Looks at this host; changes nothing. */
export function checkHost(
  input: HostInput = hostInput(),
  checks: readonly HostQuestion[] = HOST_CHECKS,
): HostCheck[] {
  return checks.map((check) => check(input));
}

/** Where checks look on a live host. */
export function hostInput(fs: ProcFs = new ProcFs()): HostInput {
  const missing = {};
  const status = attempt(missing, 'status', () => parseStatus(fs.readHost('self/status').bytes));
  return {
    fs,
    sysRoot: '/sys',
    root: '',
    kernelRelease: release(),
    nodeVersion: process.version,
    capabilities: status?.effectiveCapabilities ?? 0n,
  };
}
