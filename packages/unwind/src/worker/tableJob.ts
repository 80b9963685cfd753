// SPDX-License-Identifier: Apache-2.0
// What is said between the loop and the worker that makes tables.
import { fstatSync } from 'node:fs';
import { type Diagnostic, ElfFile, FileSource } from '@otelkit/core';
import {
  buildUnwindTable,
  type ExecutableSegment,
  type UnwindTable,
} from '../build/buildUnwindTable.ts';
import type { UnwindSource } from '../build/tableLayers.ts';
import { writeTable } from '../cache/tableCache.ts';

export interface TableJob {
  readonly id: number;
  /** Open in this process; it stays open until the answer. */
  readonly fd: number;
  /** For messages. */
  readonly path: string;
  /** Where the table goes; undefined: its bytes are sent back. */
  readonly cachePath: string | undefined;
}

/** A table, or what is known of it where it came from the cache. */
export interface MadeTable {
  /** In the cache; undefined where there is none. */
  readonly path: string | undefined;
  /** Where it is in no cache. */
  readonly bytes: Uint8Array | undefined;
  readonly sizeBytes: number;
  readonly machine: number;
  readonly baseVaddr: bigint;
  readonly segments: readonly ExecutableSegment[];
  /** Undefined for a table from the cache. */
  readonly sources: readonly UnwindSource[] | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export interface TableAnswer {
  readonly id: number;
  /** Undefined for files without code, or of a machine that is not known. */
  readonly table: MadeTable | undefined;
  /** Why there is none. */
  readonly problem: string | undefined;
}

/** Makes the table of a job, on whatever thread this is. Never throws. */
export function runTableJob(job: TableJob): TableAnswer {
  try {
    const source = new FileSource(job.path, job.fd, fstatSync(job.fd));
    // The descriptor is not ours to close.
    return { id: job.id, table: makeTable(new ElfFile(source), job.cachePath), problem: undefined };
  } catch (error) {
    return { id: job.id, table: undefined, problem: (error as Error).message };
  }
}

/** Builds a table and puts it into the cache, where it can be. */
export function makeTable(elf: ElfFile, cachePath: string | undefined): MadeTable | undefined {
  const table = buildUnwindTable(elf);
  if (table === undefined) return undefined;
  // A file that was written to while it was read must not be found under its old name.
  const isKept = cachePath !== undefined && elf.source.changed() === undefined;
  const path = isKept && isWritten(cachePath, table) ? cachePath : undefined;
  return {
    path,
    bytes: path === undefined ? table.bytes : undefined,
    sizeBytes: table.bytes.length,
    machine: table.machine,
    baseVaddr: table.baseVaddr,
    segments: table.segments,
    sources: table.sources,
    diagnostics: table.diagnostics,
  };
}

function isWritten(cachePath: string, table: UnwindTable): boolean {
  try {
    writeTable(cachePath, table.bytes);
    return true;
  } catch {
    // A full disk: the table itself is as good.
    return false;
  }
}
