// SPDX-License-Identifier: Apache-2.0
// Lines are made as they come, in columns of fixed width: a listing of a million symbols cannot
// wait for its widest name.
import { padEnd, printable, type Style, type TextContext } from '@otelkit/cli-kit';
import type { AddressAnswer } from './addresses.ts';
import { fullName, type SymbolRow } from './rows.ts';
import type { SymbolSource } from './sources.ts';

const SIZE_CELLS = 8;
const TYPE_CELLS = 7;
const BINDING_CELLS = 6;
const VISIBILITY_CELLS = 9;
const SECTION_CELLS = 18;

/** The line before a table's symbols. */
export function renderTableHeading(source: SymbolSource, { style }: TextContext): string {
  const count = Math.max(0, source.location.count - 1);
  const found = `${count} symbol${count === 1 ? '' : 's'}`;
  return `${style.heading(`.${source.table}`)}  ${style.faint(found)}\n`;
}

/** The line before a file's tables, where several files were asked for. */
export function renderFileHeading(path: string, { style }: TextContext): string {
  return `${style.subject(printable(path))}\n`;
}

/** One symbol, one line: address, size, type, binding, visibility, section, name. */
export function renderRow(row: SymbolRow, is64: boolean, style: Style): string {
  const address = row.value.toString(16).padStart(is64 ? 16 : 8, '0');
  const isUndefined = row.section === 'UND';
  const cells =
    `${isUndefined ? style.faint(address) : style.value(address)}  ` +
    `${row.size.toString().padStart(SIZE_CELLS)}  ` +
    `${row.type.padEnd(TYPE_CELLS)}  ${row.binding.padEnd(BINDING_CELLS)}  ` +
    `${row.visibility.padEnd(VISIBILITY_CELLS)}  `;
  const section = padEnd(printable(row.section), SECTION_CELLS);
  return `${cells}${isUndefined ? style.warn(section) : section}  ${renderName(row, style)}\n`;
}

function renderName(row: SymbolRow, style: Style): string {
  if (row.name === null) return style.bad('<unreadable>');
  const name = style.subject(printable(row.name));
  if (row.version === null || row.version === row.name) return name;
  return name + style.faint(row.separator + printable(row.version));
}

/** The JSON form of a symbol. 64-bit numbers are hexadecimal strings. */
export function symbolJson(path: string, row: SymbolRow): object {
  return {
    path,
    table: row.table,
    index: row.index,
    name: row.name,
    version: row.version,
    isDefaultVersion: row.version === null ? null : row.separator === '@@',
    value: `0x${row.value.toString(16)}`,
    size: `0x${row.size.toString(16)}`,
    type: row.type,
    binding: row.binding,
    visibility: row.visibility,
    section: row.section,
  };
}

/** `0x4a10  main+0x10  func .text .symtab`; what was not found says so. */
export function renderAddress(answer: AddressAnswer, { style }: TextContext): string {
  const address = style.value(`0x${answer.address.toString(16)}`);
  if (answer.row === undefined) return `${address}  ${style.bad('no symbol holds it')}\n`;
  const { row, offsetBytes } = answer;
  const offset = offsetBytes === 0n ? '' : `+0x${offsetBytes.toString(16)}`;
  const name = style.subject(printable(fullName(row) ?? '<unreadable>'));
  const start = `0x${row.value.toString(16)}`;
  const about = `${row.type} of ${row.size} bytes at ${start}, ${printable(row.section)}`;
  return `${address}  ${name}${offset}  ${style.faint(`${about}, .${row.table}`)}\n`;
}

/** The JSON form of an answer. */
export function addressJson(path: string, answer: AddressAnswer): object {
  const { row } = answer;
  return {
    path,
    address: `0x${answer.address.toString(16)}`,
    offset: row === undefined ? null : `0x${answer.offsetBytes.toString(16)}`,
    symbol: row === undefined ? null : symbolJson(path, row),
  };
}
