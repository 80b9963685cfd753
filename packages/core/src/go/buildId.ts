// SPDX-License-Identifier: Apache-2.0
// Go's build ID (cmd/internal/buildid): four hashes that cmd/go compares to know what is stale.
// In ELF a note; at the start of the text, also in the form that other object formats use.
import { decodeBytes } from '../bytes/surrogateEscape.ts';
import { NT_GO_BUILD_ID, PF } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { type Note, noteBytes } from '../elf/notes.ts';
import { GO_LIMITS } from './limits.ts';
import { unquote } from './quoting.ts';
import { goBySectionNames } from './sectionNames.ts';

const TEXT_PREFIX = Buffer.from('\xff Go build ID: "', 'latin1');
const TEXT_END = Buffer.from('"\n \xff', 'latin1');

/**
 * The Go build ID by note `Go` type 4, else by the marker at the start of the text; undefined when
 * the file has neither. A GNU build ID, which Go's tool shows for gccgo, is not taken for one.
 */
export function readGoBuildId(elf: ElfFile): string | undefined {
  const note = elf.note('Go', NT_GO_BUILD_ID);
  if (note !== undefined) return fromNote(elf, note);
  // The search is worth its read only where Go's linker may have been at work.
  return goBySectionNames(elf) === 'other' ? undefined : fromText(elf);
}

function fromNote(elf: ElfFile, note: Note): string | undefined {
  if (note.sizeBytes > GO_LIMITS.buildIdBytes) {
    const message = `${note.sizeBytes} bytes; at most ${GO_LIMITS.buildIdBytes} are read`;
    elf.diagnostics.add('limit', 'Go build ID', message, note.fileOffset);
    return undefined;
  }
  const bytes = noteBytes(elf, note, note.sizeBytes);
  const end = bytes.indexOf(0);
  const id = decodeBytes(end < 0 ? bytes : bytes.subarray(0, end));
  return id === '' ? undefined : id;
}

function fromText(elf: ElfFile): string | undefined {
  const text = elf.loads.find((segment) => (segment.flags & PF.X) !== 0);
  if (text === undefined) return undefined;
  const scanBytes = Math.min(text.fileSizeBytes, GO_LIMITS.buildIdScanBytes);
  const bytes = elf.source.read(text.fileOffset, scanBytes);
  const start = bytes.indexOf(TEXT_PREFIX);
  if (start < 0) return undefined;
  const quoteAt = start + TEXT_PREFIX.length - 1;
  const end = bytes.indexOf(TEXT_END, quoteAt + 1);
  if (end < 0 || end - quoteAt > GO_LIMITS.buildIdBytes) return undefined;
  return unquote(decodeBytes(bytes.subarray(quoteAt, end + 1))) || undefined;
}
