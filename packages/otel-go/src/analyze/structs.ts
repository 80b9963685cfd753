// SPDX-License-Identifier: Apache-2.0
// Layouts of the wanted structs, each from one source: the program's DWARF, else the descriptors
// of its runtime, else the table of layouts compiled elsewhere.
import type { ElfFile, GoPclntab } from '@otelkit/core';
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

export function findStructs(elf: ElfFile, context: StructContext): Layouts {
  const { wanted } = context;
  const names = Object.keys(wanted.structs);
  const known = new Map<string, KnownLayout>();
  const scan = dwarfStructs(elf, new NameSet(names));
  for (const { name, sizeBytes, members, dwarfVersion } of scan.structs.values()) {
    known.set(name, { sizeBytes, members, source: 'dwarf', origin: `DWARF ${dwarfVersion}` });
  }
  const structs = new Map<string, StructOffsets>();
  for (const [struct, layout] of known) {
    const { sizeBytes, source, origin } = layout;
    const fields = fieldsOf(layout.members, wanted.structs[struct] ?? []);
    structs.set(struct, { struct, source, origin, sizeBytes, fields });
  }
  const problems = scan.problem === undefined ? [] : [scan.problem];
  return { structs, unknown: [], itabs: new Map(), problems };
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
