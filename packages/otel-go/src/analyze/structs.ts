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
  /** Whether code of a package is in the program. */
  readonly isLinked: (packagePath: string) => boolean;
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
  const expected = [...names].filter((name) => !known.has(name) && byTable.get(name) !== 'absent');
  const linked = expected.filter((name) => context.isLinked(packageOf(name)));
  const asked = crossCheck === true ? names : new Set(linked);
  const problem = addDwarf(elf, asked, known, unknown);
  for (const name of linked) {
    const layout = byTable.get(name);
    if (layout !== undefined && layout !== 'absent' && !known.has(name)) known.set(name, layout);
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

function tableLayouts(
  { wanted, modules, goVersion }: StructContext,
  known: ReadonlyMap<string, KnownLayout>,
): Map<string, KnownLayout | 'absent'> {
  const layouts = new Map<string, KnownLayout | 'absent'>();
  for (const struct of Object.keys(wanted.structs)) {
    if (known.has(struct)) continue;
    const layout = layoutByTable(struct, goVersion, modules);
    if (layout === 'absent') layouts.set(struct, 'absent');
    else if (layout !== undefined) layouts.set(struct, { ...layout, source: 'table' });
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
