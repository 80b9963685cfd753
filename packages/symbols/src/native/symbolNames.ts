// SPDX-License-Identifier: Apache-2.0
import { type ByteSource, decodeBytes, type FileRange } from '@otelkit/core';
import { SYMBOL_LIMITS } from '../limits.ts';
import { readBriefly } from './readBriefly.ts';

const FIRST_READ_BYTES = 256;
const ELLIPSIS = '…';

/**
 * The name at `offset` of a string table, read from the file when it is asked for: few of a
 * library's names are ever in a profile. Undefined outside the table and where it is empty.
 */
export function readSymbolName(
  source: ByteSource,
  strings: FileRange,
  offset: number,
): string | undefined {
  const room = strings.sizeBytes - offset;
  if (room <= 0) return undefined;
  const at = strings.fileOffset + offset;
  let bytes = readBriefly(source, at, Math.min(room, FIRST_READ_BYTES));
  let end = bytes.indexOf(0);
  if (end < 0) {
    bytes = source.read(at, Math.min(room, SYMBOL_LIMITS.nameBytes));
    end = bytes.indexOf(0);
  }
  if (end === 0 || bytes.length === 0) return undefined;
  if (end < 0) return decodeBytes(bytes) + ELLIPSIS;
  return withoutVersion(decodeBytes(bytes.subarray(0, end)));
}

/** GNU ld writes the version of a symbol into .symtab: `memcpy@@GLIBC_2.14`, `foo@V1`. */
function withoutVersion(name: string): string {
  const at = name.indexOf('@');
  return at > 0 ? name.slice(0, at) : name;
}
