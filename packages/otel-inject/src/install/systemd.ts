// SPDX-License-Identifier: Apache-2.0
// `--mode systemd`: LD_PRELOAD for all services by the manager's default environment, or for the
// units named by a drop-in each.
import { ToolError } from '@otelkit/cli-kit';
import { isOwnEntry, type Layout } from '../layout/paths.ts';
import type { PlanBuilder } from '../plan/planBuilder.ts';
import { hasMark } from './configFiles.ts';
import { MARK } from './mark.ts';
import { hasUnitFile, managerPreload, type OtherPreload, unitPreload } from './systemdUnits.ts';

export const DROP_IN_NAME = 'otel-inject.conf';
const MANAGER_DROP_IN = `/etc/systemd/system.conf.d/${DROP_IN_NAME}`;
const DROP_IN_MODE = 0o644;

/** Plans one drop-in for the manager, or one for each unit. */
export function planSystemd(builder: PlanBuilder, entry: string, units: readonly string[]): void {
  const { layout } = builder;
  if (units.length === 0) {
    const other = managerPreload(layout.root, DROP_IN_NAME);
    const assignment = `DefaultEnvironment=${preloadWord(layout, other, entry)}`;
    planDropIn(builder, MANAGER_DROP_IN, 'Manager', assignment, 'all services', other);
    builder.notes.push(
      'a service that sets LD_PRELOAD itself keeps only its own value: name it with --unit',
    );
    return;
  }
  for (const unit of units.map(unitName)) {
    if (!hasUnitFile(layout.root, unit)) throw noSuchUnit(unit);
    const other = unitPreload(layout.root, unit, DROP_IN_NAME);
    const assignment = `Environment=${preloadWord(layout, other, entry)}`;
    const path = `/etc/systemd/system/${unit}.d/${DROP_IN_NAME}`;
    planDropIn(builder, path, 'Service', assignment, unit, other);
  }
}

/** The name with its suffix. @throws ToolError `UNIT_NAME` (exit 2) */
export function unitName(given: string): string {
  const name = given.includes('.') ? given : `${given}.service`;
  if (/^[\w:@\\.-]{1,255}$/.test(name) && name.endsWith('.service') && !name.includes('..')) {
    return name;
  }
  throw new ToolError(`${given} is no name of a service`, {
    code: 'UNIT_NAME',
    exitCode: 2,
    expected: 'for example shop.service or worker@1.service',
  });
}

function planDropIn(
  builder: PlanBuilder,
  path: string,
  section: string,
  assignment: string,
  subject: string,
  { value, overriddenBy }: OtherPreload,
): void {
  const bytes = Buffer.from(`${MARK}\n[${section}]\n${assignment}\n`);
  builder.file({
    path,
    role: 'activation',
    bytes,
    mode: DROP_IN_MODE,
    why: `${subject} started from now on: loads the library`,
    installMode: 'systemd',
    isText: true,
    isOurs: hasMark,
  });
  if (value !== undefined) builder.notes.push(`${subject}: keeps LD_PRELOAD=${value} beside ours`);
  if (overriddenBy === undefined) return;
  builder.notes.push(`${overriddenBy} sets LD_PRELOAD after ours and wins: take it out there`);
}

/** Ours at the end: what was there keeps its precedence. */
function preloadWord(layout: Layout, { value }: OtherPreload, entry: string): string {
  const others = (value ?? '')
    .split(/[\s:]+/)
    .filter((word) => word !== '' && !isOwnEntry(layout, word));
  const quoted = `LD_PRELOAD=${[...others, entry].join(':')}`.replace(/["\\]/g, '\\$&');
  return `"${quoted}"`;
}

function noSuchUnit(unit: string): ToolError {
  return new ToolError(`there is no unit ${unit}`, {
    code: 'UNIT_MISSING',
    exitCode: 4,
    path: `/etc/systemd/system/${unit}`,
    hint: 'see `systemctl list-unit-files --type=service`',
  });
}
