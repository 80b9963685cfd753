// SPDX-License-Identifier: Apache-2.0
// Where the fields of one symbol table entry stand (gABI chapter 4, "Symbol Table"). The two
// classes order them differently: Elf64_Sym moves the bytes forward so that addresses align.

export interface SymbolLayout {
  readonly entryBytes: number;
  readonly value: number;
  readonly size: number;
  readonly info: number;
  readonly other: number;
  readonly shndx: number;
}

export const SYMBOL_LAYOUT: { readonly 32: SymbolLayout; readonly 64: SymbolLayout } = {
  32: { entryBytes: 16, value: 4, size: 8, info: 12, other: 13, shndx: 14 },
  64: { entryBytes: 24, value: 8, size: 16, info: 4, other: 5, shndx: 6 },
};
