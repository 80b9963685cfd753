// SPDX-License-Identifier: Apache-2.0
// Where probes go: people name a function, the kernel wants the place of its code in the file.
import { resolve } from 'node:path';
import {
  type ElfFile,
  findDynamicSymbol,
  InputError,
  openElf,
  readSymbolTable,
  SYMBOL_SECTION,
} from '@otelkit/core';
import { usage } from '../config/usage.ts';

const FORMS =
  'tracepoint:CATEGORY:NAME, uprobe:FILE:FUNCTION or uretprobe:FILE:FUNCTION; +OFFSET may follow';
const UPROBE = /^(uprobe|uretprobe):(.+):([^:+]+)(?:\+(0x[0-9a-fA-F]+|\d+))?$/;
const NUMBER = /^(0x[0-9a-fA-F]+|\d+)$/;
const STT_FUNC = 2;
const STT_GNU_IFUNC = 10;

/**
 * The probe as the helper takes it: functions become file offsets.
 * @throws ToolError (exit 2) for what is no probe, a file that cannot be read, or has no such function
 */
export function resolveProbe(text: string): string {
  if (/^tracepoint:[^:]+:[^:]+$/.test(text)) return text;
  if (/^kretprobe:|^kprobe:/.test(text)) {
    throw usage(`probe ${text}: kernel functions cannot be probed`, 'use a tracepoint');
  }
  const [, kind, file, place, added = '0'] = UPROBE.exec(text) ?? [];
  if (kind === undefined || file === undefined || place === undefined) {
    throw usage(`probe ${text}: cannot be understood`, `expected ${FORMS}`);
  }
  const path = resolve(file);
  const offset = NUMBER.test(place) ? Number(place) : offsetOf(text, path, place);
  return `${kind}:${path}:${offset + Number(added)}`;
}

function offsetOf(text: string, path: string, name: string): number {
  let elf: ElfFile | undefined;
  try {
    elf = openElf(path);
    const vaddr = addressOf(elf, name);
    if (vaddr === undefined) {
      throw usage(`probe ${text}: ${path} has no function ${name}`, `see otel-elf symbols ${path}`);
    }
    const range = elf.vaddrToFileRange(vaddr);
    if (range === undefined) throw usage(`probe ${text}: the file holds no code of ${name}`);
    return range.fileOffset;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw usage(`probe ${text}: ${error.message}`);
  } finally {
    elf?.source.close();
  }
}

function addressOf(elf: ElfFile, name: string): bigint | undefined {
  const dynamic = findDynamicSymbol(elf, name);
  if (dynamic !== undefined && dynamic.shndx !== SYMBOL_SECTION.UNDEF && isCode(dynamic.info)) {
    return dynamic.value;
  }
  const table = readSymbolTable(elf, 'symtab');
  if (table === undefined) return undefined;
  for (let i = 0; i < table.count; i++) {
    if (table.shndx[i] === SYMBOL_SECTION.UNDEF || !isCode(table.info[i]!)) continue;
    if (table.name(i) === name) return table.value.wide[i];
  }
  return undefined;
}

function isCode(info: number): boolean {
  const type = info & 0xf;
  return type === STT_FUNC || type === STT_GNU_IFUNC;
}
