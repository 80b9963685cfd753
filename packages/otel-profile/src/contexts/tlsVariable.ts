// SPDX-License-Identifier: Apache-2.0
// Where a file keeps `otel_thread_ctx_v1`, the thread-local pointer by which a program tells which span
// each of its threads is in (OTEP 4947). An executable's own thread-local memory has a fixed distance
// from the thread pointer; a library's is known to the loader only, which writes it next to the code
// that uses it, in one of the ways of the ELF TLS ABI.
import {
  type ElfFile,
  elfKind,
  findDynamicSymbol,
  type ProgramHeader,
  readSymbolTable,
  relocationTables,
  walkRelocations,
} from '@otelkit/core';

export const THREAD_CONTEXT_SYMBOL = 'otel_thread_ctx_v1';

/** What the loader leaves at a place: a descriptor, a module with an offset, or an offset alone. */
export type GotForm = 'descriptor' | 'module' | 'offset';

export type TlsVariable =
  /** So far from the thread pointer. */
  | { readonly in: 'executable'; readonly offset: number }
  | {
      readonly in: 'library';
      readonly form: GotForm;
      /** Address in the file of the loader's two words. */
      readonly gotVaddr: number;
    };

const PT_TLS = 7;
const STT_TLS = 6;
const EM_X86_64 = 62;
const EM_AARCH64 = 183;
/** The thread control block between the thread pointer and an executable's variables. */
const AARCH64_TCB_BYTES = 16n;

/** Relocations of the processor supplements (ELF for x86-64, ELF for AArch64). */
const FORMS: Readonly<Record<number, Readonly<Record<number, GotForm>>>> = {
  [EM_X86_64]: { 36: 'descriptor', 16: 'module', 18: 'offset' },
  [EM_AARCH64]: { 1031: 'descriptor', 1028: 'module', 1030: 'offset' },
};

/** Undefined where the file has no such variable. @throws InputError */
export function findThreadContext(elf: ElfFile): TlsVariable | undefined {
  const segment = elf.programHeaders.find(({ type }) => type === PT_TLS);
  const forms = FORMS[elf.header.machine];
  if (segment === undefined || forms === undefined || elf.header.class !== 64) return undefined;
  const symbol = findSymbol(elf);
  if (symbol === undefined) return undefined;
  if (elfKind(elf) !== 'shared') {
    const offset = offsetInExecutable(elf.header.machine, segment, symbol.value);
    return Number.isSafeInteger(offset) ? { in: 'executable', offset } : undefined;
  }
  const place = findPlace(elf, forms, symbol);
  return place === undefined ? undefined : { in: 'library', ...place };
}

interface TlsSymbol {
  /** In .dynsym; -1 for one of .symtab alone. */
  readonly index: number;
  readonly value: bigint;
}

function findSymbol(elf: ElfFile): TlsSymbol | undefined {
  const found = findDynamicSymbol(elf, THREAD_CONTEXT_SYMBOL);
  if (found !== undefined) {
    return (found.info & 0xf) === STT_TLS && found.shndx !== 0 ? found : undefined;
  }
  // The linker makes no .dynsym for some static executables, whatever they export.
  if (elf.dynamic !== undefined && elfKind(elf) !== 'static-pie') return undefined;
  const table = readSymbolTable(elf, 'symtab');
  if (table === undefined) return undefined;
  for (let i = 1; i < table.count; i++) {
    if ((table.info[i]! & 0xf) !== STT_TLS || table.shndx[i] === 0) continue;
    if (table.name(i) === THREAD_CONTEXT_SYMBOL) return { index: -1, value: table.value.at(i) };
  }
  return undefined;
}

/** TLS variants II (x86_64) and I (AArch64) of U. Drepper, "ELF Handling For Thread-Local Storage". */
function offsetInExecutable(machine: number, tls: ProgramHeader, value: bigint): number {
  const align = BigInt(Math.max(1, Number(tls.align)));
  const modulo = (n: bigint): bigint => ((n % align) + align) % align;
  if (machine === EM_X86_64) {
    const size = BigInt(tls.memSizeBytes);
    return Number(value - size - modulo(-tls.vaddr - size));
  }
  const tcb = AARCH64_TCB_BYTES;
  return Number(value + tcb + modulo(tls.vaddr - tcb));
}

type Place = Pick<TlsVariable & { in: 'library' }, 'form' | 'gotVaddr'>;

/** The first place that the loader fills for this symbol. */
function findPlace(
  elf: ElfFile,
  forms: Readonly<Record<number, GotForm>>,
  symbol: TlsSymbol,
): Place | undefined {
  let found: Place | undefined;
  for (const table of relocationTables(elf)) {
    if (table.form !== 'rela') continue;
    walkRelocations(elf, table, (batch) => {
      for (let i = 0; i < batch.count; i++) {
        const form = forms[batch.type[i]!];
        if (form === undefined) continue;
        const gotVaddr = batch.offset.asNumber(i);
        const by = batch.symbol[i]!;
        // Where the name cannot be overridden linkers tell the place in the module instead.
        const isIt =
          by === symbol.index ||
          (by === 0 && symbol.value === ownOffset(elf, form, gotVaddr, batch.addend.at(i)));
        if (!isIt || !Number.isSafeInteger(gotVaddr)) continue;
        found = { form, gotVaddr };
        return false;
      }
      return undefined;
    });
    if (found !== undefined) return found;
  }
  return undefined;
}

function ownOffset(
  elf: ElfFile,
  form: GotForm,
  gotVaddr: number,
  addend: bigint,
): bigint | undefined {
  if (form !== 'module') return addend;
  const range = elf.vaddrToFileRange(BigInt(gotVaddr + 8));
  if (range === undefined || range.sizeBytes < 8) return undefined;
  const word = elf.source.read(range.fileOffset, 8);
  return word.length === 8 ? elf.endian.u64(word, 0) : undefined;
}
