// SPDX-License-Identifier: Apache-2.0
// OTEL_INJECTOR_APPLIED, the record by which a child takes out again what its parent was given:
// `1;<op><was>NAME:LENGTH:DATA;…` (native/injector/src/applied.zig).
import type { ByteText } from '../../config/byteText.ts';
import { wholeNumber } from '../../config/byteText.ts';
import { INJECT_LIMITS } from '../../config/limits.ts';
import type { Environment } from './environment.ts';

export const APPLIED = 'OTEL_INJECTOR_APPLIED';
const VERSION = '1;';

/** `s`: the value is ours, data is its hash; `p`: data stands in front; `a`: at the end. */
export type AppliedOp = 's' | 'p' | 'a';

export interface AppliedEntry {
  readonly op: AppliedOp;
  readonly existed: boolean;
  readonly name: ByteText;
  readonly data: ByteText;
}

/** The record for entries, '' for none. */
export function formatApplied(entries: readonly AppliedEntry[]): ByteText {
  if (entries.length === 0) return '';
  const parts = entries.map(({ op, existed, name, data }) => {
    const kept = op === 's' ? hashHex(data) : data;
    return `${op}${existed ? 'e' : 'n'}${name}:${kept.length}:${kept};`;
  });
  return VERSION + parts.join('');
}

/** Entries up to the first damage; `data` of a whole value is its hash. */
export function parseApplied(record: ByteText): AppliedEntry[] {
  const entries: AppliedEntry[] = [];
  if (record.length > INJECT_LIMITS.appliedBytes || !record.startsWith(VERSION)) return entries;
  let rest = record.slice(VERSION.length);
  while (entries.length < INJECT_LIMITS.envAdditions) {
    const parsed = parseEntry(rest);
    if (parsed === undefined) break;
    entries.push(parsed.entry);
    rest = rest.slice(parsed.sizeBytes);
  }
  return entries;
}

function parseEntry(s: ByteText): { entry: AppliedEntry; sizeBytes: number } | undefined {
  const op = s[0];
  if (s.length < 6 || (op !== 's' && op !== 'p' && op !== 'a')) return undefined;
  const colon = s.indexOf(':', 2);
  const second = colon < 0 ? -1 : s.indexOf(':', colon + 1);
  if (colon <= 2 || second < 0) return undefined;
  const length = wholeNumber(s.slice(colon + 1, second));
  const start = second + 1;
  if (length === undefined || length > s.length || start + length >= s.length) return undefined;
  if (s[start + length] !== ';') return undefined;
  const data = s.slice(start, start + length);
  const entry: AppliedEntry = { op, existed: s[1] === 'e', name: s.slice(2, colon), data };
  return { entry, sizeBytes: start + length + 1 };
}

/** Takes what the record lists out of the environment, then the record itself. */
export function undoApplied(env: Environment): void {
  for (let round = 0; round < INJECT_LIMITS.envAdditions; round++) {
    const record = env.get(APPLIED);
    if (record === undefined) return;
    for (const entry of parseApplied(record)) undoOne(env, entry);
    env.remove(APPLIED);
  }
}

function undoOne(env: Environment, entry: AppliedEntry): void {
  const { name, data, existed } = entry;
  const value = env.get(name);
  if (value === undefined) return;
  if (entry.op === 's') {
    if (hashHex(value) === data) env.remove(name);
    return;
  }
  const at = locate(value, entry);
  if (at < 0) return;
  const before = value.slice(0, at);
  let after = value.slice(at + data.length);
  const separator = separatorOf(name);
  // Our piece joined what the program added behind it later.
  const isOpen = before === '' || before.endsWith(separator);
  if (after.startsWith(separator) && isOpen && !data.endsWith(separator)) after = after.slice(1);
  if (before === '' && after === '' && !existed) env.remove(name);
  else env.set(name, before + after);
}

/** Where the piece stands as whole words: in front where it was put there, else at the end. */
function locate(value: ByteText, { op, name, data }: AppliedEntry): number {
  if (data.length === 0 || data.length > value.length) return -1;
  const separator = separatorOf(name);
  const isWhole = (at: number): boolean => {
    const end = at + data.length;
    const starts = at === 0 || value[at - 1] === separator || data[0] === separator;
    const ends = end === value.length || value[end] === separator || data.endsWith(separator);
    return starts && ends;
  };
  const step = (from: number): number =>
    op === 'p' ? value.indexOf(data, from) : from < 0 ? -1 : value.lastIndexOf(data, from);
  for (let at = step(op === 'p' ? 0 : value.length); at >= 0; ) {
    if (isWhole(at)) return at;
    at = step(op === 'p' ? at + 1 : at - 1);
  }
  return -1;
}

function separatorOf(name: ByteText): string {
  if (name === 'PYTHONPATH') return ':';
  return name === 'OTEL_RESOURCE_ATTRIBUTES' ? ',' : ' ';
}

/** FNV-1a, 64 bits, as 16 hexadecimal digits. */
export function hashHex(text: ByteText): string {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}
