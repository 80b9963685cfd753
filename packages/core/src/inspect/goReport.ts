// SPDX-License-Identifier: Apache-2.0
import type { GoBuildInfo } from '../go/buildInfo.ts';
import type { GoModule } from '../go/moduleInfo.ts';

/** Go build information as the JSON documents show it. */
export interface GoReport {
  readonly goVersion: string;
  readonly path: string | null;
  readonly main: GoModule | null;
  readonly deps: readonly GoModule[];
  readonly settings: Readonly<Record<string, string>>;
}

export function goReport(info: GoBuildInfo): GoReport {
  return {
    goVersion: info.goVersion,
    path: info.path ?? null,
    main: info.main ?? null,
    deps: info.deps,
    settings: Object.fromEntries(info.settings),
  };
}
