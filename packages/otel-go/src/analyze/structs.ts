// SPDX-License-Identifier: Apache-2.0
// Layouts of the wanted structs, each from one source: the program's DWARF, else the descriptors
// of its runtime, else the table of layouts compiled elsewhere.
import { type ElfFile, type GoPclntab, hex } from '@otelkit/core';
import { describedStructs } from './descriptors/describedStructs.ts';
import { Image } from './descriptors/image.ts';
import { findItabs } from './descriptors/itabs.ts';
import { findModuleTypes } from './descriptors/moduleTypes.ts';
import { TypeReader } from './descriptors/typeReader.ts';
import { dwarfStructs } from './dwarf/dwarfStructs.ts';
import { NameSet } from './names.ts';
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
}

export interface Layouts {
  readonly structs: ReadonlyMap<string, StructOffsets>;
  readonly unknown: readonly NotUsable[];
  readonly itabs: ReadonlyMap<string, number>;
  readonly problems: readonly string[];
}

/** What one source knows of a struct. */
export interface KnownLayout {
  readonly sizeBytes: number | undefined;
  readonly members: ReadonlyMap<string, number>;
  readonly source: OffsetSource;
  readonly origin: string;
}

/** Layouts of all wanted structs that one source agrees on with the others. */
export function findStructs(elf: ElfFile, context: StructContext): Layouts {
  const { wanted } = context;
  const names = new Set(Object.keys(wanted.structs));
  const known = new Map<string, KnownLayout>();
  const unknown: NotUsable[] = [];
  const scan = dwarfStructs(elf, new NameSet(names));
  for (const { name, sizeBytes, members, dwarfVersion } of scan.structs.values()) {
    known.set(name, { sizeBytes, members, source: 'dwarf', origin: `DWARF ${dwarfVersion}` });
  }
  const image = new Image(elf);
  const types = findModuleTypes(image, context.pclntab);
  const reader = types === undefined ? undefined : new TypeReader(image, types);
  const described = reader === undefined ? [] : describedStructs(image, reader, names);
  for (const { name, vaddr, sizeBytes, members } of described) {
    const layout = known.get(name);
    const difference = layout === undefined ? undefined : differenceOf(layout.members, members);
    const origin = `type descriptor at ${hex(vaddr)}`;
    if (layout === undefined) known.set(name, { sizeBytes, members, source: 'types', origin });
    if (difference !== undefined) {
      known.delete(name);
      unknown.push({ what: name, reason: `its DWARF and its ${origin} differ: ${difference}` });
    }
  }
  const problems = scan.problem === undefined ? [] : [scan.problem];
  const interfaces = new Set(wanted.interfaces);
  return {
    structs: chosenFields(known, wanted),
    unknown,
    itabs: reader === undefined ? new Map() : findItabs(image, reader, interfaces),
    problems,
  };
}

function chosenFields(
  known: ReadonlyMap<string, KnownLayout>,
  wanted: WantedParts,
): Map<string, StructOffsets> {
  const structs = new Map<string, StructOffsets>();
  for (const [struct, { sizeBytes, source, origin, members }] of known) {
    const fields = fieldsOf(members, wanted.structs[struct] ?? []);
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

function fieldsOf(
  members: ReadonlyMap<string, number>,
  wanted: readonly string[],
): ReadonlyMap<string, number> {
  const fields = new Map<string, number>();
  for (const field of wanted) {
    const offset = members.get(field);
    if (offset !== undefined) fields.set(field, offset);
  }
  return fields;
}
