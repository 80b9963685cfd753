// SPDX-License-Identifier: Apache-2.0

/** ELF header, generic ABI chapter 4. Extended numbering (PN_XNUM, section 0) is resolved. */
export interface ElfHeader {
  readonly class: 32 | 64;
  readonly data: 'LE' | 'BE';
  readonly osabi: number;
  readonly abiVersion: number;
  /** e_type, raw. */
  readonly elfType: number;
  /** e_machine, raw. */
  readonly machine: number;
  readonly entry: bigint;
  /** File offsets as doubles: exact below 2^53, beyond any file above. */
  readonly phoff: number;
  readonly shoff: number;
  readonly flags: number;
  readonly ehsize: number;
  readonly phentsize: number;
  readonly phnum: number;
  readonly shentsize: number;
  readonly shnum: number;
  readonly shstrndx: number;
}

/** One program header. `fileOffset`, `fileSize` and `memSize` are doubles, addresses are exact. */
export interface ProgramHeader {
  readonly type: number;
  readonly flags: number;
  readonly fileOffset: number;
  readonly vaddr: bigint;
  readonly paddr: bigint;
  readonly fileSizeBytes: number;
  readonly memSizeBytes: number;
  readonly align: number;
}

/** One section header with its name resolved; `''` where the name could not be read. */
export interface SectionHeader {
  readonly index: number;
  readonly name: string;
  /** sh_name. */
  readonly nameIndex: number;
  readonly type: number;
  readonly flags: number;
  readonly addr: bigint;
  readonly fileOffset: number;
  readonly sizeBytes: number;
  readonly link: number;
  readonly info: number;
  readonly align: number;
  readonly entrySizeBytes: number;
}

/** A run of bytes of a file. */
export interface FileRange {
  readonly fileOffset: number;
  readonly sizeBytes: number;
}
