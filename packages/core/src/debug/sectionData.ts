// SPDX-License-Identifier: Apache-2.0
// The bytes of a section, decompressed: SHF_COMPRESSED with its Elf_Chdr (gABI chapter 4,
// "Section Compression"), and the older GNU form `.zdebug_*` ("ZLIB" and a big-endian size).
import { constants, inflateSync } from 'node:zlib';
import { readWhole } from '../bytes/readWhole.ts';
import { SHF, SHT } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import type { SectionHeader } from '../elf/types.ts';
import { LIMITS } from '../limits.ts';
import { zstdDecompress } from './zstd.ts';

const ELFCOMPRESS_ZLIB = 1;
const ELFCOMPRESS_ZSTD = 2;
const CHDR_BYTES = { 32: 12, 64: 24 } as const;
const ZDEBUG_HEADER_BYTES = 12;
const ZDEBUG_MAGIC = Buffer.from('ZLIB');

export type SectionCompression = 'zlib' | 'zstd' | 'zdebug';

/** How a section is compressed, and to how many bytes. */
interface CompressedLayout {
  readonly compression: SectionCompression;
  readonly headerBytes: number;
  readonly sizeBytes: number;
}

/**
 * The content of a section, at most `mostBytes` bytes of it decompressed. Undefined (with a
 * diagnostic) when it is larger, damaged, or compressed in an unknown way; empty for SHT_NOBITS.
 */
export function readSectionData(
  elf: ElfFile,
  section: SectionHeader,
  mostBytes: number = LIMITS.sectionDataBytes,
): Buffer | undefined {
  if (section.type === SHT.NOBITS) return Buffer.alloc(0);
  const isFlagged = (section.flags & SHF.COMPRESSED) !== 0;
  if (!isFlagged && !section.name.startsWith('.zdebug')) return readPlain(elf, section, mostBytes);
  const layout = isFlagged ? readChdr(elf, section) : readZdebugHeader(elf, section);
  if (layout === undefined) return undefined;
  if (layout.sizeBytes > mostBytes) {
    report(elf, section, 'limit', `${layout.sizeBytes} bytes decompressed; ${mostBytes} allowed`);
    return undefined;
  }
  return decompress(elf, section, layout);
}

/** How a section is compressed, from its header alone; null when it is not. */
export function sectionCompression(
  elf: ElfFile,
  section: SectionHeader,
): SectionCompression | null {
  if ((section.flags & SHF.COMPRESSED) !== 0) return readChdr(elf, section)?.compression ?? null;
  return section.name.startsWith('.zdebug') ? 'zdebug' : null;
}

function report(
  elf: ElfFile,
  section: SectionHeader,
  code: 'limit' | 'bad-value' | 'truncated' | 'unsupported' | 'out-of-range',
  message: string,
): void {
  const field = section.name || `section ${section.index}`;
  elf.diagnostics.add(code, field, message, section.fileOffset);
}

function readPlain(elf: ElfFile, section: SectionHeader, mostBytes: number): Buffer | undefined {
  if (section.sizeBytes > mostBytes) {
    report(elf, section, 'limit', `${section.sizeBytes} bytes; ${mostBytes} allowed`);
    return undefined;
  }
  const bytes = readWhole(elf.source, section.fileOffset, section.sizeBytes);
  if (bytes.length < section.sizeBytes) {
    report(elf, section, 'truncated', `${section.sizeBytes} bytes; the file holds ${bytes.length}`);
  }
  return bytes;
}

function readChdr(elf: ElfFile, section: SectionHeader): CompressedLayout | undefined {
  const headerBytes = CHDR_BYTES[elf.header.class];
  const header = elf.source.read(section.fileOffset, Math.min(headerBytes, section.sizeBytes));
  if (header.length < headerBytes) {
    report(elf, section, 'truncated', 'ends inside its compression header');
    return undefined;
  }
  const type = elf.endian.u32(header, 0);
  const is64 = elf.header.class === 64;
  const sizeBytes = is64 ? elf.endian.u64AsNumber(header, 8) : elf.endian.u32(header, 4);
  if (type === ELFCOMPRESS_ZLIB) return { compression: 'zlib', headerBytes, sizeBytes };
  if (type === ELFCOMPRESS_ZSTD) return { compression: 'zstd', headerBytes, sizeBytes };
  report(elf, section, 'unsupported', `ch_type ${type} is neither zlib (1) nor zstd (2)`);
  return undefined;
}

function readZdebugHeader(elf: ElfFile, section: SectionHeader): CompressedLayout | undefined {
  const wanted = Math.min(ZDEBUG_HEADER_BYTES, section.sizeBytes);
  const header = elf.source.read(section.fileOffset, wanted);
  if (header.length < ZDEBUG_HEADER_BYTES || ZDEBUG_MAGIC.compare(header, 0, 4) !== 0) {
    report(elf, section, 'bad-value', 'does not start with ZLIB and a size');
    return undefined;
  }
  const sizeBytes = header.readUInt32BE(4) * 4294967296 + header.readUInt32BE(8);
  return { compression: 'zdebug', headerBytes: ZDEBUG_HEADER_BYTES, sizeBytes };
}

function decompress(
  elf: ElfFile,
  section: SectionHeader,
  layout: CompressedLayout,
): Buffer | undefined {
  const packedBytes = section.sizeBytes - layout.headerBytes;
  if (packedBytes > LIMITS.sectionDataBytes) {
    report(elf, section, 'limit', `${packedBytes} compressed bytes`);
    return undefined;
  }
  const packed = readWhole(elf.source, section.fileOffset + layout.headerBytes, packedBytes);
  try {
    const data =
      layout.compression === 'zstd'
        ? zstdDecompress(packed, layout.sizeBytes)
        : inflateUpTo(packed, layout.sizeBytes);
    if (data.length === layout.sizeBytes) return data;
    report(
      elf,
      section,
      'truncated',
      `${layout.sizeBytes} bytes are declared, ${data.length} were there`,
    );
    return data;
  } catch (error) {
    report(elf, section, 'bad-value', `cannot be decompressed: ${(error as Error).message}`);
    return undefined;
  }
}

/** Gives what can be inflated of damaged input, and throws where that exceeds `mostBytes`. */
function inflateUpTo(packed: Buffer, mostBytes: number): Buffer {
  return inflateSync(packed, {
    maxOutputLength: Math.max(1, mostBytes),
    finishFlush: constants.Z_SYNC_FLUSH,
  });
}
