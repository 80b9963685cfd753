// SPDX-License-Identifier: Apache-2.0
// Core files of Linux: who crashed, why, its threads and what was mapped, from PT_NOTE.
import { decodeBytes } from '../bytes/surrogateEscape.ts';
import { ET, PT } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { type Note, noteBytes, readNotes } from '../elf/notes.ts';
import { LIMITS } from '../limits.ts';
import {
  AT,
  NT_CORE,
  PRPSINFO,
  PRPSINFO_ARGS_BYTES,
  PRPSINFO_NAME_BYTES,
  PRSTATUS,
  REGISTER_INDEX,
} from './layout.ts';
import { type CoreMappedFile, readMappedFiles } from './mappedFiles.ts';

const OWNER = 'CORE';
const LONGEST_PATH_BYTES = 4096;

/** NT_PRSTATUS: one thread. */
export interface CoreThread {
  readonly tid: number;
  /** Signal that the thread was taking, 0 for none. */
  readonly signal: number;
  /** Undefined for machines whose registers are not known here. */
  readonly pc: bigint | undefined;
  readonly sp: bigint | undefined;
}

/** NT_PRPSINFO: the process. */
export interface CoreProcess {
  readonly pid: number;
  readonly ppid: number;
  readonly uid: number;
  readonly gid: number;
  /** Name of the program, at most 15 bytes. */
  readonly command: string;
  /** Its arguments, cut by the kernel at 79 bytes. They may hold secrets. */
  readonly arguments: string;
}

/** NT_SIGINFO: why the process ended. */
export interface CoreSignal {
  readonly signal: number;
  readonly code: number;
  /** The address that faulted (SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP), if the kernel sent it. */
  readonly address: bigint | undefined;
}

export interface CoreFile {
  readonly process: CoreProcess | undefined;
  readonly signal: CoreSignal | undefined;
  /** In file order: the thread that crashed comes first. */
  readonly threads: readonly CoreThread[];
  readonly files: readonly CoreMappedFile[];
  readonly pageSizeBytes: number | undefined;
  /** The auxiliary vector by AT_ number. */
  readonly auxv: ReadonlyMap<number, bigint>;
  /** As the program was started (AT_EXECFN), where the core holds that page. */
  readonly executedAs: string | undefined;
  /** The file mapped at the entry point: the executable. */
  readonly executable: string | undefined;
  /** True when the file ends before its last segment does. */
  readonly isTruncated: boolean;
}

/** What a core file tells; undefined for other files. What is damaged is left out and noted. */
export function readCore(elf: ElfFile): CoreFile | undefined {
  if (elf.header.elfType !== ET.CORE) return undefined;
  const notes = readNotes(elf).filter((note) => note.name === OWNER);
  const auxv = readAuxv(elf, firstOf(notes, NT_CORE.AUXV));
  const mapped = readMappedFiles(elf, firstOf(notes, NT_CORE.FILE));
  return {
    process: readProcess(elf, firstOf(notes, NT_CORE.PRPSINFO)),
    signal: readSignal(elf, firstOf(notes, NT_CORE.SIGINFO)),
    threads: readThreads(elf, notes),
    files: mapped.files,
    pageSizeBytes: mapped.pageSizeBytes,
    auxv,
    executedAs: stringAt(elf, auxv.get(AT.EXECFN)),
    executable: executableOf(mapped.files, auxv.get(AT.ENTRY) ?? auxv.get(AT.PHDR)),
    isTruncated: isTruncated(elf),
  };
}

function firstOf(notes: readonly Note[], type: number): Note | undefined {
  return notes.find((note) => note.type === type);
}

function readThreads(elf: ElfFile, notes: readonly Note[]): CoreThread[] {
  const layout = PRSTATUS[elf.header.class];
  const wordBytes = elf.header.class / 8;
  const indexes = REGISTER_INDEX[elf.header.machine];
  const threads: CoreThread[] = [];
  for (const note of notes) {
    if (note.type !== NT_CORE.PRSTATUS) continue;
    if (threads.length >= LIMITS.coreThreads) {
      elf.diagnostics.add('limit', 'NT_PRSTATUS', `more than ${LIMITS.coreThreads} threads`);
      break;
    }
    const bytes = noteBytes(elf, note, 1024);
    if (bytes.length < layout.registers) {
      elf.diagnostics.add('truncated', 'NT_PRSTATUS', 'is too short', note.fileOffset);
      continue;
    }
    const register = (index: number | undefined): bigint | undefined => {
      const at = layout.registers + (index ?? 0) * wordBytes;
      if (index === undefined || at + wordBytes > bytes.length) return undefined;
      return word(elf, bytes, at);
    };
    threads.push({
      tid: elf.endian.u32(bytes, layout.pid),
      signal: elf.endian.u16(bytes, layout.cursig),
      pc: register(indexes?.pc),
      sp: register(indexes?.sp),
    });
  }
  return threads;
}

