// SPDX-License-Identifier: Apache-2.0
import { hex } from '../bytes/hex.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { signalName } from './layout.ts';
import { readCore } from './readCore.ts';

/** Threads and mappings listed in a report; the counts beside them are complete. */
const LISTED = 1024;

/** A core file as plain data for JSON: 64-bit numbers are hexadecimal strings. */
export interface CoreReport {
  readonly command: string | null;
  readonly executable: string | null;
  readonly pid: number | null;
  readonly ppid: number | null;
  readonly uid: number | null;
  readonly gid: number | null;
  readonly signal: {
    readonly number: number;
    readonly name: string | null;
    readonly code: number | null;
    readonly address: string | null;
  } | null;
  readonly threadCount: number;
  readonly threads: readonly CoreThreadReport[];
  readonly mappingCount: number;
  readonly mappings: readonly CoreMappingReport[];
  readonly truncated: boolean;
}

export interface CoreThreadReport {
  readonly tid: number;
  readonly signal: number;
  readonly pc: string | null;
  readonly sp: string | null;
}

export interface CoreMappingReport {
  readonly start: string;
  readonly end: string;
  readonly fileOffset: string;
  readonly path: string;
}

/**
 * The report of a core file, null for other files. Arguments are left out: they may hold secrets,
 * and are to be had from readCore.
 */
export function coreReport(elf: ElfFile): CoreReport | null {
  const core = readCore(elf);
  if (core === undefined) return null;
  const number = core.signal?.signal ?? core.threads[0]?.signal ?? 0;
  const address = core.signal?.address;
  return {
    command: core.process?.command ?? null,
    executable: core.executable ?? core.executedAs ?? null,
    pid: core.process?.pid ?? null,
    ppid: core.process?.ppid ?? null,
    uid: core.process?.uid ?? null,
    gid: core.process?.gid ?? null,
    signal:
      number === 0
        ? null
        : {
            number,
            name: signalName(elf.header.machine, number),
            code: core.signal?.code ?? null,
            address: address === undefined ? null : hex(address),
          },
    threadCount: core.threads.length,
    threads: core.threads.slice(0, LISTED).map((thread) => ({
      tid: thread.tid,
      signal: thread.signal,
      pc: thread.pc === undefined ? null : hex(thread.pc),
      sp: thread.sp === undefined ? null : hex(thread.sp),
    })),
    mappingCount: core.files.length,
    mappings: core.files.slice(0, LISTED).map((file) => ({
      start: hex(file.start),
      end: hex(file.end),
      fileOffset: hex(file.fileOffset),
      path: file.path,
    })),
    truncated: core.isTruncated,
  };
}
