// SPDX-License-Identifier: Apache-2.0
import { printable } from '../output/printable.ts';
import type { ErrorRecord } from './ToolError.ts';

/**
 * One line for stderr: `path: field at offset 0x..: message: expected …, found …; hint`.
 * Every part may come from hostile input, so every part is escaped.
 */
export function formatError(record: ErrorRecord): string {
  const where = placeOf(record);
  const compared = [
    record.expected === undefined ? undefined : `expected ${printable(record.expected)}`,
    record.found === undefined ? undefined : `found ${printable(record.found)}`,
  ].filter((part) => part !== undefined);
  const path = record.path === undefined ? undefined : printable(record.path);
  const sentence = [path, where, printable(record.message), compared.join(', ')]
    .filter((part) => part !== undefined && part !== '')
    .join(': ');
  return record.hint === undefined ? sentence : `${sentence}; ${printable(record.hint)}`;
}

function placeOf({ field, fileOffset }: ErrorRecord): string | undefined {
  if (field === undefined && fileOffset === undefined) return undefined;
  if (field === undefined) return `at offset ${fileOffset}`;
  return fileOffset === undefined
    ? printable(field)
    : `${printable(field)} at offset ${fileOffset}`;
}
