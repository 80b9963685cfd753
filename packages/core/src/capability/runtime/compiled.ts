// SPDX-License-Identifier: Apache-2.0
// Programs without a runtime of their own. Compilers sign in .comment; libraries tell the language.
// A program is called Rust or Zig only on such a sign, C++ by its library, and else C at best.
import { SHT } from '../../elf/constants.ts';
import type { ElfFile } from '../../elf/elfFile.ts';
import { findText } from './findText.ts';
import type { RuntimeDetector, RuntimeFinding } from './types.ts';

/** .strtab up to this size is searched for a name; larger ones only tell by .comment. */
const SYMBOL_NAMES_BYTES = 1_048_576;

export const rust: RuntimeDetector = {
  id: 'rust',
  name: 'Rust',
  ofFile: ({ elf, comments }) => {
    for (const comment of comments) {
      const match = /^rustc version (\d+\.\d+\.\d+[\w.-]*)/.exec(comment);
      if (match === null) continue;
      return { id: 'rust', version: match[1]!, evidence: [{ from: '.comment', says: comment }] };
    }
    if (hasLocalName(elf, 'rust_eh_personality')) return byName('rust', 'rust_eh_personality');
    return undefined;
  },
};

/** Paths of the standard library in panic messages: what is left in a Rust program stripped bare. */
export function rustByPanicPaths(elf: ElfFile): RuntimeFinding | undefined {
  const commit = findText(elf, '/rustc/', 40);
  if (commit === undefined || !/^[0-9a-f]{40}$/.test(commit)) return undefined;
  const says = `/rustc/${commit} in a panic message`;
  return { id: 'rust', evidence: [{ from: 'read-only data', says }] };
}

export const zig: RuntimeDetector = {
  id: 'zig',
  name: 'Zig',
  ofFile: ({ elf, comments }) => {
    const comment = comments.find((text) => /^zig \d/.test(text));
    if (comment !== undefined) {
      const version = comment.slice(4);
      return { id: 'zig', version, evidence: [{ from: '.comment', says: comment }] };
    }
    if (hasLocalName(elf, 'start.callMain')) return byName('zig', 'start.callMain');
    if (hasLocalName(elf, 'posixCallMainAndExit')) return byName('zig', 'posixCallMainAndExit');
    return undefined;
  },
};

export const cpp: RuntimeDetector = {
  id: 'cpp',
  name: 'C++',
  ofFile: ({ needed }) => {
    const library = needed.find((entry) => /^lib(stdc\+\+|c\+\+)\.so/.test(entry));
    if (library === undefined) return undefined;
    return { id: 'cpp', evidence: [{ from: 'DT_NEEDED', says: library }] };
  },
};

export const c: RuntimeDetector = {
  id: 'c',
  name: 'C',
  ofFile: ({ needed, comments }) => {
    const compiler = comments.find((text) => /^(GCC|clang|Debian clang|Ubuntu clang)/.test(text));
    if (compiler !== undefined)
      return { id: 'c', evidence: [{ from: '.comment', says: compiler }] };
    const libc = needed.find((entry) => /^libc\.(so|musl-)/.test(entry));
    if (libc === undefined) return undefined;
    return { id: 'c', evidence: [{ from: 'DT_NEEDED', says: libc }] };
  },
};

function byName(id: 'rust' | 'zig', name: string): RuntimeFinding {
  return { id, evidence: [{ from: '.symtab', says: name }] };
}

/** True when the string table of .symtab holds the name; not searched when it is large. */
function hasLocalName(elf: ElfFile, name: string): boolean {
  const symtab = elf.sections.find((section) => section.type === SHT.SYMTAB);
  const strings = symtab === undefined ? undefined : elf.sections[symtab.link];
  if (strings === undefined || strings.type !== SHT.STRTAB) return false;
  if (strings.sizeBytes > SYMBOL_NAMES_BYTES) return false;
  const bytes = elf.source.read(strings.fileOffset, strings.sizeBytes);
  return bytes.includes(Buffer.from(`${name}\0`));
}
