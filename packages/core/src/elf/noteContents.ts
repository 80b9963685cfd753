// SPDX-License-Identifier: Apache-2.0
// Contents of the notes that people ask for: GNU build ID and ABI tag, program properties
// (x86-64 psABI, AArch64 ELF), package and dlopen metadata (UAPI group), SystemTap probes.
import type { Endian } from '../bytes/endian.ts';
import { hex } from '../bytes/hex.ts';
import { decodeBytes } from '../bytes/surrogateEscape.ts';
import { LIMITS } from '../limits.ts';
import { EM, NT_FDO_DLOPEN, NT_FDO_PACKAGING, NT_GNU, NT_STAPSDT } from './constants.ts';
import type { ElfFile } from './elfFile.ts';
import { type Note, noteBytes } from './notes.ts';

const LONGEST_BUILD_ID_BYTES = 256;
const GNU_PROPERTY_X86_FEATURE_1_AND = 0xc0000002;
const GNU_PROPERTY_AARCH64_FEATURE_1_AND = 0xc0000000;
const X86_FEATURES = ['ibt', 'shstk'] as const;
const AARCH64_FEATURES = ['bti', 'pac'] as const;
const ABI_SYSTEMS = ['linux', 'hurd', 'solaris', 'freebsd', 'netbsd', 'syllable'] as const;

/** JSON as it may stand in a note: parsed, or the text itself where it is no JSON. */
export type NoteJson = unknown;

/** A user-space probe point (`sys/sdt.h`). Addresses are those of the file, unrelocated. */
export interface StapsdtProbe {
  readonly provider: string;
  readonly name: string;
  readonly arguments: string;
  readonly pc: bigint;
  readonly semaphore: bigint;
}

/** The GNU build ID as lower-case hex, or null; an empty one counts as none. */
export function gnuBuildId(elf: ElfFile): string | null {
  const note = elf.note('GNU', NT_GNU.BUILD_ID);
  if (note === undefined || note.sizeBytes === 0) return null;
  if (note.sizeBytes > LONGEST_BUILD_ID_BYTES) {
    elf.diagnostics.add(
      'limit',
      'GNU build ID',
      `${note.sizeBytes} bytes long; ${LONGEST_BUILD_ID_BYTES} at most are plausible; ignored`,
      note.fileOffset,
    );
    return null;
  }
  return noteBytes(elf, note, LONGEST_BUILD_ID_BYTES).toString('hex');
}

/** `linux 3.2.0`: the oldest kernel the file was built for, or null. */
export function abiTag(elf: ElfFile): string | null {
  const note = elf.note('GNU', NT_GNU.ABI_TAG);
  if (note === undefined || note.sizeBytes < 16) return null;
  const bytes = noteBytes(elf, note, 16);
  const system = elf.endian.u32(bytes, 0);
  const parts = [4, 8, 12].map((at) => elf.endian.u32(bytes, at));
  return abiTagText(system, parts);
}

/** The four words of an ABI tag as text. */
export function abiTagText(system: number, version: readonly number[]): string {
  return `${ABI_SYSTEMS[system] ?? hex(system)} ${version.join('.')}`;
}

/** Control-flow features that the file declares; null where it carries no property note. */
export function controlFlowFeatures(elf: ElfFile): ReadonlySet<string> | null {
  const isX86 = elf.header.machine === EM.X86_64 || elf.header.machine === EM.I386;
  if (!isX86 && elf.header.machine !== EM.AARCH64) return null;
  const wanted = isX86 ? GNU_PROPERTY_X86_FEATURE_1_AND : GNU_PROPERTY_AARCH64_FEATURE_1_AND;
  const names = isX86 ? X86_FEATURES : AARCH64_FEATURES;
  const features = new Set<string>();
  const bits = propertyValue(elf, wanted);
  names.forEach((name, bit) => {
    if ((bits & (1 << bit)) !== 0) features.add(name);
  });
  return features;
}

function propertyValue(elf: ElfFile, wanted: number): number {
  const note = elf.note('GNU', NT_GNU.PROPERTY);
  if (note === undefined) return 0;
  const bytes = noteBytes(elf, note, LIMITS.noteTextBytes);
  const align = elf.header.class === 64 ? 8 : 4;
  let at = 0;
  while (at + 8 <= bytes.length) {
    const type = elf.endian.u32(bytes, at);
    const size = elf.endian.u32(bytes, at + 4);
    if (type === wanted && size >= 4 && at + 12 <= bytes.length)
      return elf.endian.u32(bytes, at + 8);
    at += 8 + Math.ceil(size / align) * align;
  }
  return 0;
}

