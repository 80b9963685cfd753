// SPDX-License-Identifier: Apache-2.0
// Changes one key of a configuration text and leaves every other byte as it is.
import { type ByteText, trim } from './byteText.ts';
import type { KeySpec } from './keys.ts';
import { parseLines, unquote } from './parseLines.ts';

/**
 * The text with `key` set to `value`: its last line is changed, keeping a comment behind it; of a
 * list the other lines go, since all of them count. Without a line, one is added behind a
 * commented-out one, else at the end.
 */
export function editText(source: ByteText, key: KeySpec, value: ByteText): ByteText {
  const lines = source.split('\n');
  const own = [...parseLines(source)].filter((line) => line.key === key.name);
  const last = own.at(-1);
  if (last === undefined) return insertLine(lines, key, value);
  const isSame = own.length === 1 && last.damage === undefined && last.value === value;
  if (isSame) return source;
  const at = last.number - 1;
  lines[at] = changedLine(lines[at]!, value, last.damage === undefined);
  if (key.kind !== 'patterns') return lines.join('\n');
  const dropped = new Set(own.slice(0, -1).map(({ number }) => number - 1));
  return lines.filter((_, index) => !dropped.has(index)).join('\n');
}

function changedLine(line: ByteText, value: ByteText, isWhole: boolean): ByteText {
  const equals = line.indexOf('=');
  const ending = line.endsWith('\r') ? '\r' : '';
  if (equals < 0) return `${trim(line)}=${writeValue(value)}${ending}`;
  const rest = line.slice(equals + 1);
  const blanks = /^[ \t]*/.exec(rest)![0];
  const { commentAt } = unquote(rest);
  const comment = isWhole && commentAt !== undefined ? rest.slice(commentAt).trimEnd() : '';
  const head = `${line.slice(0, equals + 1)}${blanks}${writeValue(value)}`;
  return `${head}${comment === '' ? '' : `  ${comment}`}${ending}`;
}

function insertLine(lines: ByteText[], key: KeySpec, value: ByteText): ByteText {
  const written = `${key.name}=${writeValue(value)}`;
  const example = new RegExp(`^\\s*#\\s*${key.name}\\s*=`);
  const at = lines.findLastIndex((line) => example.test(line));
  if (at >= 0) return lines.toSpliced(at + 1, 0, written).join('\n');
  if (lines.at(-1) === '') lines.pop();
  return `${[...lines, written].join('\n')}\n`;
}

/** The value as the parser reads it back, quoted only where it must be. */
export function writeValue(value: ByteText): ByteText {
  const forms = [value, `'${value}'`, `"${value.replace(/["\\$`]/g, '\\$&')}"`];
  return forms.find((form) => readsBack(form, value)) ?? forms[2]!;
}

function readsBack(form: ByteText, value: ByteText): boolean {
  const read = unquote(form);
  return read.openQuoteAt === undefined && read.commentAt === undefined && read.value === value;
}
