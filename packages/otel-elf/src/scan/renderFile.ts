// SPDX-License-Identifier: Apache-2.0
import { printable, type Style, type TextContext } from '@otelkit/cli-kit';
import type { ScannedFile } from './files.ts';

// Lines are printed as files are found, so the columns are fixed and the path, which has no
// bound, comes last.
const KIND_CELLS = 11;
const MACHINE_CELLS = 8;
const LIBC_CELLS = 13;
const RUNTIME_CELLS = 10;
const GAP = '  ';

export function fileHeading({ style }: TextContext): string {
  const cells = [
    'KIND'.padEnd(KIND_CELLS),
    'MACHINE'.padEnd(MACHINE_CELLS),
    'LIBC'.padEnd(LIBC_CELLS),
    'RUNTIME'.padEnd(RUNTIME_CELLS),
    'PATH',
  ];
  return `${style.heading(cells.join(GAP))}\n`;
}

/** One file on one line. */
export function fileLine(file: ScannedFile, { style }: TextContext): string {
  const cells = [
    cell(kindWord(file), KIND_CELLS),
    cell(file.machine, MACHINE_CELLS),
    cell(libcWord(file), LIBC_CELLS),
    cell(file.goVersion ?? '-', RUNTIME_CELLS),
    `${style.subject(printable(file.path))}${remarks(file, style)}`,
  ];
  return `${cells.join(GAP)}\n`;
}

function cell(text: string, cells: number): string {
  return printable(text).slice(0, cells).padEnd(cells);
}

function kindWord(file: ScannedFile): string {
  return file.debugOnly ? 'debug' : (file.kind ?? file.type);
}

function libcWord({ libc }: ScannedFile): string {
  if (libc.flavor === null) return '-';
  return libc.maxGlibcVersion === null ? libc.flavor : `${libc.flavor} ${libc.maxGlibcVersion}`;
}

function remarks(file: ScannedFile, style: Style): string {
  const words: string[] = [];
  if (file.missing.length > 0) {
    words.push(style.bad(`missing ${file.missing.map(printable).join(' ')}`));
  }
  if (file.packer !== null) words.push(style.warn(file.packer));
  if (file.diagnostics.length > 0) words.push(style.bad('damaged'));
  return words.length === 0 ? '' : `  ${words.join(' ')}`;
}
