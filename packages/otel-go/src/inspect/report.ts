// SPDX-License-Identifier: Apache-2.0
// What probes would find in one program, library by library, and why where they would not fit.
import type { GoLibrary, GoProblem, GoSite } from '@otelkit/bpf-client';
import { type GoAnalysis, splitField } from '../analyze/index.ts';

export interface ProbeReport {
  readonly function: string;
  readonly role: string;
  /** `push`, `jcc`, `ret`: the instruction that the probe replaces. */
  readonly instruction: string;
  readonly vaddr: string;
  readonly fileOffset: number;
  /** True: about 1 µs a hit; false: it is single-stepped, some 12 µs under virtualisation. */
  readonly isEmulated: boolean;
}

export interface OffsetReport {
  readonly field: string;
  /** null: this version has no such field, or its struct is not known. */
  readonly offset: number | null;
  readonly source: 'dwarf' | 'types' | 'table' | null;
  readonly origin: string | null;
  readonly isRequired: boolean;
}

export interface LibraryReport {
  readonly name: string;
  readonly module: string;
  readonly version: string | null;
  readonly verdict: 'instrumented' | 'not-instrumented' | 'not-linked';
  /** Why not; null where it is. */
  readonly because: string | null;
  readonly probes: readonly ProbeReport[];
  readonly offsets: readonly OffsetReport[];
}

/** One program; the JSON of `inspect`. */
export interface InspectReport {
  readonly path: string;
  readonly isGo: boolean;
  /** Why nothing can be said; null for a program that was analysed. */
  readonly problem: string | null;
  readonly goVersion: string | null;
  readonly machine: string | null;
  readonly mainPackage: string | null;
  readonly isPositionIndependent: boolean;
  readonly isStripped: boolean;
  readonly hasDwarf: boolean;
  readonly hasCgo: boolean;
  readonly maps: 'swiss' | 'buckets' | null;
  readonly functionCount: number;
  readonly modules: Readonly<Record<string, string>>;
  readonly libraries: readonly LibraryReport[];
  readonly sqlDrivers: Readonly<Record<string, string>>;
  readonly ownInstrumentation: GoAnalysis['ownInstrumentation'];
  /** Damage in the file, and layouts that do not agree. */
  readonly problems: readonly string[];
}

/** What all libraries need stands under this name in the catalogue. */
export const RUNTIME_LIBRARY = 'runtime';

export function emptyReport(path: string, problem: string, isGo: boolean): InspectReport {
  return {
    path,
    isGo,
    problem,
    goVersion: null,
    machine: null,
    mainPackage: null,
    isPositionIndependent: false,
    isStripped: false,
    hasDwarf: false,
    hasCgo: false,
    maps: null,
    functionCount: 0,
    modules: {},
    libraries: [],
    sqlDrivers: {},
    ownInstrumentation: [],
    problems: [],
  };
}

/**
 * Joins what the program says with what the decoder of its code says.
 * @param path as the user called it
 */
export function inspectReport(
  path: string,
  analysis: GoAnalysis,
  libraries: readonly GoLibrary[],
  decoded: { readonly sites: readonly GoSite[]; readonly problems: readonly GoProblem[] },
): InspectReport {
  const runtime = libraries.find(({ name }) => name === RUNTIME_LIBRARY);
  return {
    path,
    isGo: true,
    problem: null,
    goVersion: analysis.goVersion.text,
    machine: analysis.machine,
    mainPackage: analysis.mainPackage ?? null,
    isPositionIndependent: analysis.isPositionIndependent,
    isStripped: !analysis.hasSymbols,
    hasDwarf: analysis.hasDwarf,
    hasCgo: analysis.hasCgo,
    maps: analysis.hasSwissMaps ? 'swiss' : 'buckets',
    functionCount: analysis.functionCount,
    modules: Object.fromEntries([...analysis.modules.values()].map((m) => [m.path, m.version])),
    libraries: libraries.map((library) => libraryReport(library, runtime, analysis, decoded)),
    sqlDrivers: Object.fromEntries(analysis.sqlDrivers),
    ownInstrumentation: analysis.ownInstrumentation,
    problems: [
      ...analysis.problems,
      ...analysis.unknownStructs.map(({ what, reason }) => `${what}: ${reason}`),
    ],
  };
}

