// SPDX-License-Identifier: Apache-2.0
import type { ElfFile } from './elfFile.ts';

const UPX_MAGIC = Buffer.from('UPX!', 'latin1');
// UPX puts its l_info right behind the program headers; its own loader's signature stands there.
const SEARCH_BYTES = 1024;

/** The packer that compressed the file, so that what else is read speaks of the stub only. */
export function detectPacker(elf: ElfFile): 'upx' | null {
  const { phoff, phnum, phentsize } = elf.header;
  const from = phoff + phnum * phentsize;
  if (phnum === 0 || phnum > 16) return null;
  return elf.source.read(from, SEARCH_BYTES).includes(UPX_MAGIC) ? 'upx' : null;
}
