// SPDX-License-Identifier: Apache-2.0
// What the questions need to know of one ELF file, read once and kept by device and inode: an
// inventory meets the same libc in every process.
import { type DebugFacts, debugFacts } from '../debug/debugFacts.ts';
import { readDynamicStrings } from '../deps/dynamicStrings.ts';
import { readInterpreter } from '../deps/interpreter.ts';
import { PF, PT, SHN_UNDEF, SHT } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { type ElfKind, elfKind } from '../elf/kind.ts';
import { machineName } from '../elf/names.ts';
import { gnuBuildId } from '../elf/noteContents.ts';
import { detectPacker } from '../elf/packing.ts';
import { type GoBuildInfo, readGoBuildInfo } from '../go/buildInfo.ts';
import type { LibcFacts } from '../libc/detectLibc.ts';
import { libcOfFile } from '../libc/libcOfFile.ts';
import { locateDynamicSymbols } from '../symbols/dynamicLocation.ts';
import { findDynamicSymbol } from '../symbols/lookup.ts';
import { runtimeOfFile } from './runtime/detectRuntime.ts';
import type { RuntimeFinding } from './runtime/types.ts';

const COMMENT_BYTES = 4096;

export interface BinaryFacts {
  readonly class: 32 | 64;
  readonly data: 'LE' | 'BE';
  readonly machine: string;
  readonly kind: ElfKind | null;
  readonly interpreter: string | null;
  readonly needed: readonly string[];
  readonly libc: LibcFacts;
  readonly gnuBuildId: string | null;
  readonly debug: DebugFacts;
  /** Size of .debug_info as it stands in the file, compressed or not. */
  readonly debugInfoBytes: number;
  readonly hasDynamicSymbols: boolean;
  readonly unwind: UnwindFacts;
  readonly packer: 'upx' | null;
  readonly runtime: RuntimeFinding | null;
  readonly go: GoBuildInfo | null;
}

/** By which tables the code of a file can be unwound. */
export interface UnwindFacts {
  /** Bytes of PT_LOAD segments that are executable. */
  readonly executableBytes: number;
  readonly ehFrame: boolean;
  /** Entries of the search table of .eh_frame_hdr: one a function, about. */
  readonly ehFrameEntries: number | null;
  readonly debugFrame: boolean;
  /** Go's table of functions, with stack sizes for every address. */
  readonly pclntab: boolean;
}

/** @param path as the target sees it; versions may stand in it */
export function readBinaryFacts(elf: ElfFile, path: string): BinaryFacts {
  const { header } = elf;
  const kind = elfKind(elf);
  const { needed } = readDynamicStrings(elf);
  const interpreter = readInterpreter(elf) ?? null;
  const dynamicSymbols = locateDynamicSymbols(elf);
  const go = readGoBuildInfo(elf) ?? null;
  const runtime = runtimeOfFile({
    elf,
    path,
    name: path.slice(path.lastIndexOf('/') + 1),
    needed,
    hasSymbol: (name) =>
      (findDynamicSymbol(elf, name, dynamicSymbols)?.shndx ?? SHN_UNDEF) !== SHN_UNDEF,
    comments: readComments(elf),
  });
  return {
    class: header.class,
    data: header.data,
    machine: machineName(header.machine),
    kind,
    interpreter,
    needed,
    libc: libcOfFile(elf),
    gnuBuildId: gnuBuildId(elf),
    debug: debugFacts(elf),
    debugInfoBytes: (elf.section('.debug_info') ?? elf.section('.zdebug_info'))?.sizeBytes ?? 0,
    hasDynamicSymbols: dynamicSymbols !== undefined,
    unwind: unwindFacts(elf, go !== null),
    packer: detectPacker(elf),
    runtime: runtime ?? null,
    go,
  };
}

function unwindFacts(elf: ElfFile, isGo: boolean): UnwindFacts {
  let executableBytes = 0;
  for (const load of elf.loads) {
    if ((load.flags & PF.X) !== 0) executableBytes += load.fileSizeBytes;
  }
  const header = elf.segments(PT.GNU_EH_FRAME)[0];
  const section = elf.section('.eh_frame');
  // Static programs may have the section without the segment, and files of split debug
  // information a section without bytes.
  const hasSection = section !== undefined && section.type !== SHT.NOBITS && section.sizeBytes > 4;
  return {
    executableBytes,
    ehFrame: header !== undefined || hasSection,
    ehFrameEntries: header === undefined ? null : entriesOfHeader(elf, header.fileOffset),
    debugFrame: (elf.section('.debug_frame')?.sizeBytes ?? 0) > 0,
    pclntab: isGo,
  };
}

/** fde_count of .eh_frame_hdr (LSB Core, "eh_frame_hdr"), where it has the usual encoding. */
function entriesOfHeader(elf: ElfFile, fileOffset: number): number | null {
  const bytes = elf.source.read(fileOffset, 12);
  const DW_EH_PE_udata4 = 0x03;
  if (bytes.length < 12 || bytes[0] !== 1 || bytes[2] !== DW_EH_PE_udata4) return null;
  // eh_frame_ptr before it is four bytes long in both encodings that linkers write.
  if ((bytes[1]! & 0x0f) !== 0x0b && (bytes[1]! & 0x0f) !== 0x03) return null;
  return elf.endian.u32(bytes, 8);
}

/** Distinct strings of .comment, by which compilers and linkers sign. */
function readComments(elf: ElfFile): string[] {
  const section = elf.section('.comment');
  if (section === undefined || section.type === SHT.NOBITS) return [];
  const bytes = elf.source.read(section.fileOffset, Math.min(section.sizeBytes, COMMENT_BYTES));
  return bytes
    .toString('latin1')
    .split('\0')
    .filter((text) => /^[\x20-\x7e]{1,200}$/.test(text));
}