function libraryReport(
  library: GoLibrary,
  runtime: GoLibrary | undefined,
  analysis: GoAnalysis,
  decoded: { readonly sites: readonly GoSite[]; readonly problems: readonly GoProblem[] },
): LibraryReport {
  const { name, module } = library;
  const version =
    module === 'std' ? analysis.goVersion.text : analysis.modules.get(module)?.version;
  const offsets = library.fields.map((field) => offsetReport(field, analysis));
  const base = { name, module, version: version ?? null, offsets };
  const isLinked =
    library.functions.length === 0 ||
    library.functions.some((wanted) => analysis.functions.has(wanted.name));
  if (!isLinked) {
    const because =
      version === undefined ? 'the program does not have it' : 'none of its functions is linked in';
    return { ...base, verdict: 'not-linked', because, probes: [], offsets: [] };
  }
  const probes = decoded.sites.filter((site) => site.library === name).map(probeReport);
  const because =
    missingFunction(library, analysis) ??
    missingField(library, analysis) ??
    (runtime === undefined ? undefined : missingField(runtime, analysis)) ??
    decoded.problems.find((problem) => problem.library === name && !isLater(problem))?.message;
  if (because !== undefined) return { ...base, verdict: 'not-instrumented', because, probes };
  return { ...base, verdict: 'instrumented', because: null, probes };
}

/** Sites are decoded without offsets here: what the decoder says of fields is said better above. */
function isLater({ code }: GoProblem): boolean {
  return code === 'NO_FIELD' || code === 'NO_FUNCTION';
}

function probeReport(site: GoSite): ProbeReport {
  const { role, kind, vaddr, fileOffset, emulated } = site;
  return {
    function: site.function,
    role,
    instruction: kind,
    vaddr: `0x${vaddr.toString(16)}`,
    fileOffset,
    isEmulated: emulated,
  };
}

function offsetReport(
  field: { readonly name: string; readonly optional?: boolean },
  analysis: GoAnalysis,
): OffsetReport {
  const parts = splitField(field.name);
  const known = parts === undefined ? undefined : analysis.structs.get(parts.struct);
  const offset = parts === undefined ? undefined : known?.fields.get(parts.field);
  return {
    field: field.name,
    offset: offset ?? null,
    source: known?.source ?? null,
    origin: known?.origin ?? null,
    isRequired: field.optional !== true,
  };
}

/** In words, the first required function that the program lacks. */
export function missingFunction(library: GoLibrary, analysis: GoAnalysis): string | undefined {
  const groups = new Map<string, string[]>();
  for (const { name, optional, anyOf } of library.functions) {
    if (anyOf !== undefined) {
      const group = groups.get(anyOf) ?? [];
      groups.set(anyOf, [...group, name]);
    } else if (optional !== true && !analysis.functions.has(name)) {
      return `${name} is not in the program: another version's layout, or inlined away`;
    }
  }
  for (const names of groups.values()) {
    if (names.some((name) => analysis.functions.has(name))) continue;
    return `none of ${names.join(', ')} is in the program`;
  }
  return undefined;
}

/** In words, the first required field whose offset is not known. */
export function missingField(library: GoLibrary, analysis: GoAnalysis): string | undefined {
  for (const { name, optional } of library.fields) {
    const parts = splitField(name);
    if (optional === true || parts === undefined) continue;
    const known = analysis.structs.get(parts.struct);
    if (known?.fields.has(parts.field) === true) continue;
    if (known !== undefined) return `${parts.struct} has no field ${parts.field} (${known.origin})`;
    const told = analysis.unknownStructs.find(({ what }) => what === parts.struct);
    const why = told?.reason ?? unknownReason(analysis);
    return `the layout of ${parts.struct} is not known: ${why}`;
  }
  return undefined;
}

function unknownReason(analysis: GoAnalysis): string {
  const dwarf = analysis.hasDwarf ? 'its DWARF does not have it' : 'it has no DWARF';
  return `no type descriptor in the program, ${dwarf}, and the table does not know this version`;
}
