// SPDX-License-Identifier: Apache-2.0
// What the helper's catalogue of libraries asks for (docs/go-internals.md, section 2), and the
// answers in the form that its `goAttach` takes.
import type { GoLibrary } from '@otelkit/bpf-client';
import type { GoAnalysis, WantedParts } from './types.ts';

/** Interfaces whose implementations are told apart by their itab. */
const INTERFACES: readonly string[] = [
  'error',
  'net.Conn',
  'database/sql/driver.Connector',
  'database/sql/driver.Driver',
];

/** Struct and field of `net/http.Request.Method`; undefined for what has no dot. */
export function splitField(name: string): { struct: string; field: string } | undefined {
  const dot = name.lastIndexOf('.');
  if (dot <= 0 || dot <= name.lastIndexOf('/')) return undefined;
  return { struct: name.slice(0, dot), field: name.slice(dot + 1) };
}

/** All functions and fields of all libraries. */
export function wantedOf(libraries: readonly GoLibrary[]): WantedParts {
  const functions = new Set<string>();
  const structs: Record<string, string[]> = {};
  const groups: { functions: string[]; structs: string[] }[] = [];
  for (const library of libraries) {
    const group = { functions: (library.functions ?? []).map(({ name }) => name), structs: [] };
    const names = new Set<string>();
    for (const name of group.functions) functions.add(name);
    for (const { name } of library.fields ?? []) {
      const parts = splitField(name);
      if (parts === undefined) continue;
      names.add(parts.struct);
      structs[parts.struct] ??= [];
      const fields = structs[parts.struct]!;
      if (!fields.includes(parts.field)) fields.push(parts.field);
    }
    groups.push({ ...group, structs: [...names] });
  }
  return { functions: [...functions], structs, groups, interfaces: INTERFACES };
}

/** The `functions` and `offsets` of `goAttach`. */
export function attachParts(analysis: GoAnalysis): {
  functions: { name: string; vaddr: number; sizeBytes: number; fileOffset: number }[];
  offsets: Record<string, number>;
} {
  const functions = [...analysis.functions.values()].map(
    ({ name, vaddr, sizeBytes, fileOffset }) => ({ name, vaddr, sizeBytes, fileOffset }),
  );
  const offsets: Record<string, number> = {};
  for (const { struct, fields } of analysis.structs.values()) {
    for (const [field, offset] of fields) offsets[`${struct}.${field}`] = offset;
  }
  return { functions, offsets };
}
