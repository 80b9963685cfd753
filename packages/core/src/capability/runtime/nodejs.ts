// SPDX-License-Identifier: Apache-2.0
// Node.js by its entry point. The version is the constant that napi_get_node_version() hands out:
// found by the addresses in that function's code, believed only when what stands there has the
// form of napi_node_version {u32 major, minor, patch; const char *release} (js_native_api_types.h).
import { EM } from '../../elf/constants.ts';
import type { ElfFile } from '../../elf/elfFile.ts';
import { findDynamicSymbol } from '../../symbols/lookup.ts';
import type { ReadText, RuntimeDetector } from './types.ts';

const CODE_BYTES = 128;
const OLDEST_MAJOR = 8;
const NEWEST_MAJOR = 99;

export const nodejs: RuntimeDetector = {
  id: 'nodejs',
  name: 'Node.js',
  library: /^libnode\.so/,
  ofFile: ({ elf, name, needed, hasSymbol }) => {
    const symbol = '_ZN4node5StartEiPPc';
    const library = needed.find((entry) => entry.startsWith('libnode.so'));
    const isNode = hasSymbol(symbol) || name.startsWith('libnode.so');
    if (!isNode && library === undefined) return undefined;
    const evidence = isNode
      ? [{ from: '.dynsym', says: 'node::Start' }]
      : [{ from: 'DT_NEEDED', says: library! }];
    const version = isNode ? nodeVersion(elf) : undefined;
    return { id: 'nodejs', evidence, ...(version !== undefined && { version }) };
  },
  versionBeside,
};

/** NODE_*_VERSION of the headers that are installed with the binary, or a version in its path. */
function versionBeside(path: string, readText: ReadText): string | undefined {
  const byPath = /\/(?:node-)?v(\d{1,3}\.\d{1,3}\.\d{1,3})[^/]*\/bin\/node$/.exec(path);
  if (byPath !== null) return byPath[1];
  const prefix = path.replace(/\/bin\/[^/]+$/, '');
  const text = readText(`${prefix}/include/node/node_version.h`);
  if (text === undefined) return undefined;
  const part = (name: string): string | undefined =>
    new RegExp(`^#define NODE_${name}_VERSION (\\d{1,3})$`, 'm').exec(text)?.[1];
  const parts = [part('MAJOR'), part('MINOR'), part('PATCH')];
  return parts.includes(undefined) ? undefined : parts.join('.');
}

function nodeVersion(elf: ElfFile): string | undefined {
  const symbol = findDynamicSymbol(elf, 'napi_get_node_version');
  if (symbol === undefined || elf.header.data !== 'LE' || elf.header.class !== 64) return undefined;
  const length = Math.min(CODE_BYTES, Number(symbol.size) || CODE_BYTES);
  const code = elf.readVirtual(symbol.value, length);
  if (elf.header.machine === EM.X86_64) return ofX86(elf, code, symbol.value);
  if (elf.header.machine === EM.AARCH64) return ofArm64(elf, code, symbol.value);
  return undefined;
}

/** Any 32-bit field of the code, as an absolute address and relative to what follows it. */
function ofX86(elf: ElfFile, code: Buffer, address: bigint): string | undefined {
  for (let at = 0; at + 4 <= code.length; at++) {
    const field = code.readInt32LE(at);
    const version =
      versionAt(elf, BigInt(field)) ?? versionAt(elf, address + BigInt(at + 4 + field));
    if (version !== undefined) return version;
  }
  return undefined;
}

/** ADRP followed by ADD of the same register (Arm ARM C6.2). */
function ofArm64(elf: ElfFile, code: Buffer, address: bigint): string | undefined {
  const pages = new Map<number, bigint>();
  for (let at = 0; at + 4 <= code.length; at += 4) {
    const word = code.readUInt32LE(at);
    if ((word & 0x9f000000) >>> 0 === 0x90000000) {
      const high = (word >>> 5) & 0x7ffff;
      const distance = BigInt.asIntN(21, BigInt(high * 4 + ((word >>> 29) & 3)));
      pages.set(word & 31, ((address + BigInt(at)) & ~0xfffn) + (distance << 12n));
    } else if ((word & 0xffc00000) >>> 0 === 0x91000000) {
      const page = pages.get((word >>> 5) & 31);
      if (page === undefined) continue;
      const version = versionAt(elf, page + BigInt((word >>> 10) & 0xfff));
      if (version !== undefined) return version;
    }
  }
  return undefined;
}

function versionAt(elf: ElfFile, address: bigint): string | undefined {
  if (address <= 0n) return undefined;
  const bytes = elf.readVirtual(address, 24);
  if (bytes.length < 24) return undefined;
  const [major, minor, patch] = [0, 4, 8].map((at) => bytes.readUInt32LE(at));
  if (major! < OLDEST_MAJOR || major! > NEWEST_MAJOR || minor! > 99 || patch! > 99)
    return undefined;
  if (bytes.readUInt32LE(12) !== 0 || !namesNode(elf, bytes.readBigUInt64LE(16))) return undefined;
  return `${major}.${minor}.${patch}`;
}

/** The release name is "node". In a PIE the pointer may only stand in a relocation: 0 here. */
function namesNode(elf: ElfFile, pointer: bigint): boolean {
  if (pointer === 0n) return true;
  return elf.readVirtual(pointer, 5).toString('latin1') === 'node\0';
}
