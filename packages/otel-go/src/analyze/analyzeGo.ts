// SPDX-License-Identifier: Apache-2.0
import {
  type ElfFile,
  ET,
  type GoBuildInfo,
  type GoModule,
  type GoPclntab,
  machineName,
  openGoPclntab,
  PT,
  readGoBuildInfo,
} from '@otelkit/core';
import { hasDwarf } from './dwarf/dwarfStructs.ts';
import { findFunctions, NameTable } from './functions.ts';
import { isAtLeast, parseGoVersion } from './goVersion.ts';
import { NameSet } from './names.ts';
import { ownInstrumentation } from './ownInstrumentation.ts';
import { linkedSqlDrivers } from './sqlDrivers.ts';
import { findStructs } from './structs.ts';
import type { FunctionPlace, GoAnalysis, LinkedModule, WantedParts } from './types.ts';

const MACHINES: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };

/** A function that only programs with Go 1.24's maps have. */
const SWISS_MAPS = 'internal/runtime/maps.(*Map).';

export interface AnalyzeOptions {
  /**
   * Reads every struct from the DWARF too and compares it with its type descriptor. Without, DWARF
   * is read only where a descriptor is missing: both are the program's own and say the same, and
   * megabytes need not be decompressed before the first span.
   */
  readonly crossCheck?: boolean;
}

/** Why a file cannot be analysed, in words. */
export interface NoAnalysis {
  readonly path: string;
  readonly reason: string;
  readonly problems: readonly string[];
}

/**
 * All that probes must know of one executable. Nothing of it is run, and no right but to read the
 * file is needed. Where it is no Go program, or its tables are damaged, says why.
 * @throws InputError `io`
 */
export function analyzeGo(
  elf: ElfFile,
  wanted: WantedParts,
  options: AnalyzeOptions = {},
): GoAnalysis | NoAnalysis {
  const info = readGoBuildInfo(elf);
  const pclntab = openGoPclntab(elf);
  if (pclntab === undefined) {
    const what = info === undefined ? 'is not a Go program' : 'has no readable function table';
    return { path: elf.source.path, reason: what, problems: problemsOf(elf) };
  }
  if (info === undefined) {
    const reason = 'tells no version of Go (older than 1.13, or its build information is damaged)';
    return { path: elf.source.path, reason, problems: problemsOf(elf) };
  }
  const reason = unsupportedReason(elf, info);
  if (reason !== undefined) return { path: elf.source.path, reason, problems: problemsOf(elf) };
  return analyze(elf, info, pclntab, wanted, options);
}

/** Type descriptors have their layout, and functions their calling convention, since Go 1.19. */
const OLDEST_MINOR = 19;

function unsupportedReason(elf: ElfFile, info: GoBuildInfo): string | undefined {
  const machine = machineName(elf.header.machine);
  if (MACHINES[machine] === undefined)
    return `is a Go program for ${machine}: amd64 and arm64 can be traced`;
  const version = parseGoVersion(info.goVersion);
  if (version.major === 0 || isAtLeast(version, OLDEST_MINOR)) return undefined;
  return `was built by ${info.goVersion}: Go 1.${OLDEST_MINOR} and later can be traced`;
}

export function isAnalysis(result: GoAnalysis | NoAnalysis): result is GoAnalysis {
  return 'goVersion' in result;
}

function analyze(
  elf: ElfFile,
  info: GoBuildInfo,
  pclntab: GoPclntab,
  wanted: WantedParts,
  options: AnalyzeOptions,
): GoAnalysis {
  const names = new NameTable(elf, pclntab.header);
  const functions: Map<string, FunctionPlace> = findFunctions(
    elf,
    pclntab,
    names,
    new NameSet(wanted.functions),
  );
  const goVersion = parseGoVersion(info.goVersion);
  const modules = modulesOf(info);
  const hasPrefix = (prefix: string): boolean => names.hasPrefix(prefix);
  const context = { pclntab, goVersion, modules, wanted, functions, hasPrefix, ...options };
  const layout = findStructs(elf, context);
  const machine = machineName(elf.header.machine);
  return {
    path: elf.source.path,
    goVersion,
    machine: MACHINES[machine] ?? machine,
    mainPackage: info.path,
    modules,
    settings: info.settings,
    isPositionIndependent: elf.header.elfType === ET.DYN,
    linkedAt: linkedAt(elf),
    hasDwarf: hasDwarf(elf),
    hasSymbols: elf.section('.symtab') !== undefined,
    hasCgo: info.settings.get('CGO_ENABLED') === '1' && names.hasPrefix('runtime/cgo.'),
    hasSwissMaps: names.hasPrefix(SWISS_MAPS),
    functionCount: pclntab.functionCount,
    functions,
    structs: layout.structs,
    unknownStructs: layout.unknown,
    itabNames: layout.itabNames,
    sqlDrivers: linkedSqlDrivers(modules, names),
    ownInstrumentation: ownInstrumentation(modules, names),
    problems: [...problemsOf(elf), ...layout.problems],
  };
}

/** What Go's own linker makes position independent begins at 0x400000, what others make at 0. */
export function linkedAt(elf: ElfFile): number {
  const first = elf.segments(PT.LOAD).find(({ fileOffset }) => fileOffset === 0);
  return Number(first?.vaddr ?? 0);
}

function modulesOf(info: GoBuildInfo): ReadonlyMap<string, LinkedModule> {
  const modules = new Map<string, LinkedModule>();
  const add = (module: GoModule): void => {
    const { path, replace } = module;
    const version = replace?.version ?? module.version;
    modules.set(path, { path, version, isReplaced: replace !== undefined });
  };
  for (const module of info.deps) add(module);
  if (info.main !== undefined) add(info.main);
  return modules;
}

function problemsOf(elf: ElfFile): string[] {
  return elf.diagnostics.list.map(({ field, message }) => `${field}: ${message}`);
}
