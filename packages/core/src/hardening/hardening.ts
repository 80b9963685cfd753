// SPDX-License-Identifier: Apache-2.0
import { DF, DF_1, DT, EM, PF, PT } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { type ElfKind, isLoadable } from '../elf/kind.ts';

const X86 = [EM.X86_64, EM.I386];
const ARM64 = [EM.AARCH64];

export interface HardeningFacts {
  /** Null where the question does not arise (object files, cores, debug files) or is lost. */
  readonly relro: 'none' | 'partial' | 'full' | null;
  /** PT_GNU_STACK without PF_X; a missing PT_GNU_STACK means an executable stack. */
  readonly nx: boolean | null;
  readonly pie: boolean | null;
  /** Null without any symbol table to tell. */
  readonly canary: boolean | null;
  /** Null without a dynamic symbol table to tell. */
  readonly fortify: boolean | null;
  /** Indirect branch tracking and shadow stack (x86 CET). */
  readonly ibt: boolean | null;
  readonly shstk: boolean | null;
  /** Branch target identification and pointer authentication (AArch64). */
  readonly bti: boolean | null;
  readonly pac: boolean | null;
  /** Segments that are writable and executable at once. */
  readonly writableExecutableSegments: number;
  readonly textRelocations: boolean;
  /** Parts of RPATH or RUNPATH from which others could make the program load a library. */
  readonly dangerousSearchPaths: readonly string[];
}

export interface HardeningInput {
  readonly kind: ElfKind | null;
  readonly canary: boolean | null;
  readonly fortify: boolean | null;
  readonly searchPaths: readonly string[];
  readonly features: ReadonlySet<string> | null;
}

/** What makes a binary harder to attack, from its segments, dynamic flags and properties. */
export function readHardening(elf: ElfFile, input: HardeningInput): HardeningFacts {
  const applies = isLoadable(input.kind);
  const feature = (name: string, machines: readonly number[]): boolean | null =>
    applies && input.features !== null && machines.includes(elf.header.machine)
      ? input.features.has(name)
      : null;
  const flags = elf.dynamic?.flags(DT.FLAGS) ?? 0;
  return {
    relro: applies ? relro(elf) : null,
    nx: applies ? hasNonExecutableStack(elf) : null,
    pie: applies ? input.kind === 'pie' || input.kind === 'static-pie' : null,
    canary: applies ? input.canary : null,
    fortify: applies ? input.fortify : null,
    ibt: feature('ibt', X86),
    shstk: feature('shstk', X86),
    bti: feature('bti', ARM64),
    pac: feature('pac', ARM64),
    writableExecutableSegments: elf.loads.filter(
      (load) => (load.flags & PF.W) !== 0 && (load.flags & PF.X) !== 0,
    ).length,
    textRelocations: elf.dynamic?.has(DT.TEXTREL) === true || (flags & DF.TEXTREL) !== 0,
    dangerousSearchPaths: input.searchPaths.filter(isDangerousSearchPath),
  };
}

function relro(elf: ElfFile): HardeningFacts['relro'] {
  if (!elf.programHeaders.some((segment) => segment.type === PT.GNU_RELRO)) {
    return seesAllSegments(elf) ? 'none' : null;
  }
  const dynamic = elf.dynamic;
  if (dynamic === undefined) return 'partial';
  const bindsNow =
    dynamic.has(DT.BIND_NOW) ||
    (dynamic.flags(DT.FLAGS) & DF.BIND_NOW) !== 0 ||
    (dynamic.flags(DT.FLAGS_1) & DF_1.NOW) !== 0;
  if (bindsNow) return 'full';
  return dynamic.isComplete ? 'partial' : null;
}

function hasNonExecutableStack(elf: ElfFile): boolean | null {
  const stack = elf.programHeaders.find((segment) => segment.type === PT.GNU_STACK);
  if (stack === undefined) return seesAllSegments(elf) ? false : null;
  return (stack.flags & PF.X) === 0;
}

function seesAllSegments(elf: ElfFile): boolean {
  return elf.programHeaders.length >= elf.header.phnum;
}

/** Empty parts mean the current directory; relative ones follow it; /tmp belongs to everybody. */
export function isDangerousSearchPath(path: string): boolean {
  // As in the loader, a longer name is no $ORIGIN but a relative path.
  if (/^\$(?:ORIGIN(?![A-Za-z0-9_])|\{ORIGIN\})/.test(path)) return false;
  if (path === '' || !path.startsWith('/')) return true;
  return /^\/(?:tmp|var\/tmp|dev\/shm)(?:\/|$)/.test(path);
}
