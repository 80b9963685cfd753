// SPDX-License-Identifier: Apache-2.0
// A WebAssembly module decides itself how far its memory may grow. This writes a maximum into it
// (WebAssembly Core Specification §5.5.8, "Memory Section"), so that it fails instead.

const HEADER_BYTES = 8;
const MEMORY_SECTION = 5;
const HAS_MAXIMUM = 1;

/** The module with a memory of at most `mostPages` pages of 64 KiB. @throws Error for no module */
export function withMostMemory(module: Uint8Array, mostPages: number): Uint8Array {
  let at = HEADER_BYTES;
  while (at < module.length) {
    const size = readUnsigned(module, at + 1);
    const end = size.next + size.value;
    if (module[at] === MEMORY_SECTION) {
      const section = memorySection(module, size.next, mostPages);
      return Buffer.concat([module.subarray(0, at), section, module.subarray(end)]);
    }
    at = end;
  }
  throw new Error('the WebAssembly module has no memory of its own');
}

function memorySection(module: Uint8Array, at: number, mostPages: number): Buffer {
  const count = readUnsigned(module, at);
  const flags = readUnsigned(module, count.next);
  const least = readUnsigned(module, flags.next);
  if (count.value !== 1 || flags.value > HAS_MAXIMUM) {
    throw new Error('the WebAssembly module has another kind of memory than expected');
  }
  const content = [1, HAS_MAXIMUM, ...unsigned(least.value), ...unsigned(mostPages)];
  return Buffer.from([MEMORY_SECTION, ...unsigned(content.length), ...content]);
}

function readUnsigned(bytes: Uint8Array, from: number): { value: number; next: number } {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[from + i];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, next: from + i + 1 };
  }
  throw new Error(`no number at byte ${from} of the WebAssembly module`);
}

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}
