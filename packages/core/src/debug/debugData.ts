// SPDX-License-Identifier: Apache-2.0
// .gnu_debugdata, "MiniDebugInfo": an ELF file within the file, compressed by xz, whose .symtab
// holds the functions that .dynsym lacks (GDB manual, "Debugging information in a special section").
import { MemorySource } from '../bytes/byteSource.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { ElfFile } from '../elf/elfFile.ts';
import { LIMITS } from '../limits.ts';
import { readSectionData } from './sectionData.ts';
import { isXz, xzDecompress } from './xz/xzDecompress.ts';
import { zstdDecompress } from './zstd.ts';

const SECTION = '.gnu_debugdata';
const ZSTD_MAGIC = 0xfd2fb528;

/**
 * The file within, in memory, or undefined (with a diagnostic where the section is there but
 * damaged). It lives in memory: nothing need be closed.
 */
export function openDebugData(elf: ElfFile): ElfFile | undefined {
  const section = elf.section(SECTION);
  if (section === undefined) return undefined;
  const packed = readSectionData(elf, section, LIMITS.debugDataBytes);
  if (packed === undefined) return undefined;
  try {
    const bytes = decompress(packed);
    // Its diagnostics are its own: offsets in them are offsets in the decompressed file.
    return new ElfFile(new MemorySource(`${elf.source.path}[${SECTION}]`, bytes));
  } catch (error) {
    const what = error instanceof InputError ? 'holds no readable ELF file' : 'cannot be decoded';
    const message = `${what}: ${(error as Error).message}`;
    elf.diagnostics.add('bad-value', SECTION, message, section.fileOffset);
    return undefined;
  }
}

function decompress(packed: Buffer): Buffer {
  if (isXz(packed)) return xzDecompress(packed, LIMITS.debugDataBytes);
  const isZstd = packed.length >= 4 && packed.readUInt32LE(0) === ZSTD_MAGIC;
  if (isZstd) return zstdDecompress(packed, LIMITS.debugDataBytes);
  throw new Error('neither xz nor zstd');
}
