// SPDX-License-Identifier: Apache-2.0
import { AddressIndex, ET, readSymbolTable, SYMBOL_SECTION } from '@otelkit/core';
import { type SymbolRow, symbolRow } from './rows.ts';
import type { SymbolSource } from './sources.ts';

/** Which symbol holds an address, and how far into it the address lies. */
export interface AddressAnswer {
  readonly address: bigint;
  readonly row: SymbolRow | undefined;
  readonly offsetBytes: bigint;
}

/** Answers each address by the first table that knows it. Addresses are those of the file. */
export function findAddresses(
  sources: readonly SymbolSource[],
  addresses: readonly bigint[],
): AddressAnswer[] {
  const answers = new Map<bigint, AddressAnswer>();
  for (const source of sources) {
    const missing = addresses.filter((address) => !answers.has(address));
    if (missing.length === 0) break;
    if (source.elf.header.elfType === ET.REL) {
      source.elf.diagnostics.add(
        'unsupported',
        '--address',
        'an object file has no addresses yet: its symbols are offsets into their sections',
      );
      break;
    }
    const table = readSymbolTable(source.elf, source.location.kind);
    if (table === undefined) continue;
    const index = new AddressIndex(source.elf, table);
    for (const address of missing) {
      const hit = index.symbolAt(address);
      if (hit === undefined || table.shndx[hit.index] === SYMBOL_SECTION.UNDEF) continue;
      const row = symbolRow(source, table, hit.index);
      answers.set(address, { address, row, offsetBytes: hit.offsetBytes });
    }
  }
  return addresses.map(
    (address) => answers.get(address) ?? { address, row: undefined, offsetBytes: 0n },
  );
}
