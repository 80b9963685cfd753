// SPDX-License-Identifier: Apache-2.0
// What GNU readelf says of symbol tables, taken from its text.
import { outputOf } from '../fixtures/compile.ts';

/** One line of `readelf -sW`, its name with version. */
export interface ReadelfSymbol {
  readonly value: bigint;
  readonly size: bigint;
  readonly type: string;
  readonly binding: string;
  readonly visibility: string;
  readonly ndx: string;
  readonly name: string;
}

const LINE =
  /^ *\d+: ([0-9a-f]+) +(\d+|0x[0-9a-f]+) (\S+) +(\S+) +(\S+) +(?:\[.*?\] +)?(\S+)(?: (.*))?$/;

/** Tables by name (`.symtab`, `.dynsym`), in table order, the null symbol included. */
export function readelfSymbols(path: string): Map<string, ReadelfSymbol[]> {
  const tables = new Map<string, ReadelfSymbol[]>();
  let current: ReadelfSymbol[] | undefined;
  for (const line of outputOf('readelf', ['-sW', '--', path]).split('\n')) {
    const heading = /^Symbol table '(.*)' contains/.exec(line);
    if (heading !== null) {
      current = [];
      tables.set(heading[1]!, current);
      continue;
    }
    const match = LINE.exec(line);
    if (match === null || current === undefined) continue;
    current.push({
      value: BigInt(`0x${match[1]}`),
      size: BigInt(match[2]!),
      type: match[3]!.toLowerCase(),
      binding: match[4]!.toLowerCase(),
      visibility: match[5]!.toLowerCase(),
      ndx: match[6]!,
      name: (match[7] ?? '').replace(/ \(\d+\)$/, ''),
    });
  }
  return tables;
}
