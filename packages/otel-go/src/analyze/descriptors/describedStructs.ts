// SPDX-License-Identifier: Apache-2.0
// Layouts of structs from the type descriptors that the program's own runtime needs for interfaces
// and reflection: they are in stripped programs too, and are exact whatever the version.
import { bareName } from '../names.ts';
import type { Image } from './image.ts';
import {
  type DescribedStruct,
  KIND,
  KIND_MASK,
  TFLAG,
  TYPE,
  type TypeReader,
} from './typeReader.ts';

export interface FoundStruct extends DescribedStruct {
  readonly name: string;
  readonly vaddr: number;
}

/**
 * Looks at every aligned place of the region for a struct's descriptor. Whatever order a linker
 * puts them in; what is found has a wanted name, its package's path and fields that make sense.
 */
export function describedStructs(
  image: Image,
  reader: TypeReader,
  wanted: ReadonlySet<string>,
): FoundStruct[] {
  const { start, end } = reader.types;
  const found: FoundStruct[] = [];
  if (wanted.size === 0) return found;
  const bytes = image.hold(start, end - start);
  const endings = new Set([...wanted].map((name) => name.slice(name.lastIndexOf('.'))));
  for (const at of structPlaces(bytes)) {
    if (!endsWithOneOf(bytes, bytes.readUInt32LE(at + TYPE.str), endings)) continue;
    const vaddr = start + at;
    const linkName = reader.typeName(vaddr);
    const name = linkName === undefined ? undefined : bareName(escapePath(linkName));
    if (name === undefined || !wanted.has(name)) continue;
    const described = reader.structAt(vaddr);
    if (described !== undefined) found.push({ ...described, name, vaddr });
  }
  return found;
}

/** Aligned places where a named struct's descriptor may stand. */
function structPlaces(bytes: Uint8Array): number[] {
  const places: number[] = [];
  const last = bytes.length - TYPE.structBytes;
  for (let at = TYPE.kind; at <= last; at += 8) {
    if ((bytes[at]! & KIND_MASK) !== KIND.struct) continue;
    if ((bytes[at - TYPE.kind + TYPE.tflag]! & TFLAG.named) !== 0) places.push(at - TYPE.kind);
  }
  return places;
}

/** Whether the name at `at`, `*http.Request`, ends like a wanted type's. */
function endsWithOneOf(bytes: Buffer, at: number, endings: ReadonlySet<string>): boolean {
  // Flags and a length below 128 stand before the text; other lengths are not a wanted type's.
  const end = at + 2 + (bytes[at + 1] ?? 0);
  if (at === 0 || end > bytes.length || bytes[at + 1]! >= 0x80) return false;
  let dot = end - 1;
  while (dot >= at + 2 && bytes[dot] !== DOT) dot--;
  return dot >= at + 2 && endings.has(bytes.toString('latin1', dot, end));
}

const DOT = 0x2e;

/** As linkers write it: dots behind the path's last slash are escaped (cmd/internal/objabi). */
function escapePath(name: string): string {
  const slash = name.lastIndexOf('/');
  const dot = name.lastIndexOf('.');
  if (dot <= slash) return name;
  return (
    name.slice(0, slash + 1) + name.slice(slash + 1, dot).replaceAll('.', '%2e') + name.slice(dot)
  );
}
