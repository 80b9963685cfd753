// SPDX-License-Identifier: Apache-2.0
// The service manager keeps what it has read until it is told.
import { existsSync } from 'node:fs';
import { ToolError } from '@otelkit/cli-kit';
import { runHelper } from './hostProgram.ts';
import type { Step, StepOutcome } from './steps.ts';
import type { Plan } from './types.ts';

/** sd_booted(3). */
export function hasSystemd(): boolean {
  return existsSync('/run/systemd/system');
}

/** Whether this host's systemd reads a file that the plan changes. */
export function concernsSystemd({ layout, operations }: Plan): boolean {
  return layout.root === '/' && operations.some(({ path }) => path.startsWith('/etc/systemd/'));
}

export function reloadSystemd(): void {
  if (hasSystemd()) runHelper('systemctl', ['daemon-reload']);
}

/** @param isNeeded a failure undoes the change; else it is only said */
export function reloadStep(isNeeded: boolean): Step {
  return { id: 'reload', title: 'Tell systemd', run: () => reload(isNeeded) };
}

function reload(isNeeded: boolean): StepOutcome {
  if (!hasSystemd()) return { status: 'skipped', detail: 'systemd does not run here' };
  const { status, stderr } = runHelper('systemctl', ['daemon-reload']);
  if (status === 0) return { detail: 'systemctl daemon-reload' };
  const message = `systemctl daemon-reload failed: ${stderr.trim().slice(0, 200)}`;
  const hint = 'see `systemctl status` and the journal';
  if (isNeeded) throw new ToolError(message, { code: 'RELOAD_FAILED', hint });
  return { status: 'skipped', detail: `${message}; services see no change until it is done` };
}
