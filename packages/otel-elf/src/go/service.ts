// SPDX-License-Identifier: Apache-2.0
import {
  type ElfFile,
  type GoModule,
  type GoPclntab,
  hex,
  openGoPclntab,
  PF,
  readGoBuildId,
  readGoBuildInfo,
  vaddrToFileRange,
} from '@otelkit/core';

/** What is known of one Go program; addresses are hexadecimal, at load address 0. */
export interface GoProgram {
  readonly path: string;
  readonly isGo: boolean;
  readonly goVersion: string | null;
  readonly goBuildId: string | null;
  /** Import path of the main package. */
  readonly package: string | null;
  readonly main: GoModule | null;
  readonly deps: readonly GoModule[];
  readonly settings: Readonly<Record<string, string>>;
  readonly buildInfo: {
    readonly vaddr: string;
    readonly fileOffset: number;
    readonly evidence: string;
    readonly format: 'inline' | 'pointers';
  } | null;
  readonly pclntab: GoPclntabReport | null;
}

export interface GoPclntabReport {
  readonly layout: string;
  readonly releases: string;
  readonly vaddr: string;
  readonly fileOffset: number;
  readonly evidence: string;
  readonly functionCount: number;
  readonly text: {
    readonly start: string;
    readonly end: string;
    readonly evidence: string;
  } | null;
  readonly moduledata: string | null;
}

export interface GoFunction {
  readonly name: string | null;
  readonly vaddr: string | null;
  /** Where a uprobe is set; null when the file does not hold the address. */
  readonly fileOffset: number | null;
  readonly sizeBytes: number;
}

export interface GoReading {
  readonly program: GoProgram;
  readonly table: GoPclntab | undefined;
}

/** @throws InputError when the file cannot be read. */
export function readGoProgram(elf: ElfFile): GoReading {
  const info = readGoBuildInfo(elf);
  const goBuildId = readGoBuildId(elf) ?? null;
  const table = openGoPclntab(elf);
  const program: GoProgram = {
    path: elf.source.path,
    isGo: info !== undefined || goBuildId !== null || table !== undefined,
    goVersion: info?.goVersion ?? null,
    goBuildId,
    package: info?.path ?? null,
    main: info?.main ?? null,
    deps: info?.deps ?? [],
    settings: Object.fromEntries(info?.settings ?? []),
    buildInfo:
      info === undefined
        ? null
        : {
            vaddr: hex(info.vaddr),
            fileOffset: info.fileOffset,
            evidence: info.evidence,
            format: info.format,
          },
    pclntab: table === undefined ? null : pclntabReport(table),
  };
  return { program, table };
}

function pclntabReport(table: GoPclntab): GoPclntabReport {
  const { text, moduledata } = table;
  return {
    layout: table.layout,
    releases: table.releases,
    vaddr: hex(table.vaddr),
    fileOffset: table.fileOffset,
    evidence: table.evidence,
    functionCount: table.functionCount,
    text:
      text === undefined
        ? null
        : { start: hex(text.start), end: hex(text.end), evidence: text.evidence },
    moduledata: moduledata === undefined ? null : hex(moduledata.vaddr),
  };
}

/** Of a hostile file's many; each function is looked for in all of them. */
const CODE_SEGMENTS = 16;

/** The functions whose names match, by ascending address, at most `limit`. */
export function* goFunctions(
  elf: ElfFile,
  table: GoPclntab,
  filter: RegExp | undefined,
  limit: number,
): Generator<GoFunction> {
  let count = 0;
  const code = elf.loads.filter((segment) => (segment.flags & PF.X) !== 0).slice(0, CODE_SEGMENTS);
  for (let i = 0; i < table.functionCount && count < limit; i++) {
    const name = table.functionName(i);
    if (filter !== undefined && !filter.test(name ?? '')) continue;
    count++;
    const vaddr = table.entryVaddr(i);
    const range = vaddr === undefined ? undefined : vaddrToFileRange(code, vaddr);
    yield {
      name: name ?? null,
      vaddr: vaddr === undefined ? null : hex(vaddr),
      fileOffset: range?.fileOffset ?? null,
      sizeBytes: table.functionSizeBytes(i),
    };
  }
}
