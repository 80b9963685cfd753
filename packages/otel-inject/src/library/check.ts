// SPDX-License-Identifier: Apache-2.0
// What a file must be before a whole host loads it. The compiler's side checks more: src/build.
import { ToolError } from '@otelkit/cli-kit';
import { ElfFile, EM, ET, MemorySource, readDynamicStrings } from '@otelkit/core';
import { LIBRARY_FILE } from '../layout/paths.ts';

const MACHINES: Readonly<Record<string, readonly [number, 32 | 64]>> = {
  x64: [EM.X86_64, 64],
  arm64: [EM.AARCH64, 64],
  ia32: [EM.I386, 32],
  arm: [EM.ARM, 32],
};

/** True for any build of our library: what `uninstall` may remove without a receipt. */
export function isOwnLibrary(bytes: Buffer): boolean {
  try {
    const { soname, needed } = readDynamicStrings(
      new ElfFile(new MemorySource(LIBRARY_FILE, bytes)),
    );
    return soname === LIBRARY_FILE && needed.length === 0;
  } catch {
    return false;
  }
}

/** True for any build of the rescue program: its usage text is in it. */
export function isOwnRescue(bytes: Buffer): boolean {
  return bytes.includes('usage: otel-inject-rescue');
}

/**
 * Refuses a file that is not our library, or is for another machine.
 * @throws ToolError `LIBRARY_UNSUITABLE` (exit 3); InputError for what is no ELF file
 */
export function checkLibrary(path: string, bytes: Buffer, arch: string): void {
  const elf = new ElfFile(new MemorySource(LIBRARY_FILE, bytes));
  const { elfType, machine, class: elfClass } = elf.header;
  const expected = MACHINES[arch];
  if (expected === undefined || machine !== expected[0] || elfClass !== expected[1]) {
    throw unsuitable(path, 'e_machine', `${elfClass}-bit, machine ${machine}`, arch);
  }
  if (elfType !== ET.DYN) throw unsuitable(path, 'e_type', `${elfType}`, `${ET.DYN} (ET_DYN)`);
  const { needed, soname } = readDynamicStrings(elf);
  if (needed.length > 0) throw unsuitable(path, 'DT_NEEDED', needed.join(', '), 'none');
  if (soname !== LIBRARY_FILE) {
    throw unsuitable(path, 'DT_SONAME', soname ?? 'none', LIBRARY_FILE);
  }
}

function unsuitable(path: string, field: string, found: string, expected: string): ToolError {
  return new ToolError('this file cannot be preloaded into every process', {
    code: 'LIBRARY_UNSUITABLE',
    exitCode: 3,
    path,
    field,
    found,
    expected,
    hint: 'build the library with `otel-inject build`',
  });
}
