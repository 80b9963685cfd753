// SPDX-License-Identifier: Apache-2.0
// What makes a file fit to be loaded into every process of a host, before its own libraries and
// under either libc.
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import {
  DT,
  ElfFile,
  EM,
  ET,
  inspectElf,
  MemorySource,
  openElf,
  PF,
  PT,
  readDynamicStrings,
  readSymbolTable,
  STB,
  SYMBOL_SECTION,
} from '@otelkit/core';
import { LIBRARY_FILE } from '../layout/paths.ts';
import { BUILD_LIMITS } from './limits.ts';

export interface ShapeCheck {
  /** The standard's name of what was looked at, e.g. `DT_NEEDED`. */
  readonly field: string;
  readonly ok: boolean;
  readonly found: string;
  readonly expected: string;
}

export interface ShapeReport {
  readonly path: string;
  readonly sizeBytes: number;
  /** As uname(2) calls it. */
  readonly machine: string;
  /** `stub` for 32-bit machines, where the library does nothing on purpose. */
  readonly role: 'library' | 'stub';
  readonly ok: boolean;
  readonly checks: readonly ShapeCheck[];
  /** Damage that was met while reading; any makes `ok` false. */
  readonly diagnostics: readonly string[];
}

const MACHINES: Readonly<Record<number, { readonly name: string; readonly class: 32 | 64 }>> = {
  [EM.X86_64]: { name: 'x86_64', class: 64 },
  [EM.AARCH64]: { name: 'aarch64', class: 64 },
  [EM.I386]: { name: 'x86', class: 32 },
  [EM.ARM]: { name: 'arm', class: 32 },
};

/**
 * Checks one file.
 * @param wanted the machine that it was built for, where that is known
 * @throws InputError for what is no ELF file; system errors
 */
export function checkShape(path: string, wanted?: string): ShapeReport {
  const elf = openElf(path);
  try {
    return shapeOf(elf, path, statSync(path).size, wanted);
  } finally {
    elf.source.close();
  }
}

/** The same for a file in memory. */
export function checkShapeOfBytes(path: string, bytes: Buffer): ShapeReport {
  return shapeOf(new ElfFile(new MemorySource(path, bytes)), path, bytes.length, undefined);
}

function shapeOf(
  elf: ElfFile,
  path: string,
  sizeBytes: number,
  wanted: string | undefined,
): ShapeReport {
  const known = MACHINES[elf.header.machine];
  const role = elf.header.class === 32 ? 'stub' : 'library';
  const checks = [
    ...checkIdentity(elf, path, wanted),
    ...checkDynamic(elf, role),
    ...checkSegments(elf),
    ...checkSymbols(elf),
    {
      field: 'size',
      ok: sizeBytes <= BUILD_LIMITS.libraryBytes,
      found: `${sizeBytes} bytes`,
      expected: `at most ${BUILD_LIMITS.libraryBytes} bytes`,
    },
  ];
  const { relro } = inspectElf(elf).hardening;
  checks.push(check('RELRO', relro ?? 'none', 'full'));
  const diagnostics = elf.diagnostics.list.map(({ message }) => message);
  const ok = diagnostics.length === 0 && checks.every((one) => one.ok);
  const machine = known?.name ?? `machine ${elf.header.machine}`;
  return { path, sizeBytes, machine, role, ok, checks, diagnostics };
}

function check(field: string, found: string, expected: string): ShapeCheck {
  return { field, ok: found === expected, found, expected };
}

function checkIdentity(elf: ElfFile, path: string, wanted: string | undefined): ShapeCheck[] {
  const { machine, class: elfClass, elfType } = elf.header;
  const known = MACHINES[machine];
  const names = Object.values(MACHINES).map(({ name }) => name);
  return [
    {
      field: 'e_machine',
      ok: known !== undefined && (wanted === undefined || wanted === known.name),
      found: known?.name ?? `${machine}`,
      expected: wanted ?? names.join(', '),
    },
    check('EI_CLASS', `${elfClass}-bit`, `${known?.class ?? elfClass}-bit`),
    check('e_type', elfType === ET.DYN ? 'ET_DYN' : `${elfType}`, 'ET_DYN'),
    check('file name', basename(path), LIBRARY_FILE),
    check('DT_SONAME', readDynamicStrings(elf).soname ?? 'none', LIBRARY_FILE),
  ];
}

function checkDynamic(elf: ElfFile, role: ShapeReport['role']): ShapeCheck[] {
  const { dynamic } = elf;
  const { needed } = readDynamicStrings(elf);
  const pointerBytes = elf.header.class / 8;
  const constructors = Number(dynamic?.value(DT.INIT_ARRAYSZ) ?? 0n) / pointerBytes;
  const others = [
    ['DT_INIT', 12],
    ['DT_FINI', 13],
    ['DT_FINI_ARRAY', 26],
    ['DT_PREINIT_ARRAY', 32],
  ] as const;
  const present = others.filter(([, tag]) => dynamic?.has(tag) === true).map(([name]) => name);
  const hasText = inspectElf(elf).hardening.textRelocations;
  return [
    check('DT_NEEDED', needed.join(', ') || 'none', 'none'),
    // A stub has nothing to do.
    check('DT_INIT_ARRAY', `${constructors}`, role === 'stub' ? '0' : '1'),
    check('other constructors', present.join(', ') || 'none', 'none'),
    check('DT_TEXTREL', hasText ? 'there' : 'none', 'none'),
  ];
}

function checkSegments(elf: ElfFile): ShapeCheck[] {
  const { writableExecutableSegments: both, nx } = inspectElf(elf).hardening;
  const has = (type: number): string =>
    elf.programHeaders.some((segment) => segment.type === type) ? 'there' : 'none';
  const executable = elf.loads.filter(({ flags }) => (flags & PF.X) !== 0).length;
  return [
    check('PF_W with PF_X', `${both} segments`, '0 segments'),
    check('PT_GNU_STACK', nx === true ? 'not executable' : 'executable', 'not executable'),
    check('PT_TLS', has(PT.TLS), 'none'),
    check('PT_INTERP', has(PT.INTERP), 'none'),
    { field: 'PF_X', ok: executable <= 1, found: `${executable} segments`, expected: 'at most 1' },
  ];
}

/** Only weak references, which the loader leaves null where nothing offers them; and no exports. */
function checkSymbols(elf: ElfFile): ShapeCheck[] {
  const table = readSymbolTable(elf, 'dynsym');
  let strong = 0;
  let exported = 0;
  const count = table?.count ?? 0;
  for (let i = 1; i < Math.min(count, BUILD_LIMITS.symbols); i++) {
    const binding = table!.info[i]! >> 4;
    const isUndefined = table!.shndx[i] === SYMBOL_SECTION.UNDEF;
    if (isUndefined && binding !== STB.WEAK) strong++;
    if (!isUndefined && binding !== STB.LOCAL) exported++;
  }
  return [
    check('undefined strong symbols', `${strong}`, '0'),
    check('exported symbols', `${exported}`, '0'),
    {
      field: 'dynamic symbols',
      ok: count <= BUILD_LIMITS.symbols,
      found: `${count}`,
      expected: `at most ${BUILD_LIMITS.symbols}`,
    },
  ];
}
