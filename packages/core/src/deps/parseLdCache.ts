// SPDX-License-Identifier: Apache-2.0
// /etc/ld.so.cache as ldconfig writes it (glibc, sysdeps/generic/dl-cache.h): the old format, the
// new one alone or behind an old one, and its extension with glibc-hwcaps names (glibc 2.33).
import { BIG_ENDIAN, type Endian, LITTLE_ENDIAN } from '../bytes/endian.ts';
import { hex } from '../bytes/hex.ts';
import type { Diagnostics } from '../diagnostics/diagnostic.ts';
import { DEPS_LIMITS } from './depsLimits.ts';
import { cacheString, LdCache, type LdCacheLayout, NEW_ENTRY_BYTES } from './ldCache.ts';

const OLD_MAGIC = 'ld.so-1.7.0';
const NEW_MAGIC = 'glibc-ld.so.cache1.1';
const OLD_HEADER_BYTES = 16;
const OLD_ENTRY_BYTES = 12;
const NEW_HEADER_BYTES = 48;
const FLAGS_AT = 28;
const EXTENSION_AT = 32;
const EXTENSION_MAGIC = 0xeaa42174;
const EXTENSION_TAG_HWCAPS = 1;
const ENDIAN_INVALID = 1;
const ENDIAN_LITTLE = 2;
const ENDIAN_BIG = 3;
/**
 * Parses a cache. Undefined, with a diagnostic, when it is none or nothing of it can be used;
 * entries stay in the bytes and are read when their name is asked for.
 * @param data byte order to assume where the file does not say (glibc before 2.33)
 */
export function parseLdCache(
  bytes: Buffer,
  data: 'LE' | 'BE',
  diagnostics: Diagnostics,
): LdCache | undefined {
  const layout = findLayout(bytes, data, diagnostics);
  if (layout === undefined) return undefined;
  const room = Math.floor(Math.max(0, bytes.length - layout.entriesAt) / layout.entryBytes);
  const count = Math.min(layout.count, room, DEPS_LIMITS.cacheEntries);
  if (count < layout.count) {
    const message = `${layout.count} entries; ${count} could be read`;
    diagnostics.add('out-of-range', 'ld.so.cache nlibs', message, layout.entriesAt);
  }
  return count === 0 && layout.count > 0 ? undefined : new LdCache(bytes, layout, count);
}

function findLayout(
  bytes: Buffer,
  data: 'LE' | 'BE',
  diagnostics: Diagnostics,
): LdCacheLayout | undefined {
  const assumed = data === 'LE' ? LITTLE_ENDIAN : BIG_ENDIAN;
  if (startsWith(bytes, 0, NEW_MAGIC)) return newLayout(bytes, 0, assumed, diagnostics);
  if (!startsWith(bytes, 0, OLD_MAGIC) || bytes.length < OLD_HEADER_BYTES) {
    diagnostics.add('bad-value', 'ld.so.cache magic', 'is not a cache of ldconfig', 0);
    return undefined;
  }
  const count = assumed.u32(bytes, 12);
  const end = OLD_HEADER_BYTES + count * OLD_ENTRY_BYTES;
  // The second header is aligned to 8 bytes, on 32-bit x86 to 4.
  for (const align of [8, 4]) {
    const at = Math.ceil(end / align) * align;
    if (startsWith(bytes, at, NEW_MAGIC)) return newLayout(bytes, at, assumed, diagnostics);
  }
  return {
    endian: assumed,
    count,
    entriesAt: OLD_HEADER_BYTES,
    entryBytes: OLD_ENTRY_BYTES,
    stringsFrom: end,
    hwcapNames: [],
  };
}

function newLayout(
  bytes: Buffer,
  at: number,
  assumed: Endian,
  diagnostics: Diagnostics,
): LdCacheLayout | undefined {
  if (bytes.length < at + NEW_HEADER_BYTES) {
    diagnostics.add('truncated', 'ld.so.cache header', `file ends after ${bytes.length} bytes`, at);
    return undefined;
  }
  const order = bytes[at + FLAGS_AT]! & 3;
  if (order === ENDIAN_INVALID) {
    const message = 'byte order flag 1 is invalid: glibc ignores such a cache';
    diagnostics.add('bad-value', 'ld.so.cache flags', message, at + FLAGS_AT);
    return undefined;
  }
  const isForeign =
    (order === ENDIAN_LITTLE && assumed !== LITTLE_ENDIAN) ||
    (order === ENDIAN_BIG && assumed !== BIG_ENDIAN);
  if (isForeign) {
    const message = `was written for the other byte order (${assumed.name} is needed): ignored`;
    diagnostics.add('bad-value', 'ld.so.cache flags', message, at + FLAGS_AT);
    return undefined;
  }
  return {
    endian: assumed,
    count: assumed.u32(bytes, at + 20),
    entriesAt: at + NEW_HEADER_BYTES,
    entryBytes: NEW_ENTRY_BYTES,
    stringsFrom: at,
    hwcapNames: readHwcapNames(bytes, at, assumed, diagnostics),
  };
}

/** The extension's list of glibc-hwcaps names; entries refer to it by index. */
function readHwcapNames(
  bytes: Buffer,
  base: number,
  endian: Endian,
  diagnostics: Diagnostics,
): string[] {
  const relative = endian.u32(bytes, base + EXTENSION_AT);
  if (relative === 0) return [];
  const at = base + relative;
  if (at + 8 > bytes.length || endian.u32(bytes, at) !== EXTENSION_MAGIC) {
    const message = `no extension stands at ${hex(at)}; glibc-hwcaps entries were left out`;
    diagnostics.add('out-of-range', 'ld.so.cache extension_offset', message, base + EXTENSION_AT);
    return [];
  }
  const room = Math.floor((bytes.length - at - 8) / 16);
  const count = Math.min(endian.u32(bytes, at + 4), room, DEPS_LIMITS.cacheHwcapNames);
  for (let i = 0; i < count; i++) {
    const section = at + 8 + i * 16;
    if (endian.u32(bytes, section) !== EXTENSION_TAG_HWCAPS) continue;
    const listAt = base + endian.u32(bytes, section + 8);
    const listRoom = Math.floor((bytes.length - listAt) / 4);
    const wanted = Math.floor(endian.u32(bytes, section + 12) / 4);
    const names = Math.max(0, Math.min(wanted, listRoom, DEPS_LIMITS.cacheHwcapNames));
    return Array.from({ length: names }, (_, k) => {
      return cacheString(bytes, base + endian.u32(bytes, listAt + k * 4)) ?? '';
    });
  }
  return [];
}

function startsWith(bytes: Buffer, at: number, text: string): boolean {
  return (
    at + text.length <= bytes.length && bytes.toString('latin1', at, at + text.length) === text
  );
}