/** `.note.package`: what distribution package the file came with; null without one. */
export function packageNote(elf: ElfFile): NoteJson | null {
  const note = elf.note('FDO', NT_FDO_PACKAGING);
  return note === undefined ? null : noteJson(elf, note, '.note.package', LIMITS.noteTextBytes);
}

/** `.note.dlopen`: libraries that the program may load later, all entries of all notes. */
export function dlopenNotes(elf: ElfFile): NoteJson[] {
  const entries: NoteJson[] = [];
  let budgetBytes: number = LIMITS.noteTextBytes;
  for (const note of elf.notes) {
    if (note.type !== NT_FDO_DLOPEN || note.name !== 'FDO') continue;
    if (budgetBytes <= 0 || entries.length >= LIMITS.needed) {
      const message = `more than ${LIMITS.noteTextBytes} bytes of metadata; rest not read`;
      elf.diagnostics.add('limit', '.note.dlopen', message, note.fileOffset);
      break;
    }
    const value = noteJson(elf, note, '.note.dlopen', budgetBytes);
    budgetBytes -= note.sizeBytes;
    if (Array.isArray(value)) entries.push(...value.slice(0, LIMITS.needed));
    else entries.push(value);
  }
  return entries;
}

function noteJson(elf: ElfFile, note: Note, field: string, mostBytes: number): NoteJson {
  const bytes = noteBytes(elf, note, mostBytes);
  if (bytes.length < note.sizeBytes) {
    const message = `${note.sizeBytes} bytes of metadata; ${bytes.length} were read`;
    elf.diagnostics.add('limit', field, message, note.fileOffset);
  }
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  const text = decodeBytes(bytes.subarray(0, end));
  if (isDeeperThan(text, LIMITS.noteJsonDepth)) {
    const message = `is nested more than ${LIMITS.noteJsonDepth} deep; shown as text`;
    elf.diagnostics.add('limit', field, message, note.fileOffset);
    return text;
  }
  try {
    return JSON.parse(text);
  } catch {
    elf.diagnostics.add('bad-value', field, 'is not valid JSON; shown as text', note.fileOffset);
    return text;
  }
}

/** Counts brackets outside of strings: enough to bound what JSON.parse would build. */
function isDeeperThan(text: string, most: number): boolean {
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[{]|[\]}]/gs)) {
    if (token === '[' || token === '{') {
      if (++depth > most) return true;
    } else if (token === ']' || token === '}') depth--;
  }
  return false;
}

/** SystemTap (USDT) probes, at most LIMITS.probes of them. */
export function stapsdtProbes(elf: ElfFile): StapsdtProbe[] {
  const probes: StapsdtProbe[] = [];
  for (const note of elf.notes) {
    if (note.type !== NT_STAPSDT || note.name !== 'stapsdt') continue;
    if (probes.length >= LIMITS.probes) {
      elf.diagnostics.add('limit', '.note.stapsdt', `more than ${LIMITS.probes} probes`);
      break;
    }
    const probe = readProbe(elf, note);
    if (probe !== undefined) probes.push(probe);
  }
  return probes;
}

function readProbe(elf: ElfFile, note: Note): StapsdtProbe | undefined {
  const bytes = noteBytes(elf, note, LIMITS.probeNoteBytes);
  return decodeProbe(bytes, elf.header.class, elf.endian);
}

/** The description of a probe's note; undefined where it is too short for one. */
export function decodeProbe(
  bytes: Buffer,
  elfClass: 32 | 64,
  endian: Endian,
): StapsdtProbe | undefined {
  const word = elfClass === 64 ? 8 : 4;
  if (bytes.length < word * 3 + 3) return undefined;
  const address = (i: number): bigint =>
    word === 8 ? endian.u64(bytes, i * 8) : BigInt(endian.u32(bytes, i * 4));
  const texts = decodeBytes(bytes.subarray(word * 3)).split('\0');
  return {
    pc: address(0),
    semaphore: address(2),
    provider: texts[0] ?? '',
    name: texts[1] ?? '',
    arguments: texts[2] ?? '',
  };
}
