// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { ToolError } from '@otelkit/cli-kit';
import type { Targets } from '../processes/targets.ts';

/** What the flags of `targetFlags` hold. */
export interface TargetFlagValues {
  readonly pid: readonly number[];
  readonly container: readonly string[];
  readonly cgroup: readonly string[];
  readonly user: readonly string[];
  readonly process: readonly string[];
}

/** @throws ToolError (exit 2) for a user that does not exist */
export function targetsOf(flags: TargetFlagValues): Targets {
  const { pid, container, cgroup, user, process } = flags;
  return {
    pids: new Set(pid),
    containers: container,
    cgroups: cgroup,
    uids: user.map(uidOf),
    processes: process,
  };
}

function uidOf(user: string): number {
  if (/^\d{1,10}$/.test(user)) return Number(user);
  const line = readPasswd().find((entry) => entry.startsWith(`${user}:`));
  const uid = line?.split(':')[2];
  if (uid === undefined || !/^\d{1,10}$/.test(uid)) {
    throw new ToolError(`--user ${user}: there is no such user in /etc/passwd`, {
      code: 'USER_UNKNOWN',
      exitCode: 2,
      hint: 'give the number of the user',
    });
  }
  return Number(uid);
}

function readPasswd(): string[] {
  try {
    return readFileSync('/etc/passwd', 'utf8').split('\n');
  } catch {
    return [];
  }
}
