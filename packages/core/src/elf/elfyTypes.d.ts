// SPDX-License-Identifier: Apache-2.0
// elfy 1.0.0 ships no types; only the calls that the adapter uses are declared.
declare module 'elfy' {
  interface ElfyHeader {
    class: '32' | '64';
    endian: 'lsb' | 'msb';
    version: number;
    phoff: number;
    shoff: number;
    flags: number;
    ehsize: number;
    phentsize: number;
    phnum: number;
    shentsize: number;
    shnum: number;
    shstrndx: number;
  }
  interface ElfyProgram {
    offset: number;
    filesz: number;
    memsz: number;
    align: number;
  }
  interface ElfyParser {
    parseHeader(bytes: Buffer): ElfyHeader;
    /** Of the bytes it uses `length` and `slice`, and what its own methods read with. */
    parsePrograms(
      bytes: { readonly length: number; slice(start: number, end: number): object },
      header: Pick<ElfyHeader, 'class' | 'phoff' | 'phnum' | 'phentsize'>,
    ): ElfyProgram[];
  }
  const elfy: { Parser: new () => ElfyParser };
  export = elfy;
}