function readProcess(elf: ElfFile, note: Note | undefined): CoreProcess | undefined {
  if (note === undefined) return undefined;
  const layout = PRPSINFO.find((one) => one.sizeBytes === note.sizeBytes);
  const bytes = noteBytes(elf, note, 256);
  if (layout === undefined || bytes.length < layout.sizeBytes) {
    const message = `${note.sizeBytes} bytes; known are 124, 128 and 136`;
    elf.diagnostics.add('unsupported', 'NT_PRPSINFO', message, note.fileOffset);
    return undefined;
  }
  const { endian } = elf;
  const id = (at: number): number =>
    layout.idBytes === 4 ? endian.u32(bytes, at) : endian.u16(bytes, at);
  return {
    pid: endian.u32(bytes, layout.pid),
    ppid: endian.u32(bytes, layout.pid + 4),
    uid: id(layout.uid),
    gid: id(layout.uid + layout.idBytes),
    command: text(bytes.subarray(layout.name, layout.name + PRPSINFO_NAME_BYTES)),
    arguments: text(bytes.subarray(layout.args, layout.args + PRPSINFO_ARGS_BYTES)).trimEnd(),
  };
}

const SIGNALS_WITH_ADDRESS: ReadonlySet<number> = new Set([4, 5, 7, 8, 11]);

function readSignal(elf: ElfFile, note: Note | undefined): CoreSignal | undefined {
  if (note === undefined) return undefined;
  const bytes = noteBytes(elf, note, 128);
  const addressAt = elf.header.class === 64 ? 16 : 12;
  if (bytes.length < addressAt + 8) return undefined;
  const signal = elf.endian.u32(bytes, 0);
  const code = elf.endian.u32(bytes, 8) | 0;
  // Codes above 0 come from the kernel; otherwise the sender's process ID stands in this place.
  const hasAddress = code > 0 && SIGNALS_WITH_ADDRESS.has(signal);
  return { signal, code, address: hasAddress ? word(elf, bytes, addressAt) : undefined };
}

function readAuxv(elf: ElfFile, note: Note | undefined): Map<number, bigint> {
  const values = new Map<number, bigint>();
  if (note === undefined) return values;
  const wordBytes = elf.header.class / 8;
  const bytes = noteBytes(elf, note, 4096);
  for (let at = 0; at + 2 * wordBytes <= bytes.length; at += 2 * wordBytes) {
    const type = Number(word(elf, bytes, at));
    if (type === AT.NULL) break;
    values.set(type, word(elf, bytes, at + wordBytes));
  }
  return values;
}

function word(elf: ElfFile, bytes: Uint8Array, at: number): bigint {
  return elf.header.class === 64 ? elf.endian.u64(bytes, at) : BigInt(elf.endian.u32(bytes, at));
}

function text(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return decodeBytes(end < 0 ? bytes : bytes.subarray(0, end));
}

function stringAt(elf: ElfFile, vaddr: bigint | undefined): string | undefined {
  if (vaddr === undefined) return undefined;
  const bytes = elf.readVirtual(vaddr, LONGEST_PATH_BYTES);
  return bytes.indexOf(0) > 0 ? text(bytes) : undefined;
}

function executableOf(
  files: readonly CoreMappedFile[],
  vaddr: bigint | undefined,
): string | undefined {
  if (vaddr === undefined) return undefined;
  return files.find((file) => vaddr >= file.start && vaddr < file.end)?.path;
}

function isTruncated(elf: ElfFile): boolean {
  return elf.programHeaders.some(
    (segment) =>
      (segment.type === PT.LOAD || segment.type === PT.NOTE) &&
      segment.fileSizeBytes > 0 &&
      segment.fileOffset + segment.fileSizeBytes > elf.source.sizeBytes,
  );
}
