// SPDX-License-Identifier: Apache-2.0
// Layouts of structs that were compiled elsewhere, for programs that say nothing of their own.
// Made by native/go-offsets. Versions are intervals: between two versions that were compiled and
// have the same layout, every version has it; where they differ, what lies between is not known.
import { inflateRawSync } from 'node:zlib';
import { compareVersions } from '../goVersion.ts';
import { ANALYZE_LIMITS } from '../limits.ts';
import type { GoVersion, LinkedModule } from '../types.ts';
import { LAYOUT_DATA } from './layoutData.ts';

/** The JSON in layoutData.ts. */
export interface LayoutTable {
  readonly modules: Readonly<Record<string, ModuleLayouts>>;
}

export interface ModuleLayouts {
  /** Those that were compiled, ascending; of Go as `1.26.8`. */
  readonly versions: readonly string[];
  readonly structs: Readonly<Record<string, StructRuns>>;
}

/** `runs`: from the version of this index on, the layout of that index; -1: no such struct. */
export interface StructRuns {
  /** `304 Method:0 URL:16 …`: size, then fields. */
  readonly layouts: readonly string[];
  readonly runs: readonly (readonly [number, number])[];
}

export interface TableLayout {
  readonly sizeBytes: number;
  readonly members: ReadonlyMap<string, number>;
  readonly origin: string;
}

let parsed: LayoutTable | undefined;

/** The table that is shipped. */
export function layoutTable(): LayoutTable {
  if (parsed === undefined) {
    const packed = Buffer.from(LAYOUT_DATA, 'base64');
    const maxOutputLength = ANALYZE_LIMITS.tableBytes;
    parsed = JSON.parse(inflateRawSync(packed, { maxOutputLength }).toString()) as LayoutTable;
  }
  return parsed;
}

/**
 * The layout of a struct in these versions; `absent` where these versions have no such struct;
 * undefined where the table cannot tell.
 */
export function layoutByTable(
  struct: string,
  goVersion: GoVersion,
  modules: ReadonlyMap<string, LinkedModule>,
  table: LayoutTable = layoutTable(),
): TableLayout | 'absent' | undefined {
  const packagePath = struct.slice(0, struct.lastIndexOf('.'));
  const modulePath = moduleOf(packagePath, table);
  if (modulePath === undefined) return undefined;
  const layouts = table.modules[modulePath]!;
  const runs = layouts.structs[struct];
  const module = modules.get(modulePath);
  // A fork has versions of its own.
  if (module?.isReplaced === true) return undefined;
  const version = modulePath === 'std' ? releaseOf(goVersion) : module?.version;
  if (runs === undefined || version === undefined) return undefined;
  return layoutAt(runs, layouts.versions, version, modulePath);
}

const RELEASED = /^go\d+\.\d+(\.\d+|rc\d+)?$/;

/**
 * `1.26.8`, `1.27.0-rc1`; undefined for what was never released, was configured otherwise, or bears
 * the name of somebody who changed it.
 */
function releaseOf(version: GoVersion): string | undefined {
  if (!RELEASED.test(version.text)) return undefined;
  const { major, minor, patch, prerelease } = version;
  return prerelease === '' ? `${major}.${minor}.${patch}` : `${major}.${minor}.0-${prerelease}`;
}

function moduleOf(packagePath: string, table: LayoutTable): string | undefined {
  const path = packagePath.replaceAll('%2e', '.');
  let best: string | undefined;
  for (const module of Object.keys(table.modules)) {
    const isInside = path === module || path.startsWith(`${module}/`);
    if (isInside && (best === undefined || module.length > best.length)) best = module;
  }
  const isStandard = !path.split('/', 1)[0]!.includes('.');
  return best ?? (isStandard && table.modules['std'] !== undefined ? 'std' : undefined);
}

function layoutAt(
  { layouts, runs }: StructRuns,
  versions: readonly string[],
  version: string,
  modulePath: string,
): TableLayout | 'absent' | undefined {
  // A replaced module without a version, and commits between releases, are nothing known.
  if (!/^v?\d/.test(version) || isPseudo(version)) return undefined;
  const upper = versions.findIndex((known) => compareVersions(known, version) >= 0);
  // Newer than all that were compiled, or older: nobody knows.
  if (upper < 0) return undefined;
  const isExact = compareVersions(versions[upper]!, version) === 0;
  const index = runAt(runs, upper);
  if (!isExact && (upper === 0 || runAt(runs, upper - 1) !== index)) return undefined;
  if (index === undefined) return undefined;
  if (index < 0) return 'absent';
  const [size = '', ...fields] = layouts[index]!.split(' ');
  const members = new Map<string, number>();
  for (const field of fields) {
    const colon = field.lastIndexOf(':');
    members.set(field.slice(0, colon), Number(field.slice(colon + 1)));
  }
  const origin = `table: ${modulePath === 'std' ? 'Go' : modulePath} ${version}`;
  return { sizeBytes: Number(size), members, origin };
}

/** `v0.0.0-20241015192408-796eee8c2d53`, `v1.2.4-0.2024…`: a commit, between two releases. */
function isPseudo(version: string): boolean {
  return /[-.]\d{14}-[0-9a-f]{12}/.test(version);
}

/** The layout's index of the version of this index. */
function runAt(runs: StructRuns['runs'], index: number): number | undefined {
  let layout: number | undefined;
  for (const [first, which] of runs) {
    if (first > index) break;
    layout = which;
  }
  return layout;
}
