// SPDX-License-Identifier: Apache-2.0
// itabs that the compiler made: which type stands behind an interface value. Those that the
// runtime makes later (by assertions) are not in the file.
import { ANALYZE_LIMITS } from '../limits.ts';
import type { Image } from './image.ts';
import { TYPE, type TypeReader } from './typeReader.ts';

/** inter, type, hash, and one word for each method. */
const ITAB_HEAD_BYTES = 24;

/** Address → `*net.TCPConn,net.Conn`, for the interfaces that are asked for. */
export function findItabs(
  image: Image,
  reader: TypeReader,
  interfaces: ReadonlySet<string>,
): Map<number, string> {
  const found = new Map<number, string>();
  const isWanted = new Map<number, string | undefined>();
  for (const itab of addressesOf(image, reader)) {
    const inter = image.pointer(itab);
    if (!isWanted.has(inter)) {
      const name = reader.typeName(inter);
      isWanted.set(inter, name !== undefined && interfaces.has(name) ? name : undefined);
    }
    const interfaceName = isWanted.get(inter);
    if (interfaceName === undefined) continue;
    const typeName = reader.typeName(image.pointer(itab + 8));
    if (typeName !== undefined) found.set(itab, `${typeName},${interfaceName}`);
  }
  return found;
}

function* addressesOf(image: Image, reader: TypeReader): Generator<number> {
  const { at, sizeBytes, isList } = reader.types.itabs;
  let count = 0;
  for (let next = at; next < at + sizeBytes && count++ < ANALYZE_LIMITS.itabs; ) {
    if (isList) {
      yield image.pointer(next);
      next += 8;
    } else {
      const inter = image.pointer(next);
      if (!reader.isType(inter)) return;
      yield next;
      const methods = image.word(inter + TYPE.methods + 8);
      if (!(methods <= ANALYZE_LIMITS.methods)) return;
      // One word stands there even for an interface without methods.
      next += ITAB_HEAD_BYTES + 8 * Math.max(1, methods);
    }
  }
}
