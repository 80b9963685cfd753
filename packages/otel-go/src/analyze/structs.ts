// SPDX-License-Identifier: Apache-2.0
// Layouts of the wanted structs, each from one source: what the program itself says (its DWARF, the
// descriptors of its runtime), else the table of layouts compiled elsewhere.
import { type ElfFile, type GoPclntab, hex } from '@otelkit/core';
import { describedStructs } from './descriptors/describedStructs.ts';
import { Image } from './descriptors/image.ts';
import { findItabs } from './descriptors/itabs.ts';
import { findModuleTypes } from './descriptors/moduleTypes.ts';
import { TypeReader } from './descriptors/typeReader.ts';
import { dwarfStructs } from './dwarf/dwarfStructs.ts';
import { NameSet } from './names.ts';
import { layoutByTable } from './table/lookUp.ts';
import type {
  FunctionPlace,
  GoVersion,
  LinkedModule,
  NotUsable,
  OffsetSource,
  StructOffsets,
  WantedParts,
} from './types.ts';

export interface StructContext {
  readonly pclntab: GoPclntab;
  readonly goVersion: GoVersion;
  readonly modules: ReadonlyMap<string, LinkedModule>;
  readonly wanted: WantedParts;
  readonly functions: ReadonlyMap<string, FunctionPlace>;
  /** Whether the name of any function starts like this. */
  readonly hasPrefix: (prefix: string) => boolean;
  readonly crossCheck?: boolean;
}

export interface Layouts {
  readonly structs: ReadonlyMap<string, StructOffsets>;
  readonly unknown: readonly NotUsable[];
  readonly itabNames: ReadonlyMap<number, string>;
  readonly problems: readonly string[];
}

/** What one source knows of a struct. */
interface KnownLayout {
  readonly sizeBytes: number | undefined;
  readonly members: ReadonlyMap<string, number>;
  readonly source: OffsetSource;
  readonly origin: string;
}

/** Layouts of all wanted structs that the program has. */
export function findStructs(elf: ElfFile, context: StructContext): Layouts {
  const { wanted, crossCheck } = context;
  const names = new Set(Object.keys(wanted.structs));
  const known = new Map<string, KnownLayout>();
  const unknown: NotUsable[] = [];
  const image = new Image(elf);
  const types = findModuleTypes(image, context.pclntab);
  const reader = types === undefined ? undefined : new TypeReader(image, types);
  const described = reader === undefined ? [] : describedStructs(image, reader, names);
  for (const { name, vaddr, sizeBytes, members } of described) {
    const origin = `type descriptor at ${hex(vaddr)}`;
    known.set(name, { sizeBytes, members, source: 'types', origin });
  }
  const byTable = tableLayouts(context, known);
  const asked = crossCheck === true ? names : expectedInDwarf(context, known, byTable);
  const problem = addDwarf(elf, asked, known, unknown);
  for (const [name, layout] of byTable) {
    if (layout !== 'absent' && !known.has(name)) known.set(name, layout);
  }
  return {
    structs: chosenFields(known, wanted),
    unknown,
    itabNames:
      reader === undefined ? new Map() : findItabs(image, reader, new Set(wanted.interfaces)),
    problems: problem === undefined ? [] : [problem],
  };
}

/** `net/http` of `net/http.Request`. */
function packageOf(struct: string): string {
  return struct.slice(0, struct.lastIndexOf('.'));
}

/** Structs that are worth decompressing megabytes: there is reason to believe that they are there. */
function expectedInDwarf(
  context: StructContext,
  known: ReadonlyMap<string, KnownLayout>,
  byTable: ReadonlyMap<string, KnownLayout | 'absent'>,
): Set<string> {
  const expected = new Set<string>();
  for (const name of structsInPlay(context)) {
    if (known.has(name) || byTable.get(name) === 'absent') continue;
    const type = name.slice(name.lastIndexOf('.') + 1);
    // Without a descriptor it is never on the heap; without a method it is hardly in the code.
    const isThere = context.hasPrefix(`${packageOf(name)}.(*${type}).`);
    if (isThere) expected.add(name);
  }
  return expected;
}

/** Those that belong to a function of the program, or to none at all. */
function structsInPlay({ wanted, functions }: StructContext): Set<string> {
  const structs = new Set(Object.keys(wanted.structs));
  const groups = wanted.groups ?? [];
  for (const { structs: grouped } of groups) for (const name of grouped) structs.delete(name);
  for (const group of groups) {
    const isInPlay =
      group.functions.length === 0 || group.functions.some((name) => functions.has(name));
    if (isInPlay) for (const name of group.structs) structs.add(name);
  }
  return structs;
}

function tableLayouts(
  context: StructContext,
  known: ReadonlyMap<string, KnownLayout>,
): Map<string, KnownLayout | 'absent'> {
  const layouts = new Map<string, KnownLayout | 'absent'>();
  for (const struct of structsInPlay(context)) {
    if (known.has(struct)) continue;
    const layout = layoutByTable(struct, context.goVersion, context.modules);
    if (layout === 'absent') layouts.set(struct, 'absent');
    else if (layout !== undefined && context.hasPrefix(`${packageOf(struct)}.`)) {
      layouts.set(struct, { ...layout, source: 'table' });
    }
  }
  return layouts;
}

/** Adds what the DWARF says; gives a problem of reading it. */
function addDwarf(
  elf: ElfFile,
  names: ReadonlySet<string>,
  known: Map<string, KnownLayout>,
  unknown: NotUsable[],
): string | undefined {
  if (names.size === 0) return undefined;
  const scan = dwarfStructs(elf, new NameSet(names));
  for (const { name, sizeBytes, members, dwarfVersion } of scan.structs.values()) {
    const layout = known.get(name);
    const difference = layout === undefined ? undefined : differenceOf(members, layout.members);
    if (layout !== undefined && difference !== undefined) {
      known.delete(name);
      unknown.push({
        what: name,
        reason: `its DWARF and its ${layout.origin} differ: ${difference}`,
      });
      continue;
    }
    const alike = layout === undefined ? '' : `, as the ${layout.origin}`;
    const origin = `DWARF ${dwarfVersion}${alike}`;
    known.set(name, { sizeBytes, members, source: 'dwarf', origin });
  }
  return scan.problem;
}

function chosenFields(
  known: ReadonlyMap<string, KnownLayout>,
  wanted: WantedParts,
): Map<string, StructOffsets> {
  const structs = new Map<string, StructOffsets>();
  for (const [struct, { sizeBytes, source, origin, members }] of known) {
    const fields = new Map<string, number>();
    for (const field of wanted.structs[struct] ?? []) {
      const offset = members.get(field);
      if (offset !== undefined) fields.set(field, offset);
    }
    structs.set(struct, { struct, source, origin, sizeBytes, fields });
  }
  return structs;
}

/** In words, the first field that two layouts of a struct do not agree on. */
function differenceOf(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
): string | undefined {
  for (const [field, offset] of a) {
    const other = b.get(field);
    if (other !== offset) return `${field} at ${offset} and at ${other ?? 'no place'}`;
  }
  return undefined;
}
