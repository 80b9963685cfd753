// SPDX-License-Identifier: Apache-2.0
import type { Layout } from '../layout/paths.ts';
import type { FoundLibrary } from '../library/find.ts';
import { PlanBuilder } from '../plan/planBuilder.ts';
import { readReceipt } from '../plan/receipt.ts';
import type { Plan } from '../plan/types.ts';
import { version } from '../version.ts';
import { type Account, planSession, planUser } from './account.ts';
import { planConfig, type RuntimeName, runtimesDropIn } from './configFiles.ts';
import { planLdPreload } from './ldPreload.ts';
import { planLibrary } from './libraryFiles.ts';
import { planSystemd } from './systemd.ts';

export type InstallMode = 'ld-preload' | 'systemd' | 'user' | 'session' | 'files';

export interface InstallOptions {
  readonly layout: Layout;
  readonly mode: InstallMode;
  /** With `systemd`: these units alone; all services when empty. */
  readonly units: readonly string[];
  /** Only these; all that have an agent when empty. */
  readonly runtimes: readonly RuntimeName[];
  readonly found: FoundLibrary;
  readonly arch: string;
  /** Whose files `user` and `session` change. */
  readonly account: Account;
}

export interface InstallPlan extends Plan {
  /** What preload lists name. */
  readonly entry: string;
  /** Installed path of the stub for 32-bit programs. */
  readonly stub32: string | undefined;
}

/**
 * Compares the installation that is wanted with what is there.
 * @throws ToolError for files in the way; InputError for a library that is none
 */
export function planInstall(
  options: InstallOptions,
  createdParents: readonly string[] = [],
): InstallPlan {
  const { layout, mode, runtimes, found, arch } = options;
  const receipt = readReceipt(layout);
  const builder = new PlanBuilder(layout, receipt);
  const { entry, stub32 } = planLibrary(builder, found, arch);
  planConfig(builder, runtimes);
  planMode(builder, entry, options);
  builder.keepKnown(({ path }) => path !== runtimesDropIn(layout));
  const modes = new Set([...(receipt?.modes ?? []), mode]);
  const stateParents = [...createdParents, ...(receipt?.stateParents ?? [])];
  const plan = builder.finish({
    tool: version,
    installedAt: receipt?.installedAt ?? new Date().toISOString(),
    modes: [...modes].sort(),
    preloadEntry: entry,
    ...(stateParents.length > 0 && { stateParents }),
  });
  return { ...plan, entry, stub32 };
}

function planMode(
  builder: PlanBuilder,
  entry: string,
  { mode, units, account }: InstallOptions,
): void {
  if (mode === 'ld-preload') planLdPreload(builder, entry);
  else if (mode === 'systemd') planSystemd(builder, entry, units);
  else if (mode === 'user') planUser(builder, entry, account);
  else if (mode === 'session') planSession(builder, entry, account);
  else builder.notes.push(`nothing loads the library yet: ${entry}`);
}
