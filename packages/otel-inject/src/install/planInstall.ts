// SPDX-License-Identifier: Apache-2.0
import type { Layout } from '../layout/paths.ts';
import type { FoundLibrary } from '../library/find.ts';
import { PlanBuilder } from '../plan/planBuilder.ts';
import { readReceipt } from '../plan/receipt.ts';
import type { Plan } from '../plan/types.ts';
import { version } from '../version.ts';
import { planConfig, type RuntimeName, runtimesDropIn } from './configFiles.ts';
import { planLdPreload } from './ldPreload.ts';
import { planLibrary } from './libraryFiles.ts';

export type InstallMode = 'ld-preload' | 'systemd' | 'user' | 'session';

export interface InstallOptions {
  readonly layout: Layout;
  readonly mode: InstallMode;
  /** With `systemd`: these units alone; all services when empty. */
  readonly units: readonly string[];
  /** Only these; all that have an agent when empty. */
  readonly runtimes: readonly RuntimeName[];
  readonly found: FoundLibrary;
  readonly arch: string;
}

export interface InstallPlan extends Plan {
  /** What preload lists name. */
  readonly entry: string;
}

/**
 * Compares the installation that is wanted with what is there.
 * @throws ToolError for files in the way; InputError for a library that is none
 */
export function planInstall(options: InstallOptions): InstallPlan {
  const { layout, mode, runtimes, found, arch } = options;
  const receipt = readReceipt(layout);
  const builder = new PlanBuilder(layout, receipt);
  const { entry } = planLibrary(builder, found, arch);
  planConfig(builder, runtimes);
  planMode(builder, entry, options);
  builder.keepKnown(({ path }) => path !== runtimesDropIn(layout));
  const modes = new Set([...(receipt?.modes ?? []), mode]);
  const plan = builder.finish({
    tool: version,
    installedAt: receipt?.installedAt ?? new Date().toISOString(),
    modes: [...modes].sort(),
    preloadEntry: entry,
  });
  return { ...plan, entry };
}

function planMode(builder: PlanBuilder, entry: string, { mode }: InstallOptions): void {
  if (mode === 'ld-preload') planLdPreload(builder, entry);
}
