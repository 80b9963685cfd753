// SPDX-License-Identifier: Apache-2.0
// Hand-written code of C libraries where stacks begin or change, without (or with wrong) call frame
// information. It is told by its bytes: what it does is fixed by the system calls that it makes.
import { DT, type ElfFile, EM, findDynamicSymbol, PF } from '@otelkit/core';
import type { TableTarget } from '../cfi/frameSection.ts';
import { UNWIND_LIMITS } from '../limits.ts';
import { CFA } from '../table/layout.ts';
import { END_HEAD, ruleHead, ruleOffsets } from '../table/rowColumns.ts';

interface KnownCode {
  /** Hexadecimal; `..` is any byte. Begins with at least three that are told. */
  readonly bytes: string;
  /** Where the rule holds: from `from` (-1 is the byte before) up to `to`, or the end. */
  readonly from: number;
  readonly to?: number;
  readonly head: number;
  readonly offsets: number;
}

/** The handler is looked up one byte before its return address, which is the stub's first byte. */
const SIGRETURN = { from: -1, head: CFA.SIGNAL, offsets: 0 } as const;
/** mov $15,%rax; syscall */
const X86_64_SIGRETURN: KnownCode = { bytes: '48c7c00f0000000f05', ...SIGRETURN };
/** mov x8,#139; svc #0 */
const AARCH64_SIGRETURN: KnownCode = { bytes: '681180d2010000d4', ...SIGRETURN };

const OF_X86_64: readonly KnownCode[] = [
  // glibc's __start_context: makecontext puts its address below the first function of a context.
  // mov %rbx,%rsp; mov (%rsp),%rdi; test %rdi,%rdi; je; call setcontext; mov; call exit; hlt
  {
    bytes: '4889dc488b3c244885ff74..e8........4889c7e8........f4',
    from: -1,
    to: 0,
    head: END_HEAD,
    offsets: 0,
  },
  // glibc's clone3 describes the child; what its caller waits in is between the two.
  // mov $435,%eax; syscall; test %rax,%rax; jl; je; ret
  {
    bytes: 'b8b30100000f054885c07c..74..c3',
    from: 5,
    head: ruleHead(CFA.SP),
    offsets: ruleOffsets(8),
  },
  // musl's __clone, where a thread begins: xor %ebp,%ebp; pop %rdi; call *%r9; mov %eax,%edi;
  // xor %eax,%eax; mov $60,%al; syscall
  { bytes: '31ed5f41ffd189c731c0b03c0f05', from: 0, head: END_HEAD, offsets: 0 },
];

/** Adds a range for each piece of such code, in files that are a C library or bring theirs along. */
export function addCLibraryRows(elf: ElfFile, target: TableTarget): void {
  const isX86 = elf.header.machine === EM.X86_64;
  const isAlone = !(elf.dynamic?.has(DT.NEEDED) ?? false);
  if (!isAlone && (findDynamicSymbol(elf, 'makecontext')?.shndx ?? 0) === 0) return;
  const known = isX86 ? [...OF_X86_64] : [];
  if (isAlone) known.push(isX86 ? X86_64_SIGRETURN : AARCH64_SIGRETURN);
  const codes = known.map((code) => ({ ...code, pattern: patternOf(code.bytes) }));
  let budgetBytes: number = UNWIND_LIMITS.cLibraryScanBytes;
  for (const load of elf.loads) {
    if ((load.flags & PF.X) === 0 || budgetBytes <= 0) continue;
    const sizeBytes = Math.min(load.fileSizeBytes, budgetBytes);
    budgetBytes -= sizeBytes;
    scan(elf, target, codes, { vaddr: Number(load.vaddr), at: load.fileOffset, sizeBytes });
  }
}

/** Bytes of a pattern, -1 for any; and those it begins with. */
interface Pattern {
  readonly bytes: readonly number[];
  readonly head: Buffer;
}

function patternOf(text: string): Pattern {
  const bytes = text.match(/../g)!.map((byte) => (byte === '..' ? -1 : Number.parseInt(byte, 16)));
  return { bytes, head: Buffer.from(text.split('..')[0]!, 'hex') };
}

function scan(
  elf: ElfFile,
  target: TableTarget,
  codes: readonly (KnownCode & { readonly pattern: Pattern })[],
  range: { readonly vaddr: number; readonly at: number; readonly sizeBytes: number },
): void {
  const step = UNWIND_LIMITS.scanPieceBytes;
  const overlapBytes = Math.max(...codes.map(({ pattern }) => pattern.bytes.length)) - 1;
  let found = 0;
  for (let from = 0; from < range.sizeBytes && codes.length > 0; from += step) {
    const wanted = Math.min(step + overlapBytes, range.sizeBytes - from);
    const piece = elf.source.read(range.at + from, wanted);
    for (const code of codes) {
      const { head, bytes } = code.pattern;
      for (let i = piece.indexOf(head); i >= 0 && i < step; i = piece.indexOf(head, i + 1)) {
        if (!bytes.every((byte, k) => byte < 0 || piece[i + k] === byte)) continue;
        const start = range.vaddr + from + i - target.baseVaddr;
        if (start < 1 || ++found > UNWIND_LIMITS.cLibraryPlaces) return;
        const to = start + (code.to ?? bytes.length);
        target.rows.addRange(start + code.from, to, code.head, code.offsets);
      }
    }
  }
}
