// SPDX-License-Identifier: Apache-2.0
// A process as its spans need it: its resource, and the names behind addresses in its records.
import { ProcError, type ProcessAttributes, type ProcFs, parseMaps } from '@otelkit/core';
import { type GoAnalysis, OTHER_SQL, sqlSystemOfType } from '../analyze/index.ts';
import type { ProcessNames } from '../semconv/span.ts';

/** One process that spans came from. */
export class TracedProcess implements ProcessNames {
  readonly pid: number;
  readonly resource: ProcessAttributes;
  /** Its executable. */
  readonly #analysis: GoAnalysis | undefined;
  readonly #typeByItab: ReadonlyMap<number, string>;
  readonly #bias: number;

  constructor(
    fs: ProcFs,
    pid: number,
    resource: ProcessAttributes,
    analysis: GoAnalysis | undefined,
  ) {
    this.pid = pid;
    this.resource = resource;
    this.#analysis = analysis;
    this.#typeByItab = analysis === undefined ? new Map() : typesByItab(analysis);
    this.#bias =
      analysis?.isPositionIndependent === true ? loadBias(fs, pid, analysis.linkedAt) : 0;
  }

  errorType(itab: bigint): string | undefined {
    const type = this.#typeOf(itab);
    return type === undefined ? undefined : shortType(type);
  }

  databaseSystem(connector: bigint, driver: bigint): string | undefined {
    for (const itab of [driver, connector]) {
      const type = this.#typeOf(itab);
      if (type === undefined || type.endsWith('database/sql.dsnConnector')) continue;
      const system = sqlSystemOfType(type);
      if (system !== OTHER_SQL) return system;
    }
    const linked = new Set(this.#analysis?.sqlDrivers.values());
    return linked.size === 1 ? [...linked][0] : OTHER_SQL;
  }

  #typeOf(itab: bigint): string | undefined {
    return itab === 0n ? undefined : this.#typeByItab.get(Number(itab) - this.#bias);
  }
}

const tables = new WeakMap<GoAnalysis, ReadonlyMap<number, string>>();

/** Link address → type, one table for all processes of a file. */
function typesByItab(analysis: GoAnalysis): ReadonlyMap<number, string> {
  let table = tables.get(analysis);
  if (table === undefined) {
    const made = new Map<number, string>();
    for (const [vaddr, name] of analysis.itabNames)
      made.set(vaddr, name.slice(0, name.lastIndexOf(',')));
    tables.set(analysis, made);
    table = made;
  }
  return table;
}

/** `*net/http.httpError` → `*http.httpError`, as `%T` prints it. */
function shortType(type: string): string {
  const stars = /^\**/.exec(type)![0];
  const bare = type.slice(stars.length);
  return stars + bare.slice(bare.lastIndexOf('/') + 1);
}

/**
 * How far from its link addresses a position-independent executable was put.
 * @param linkedAt the link address of its first byte
 */
export function loadBias(fs: ProcFs, pid: number, linkedAt: number): number {
  try {
    const maps = parseMaps(fs.read(pid, 'maps', 16_777_216).bytes);
    const exe = fs.link(pid, 'exe').replace(/ \(deleted\)$/, '');
    for (let i = 0; i < maps.count; i++) {
      if (maps.object(i).name === exe && maps.fileOffset(i) === 0n) {
        return Number(maps.start(i)) - linkedAt;
      }
    }
  } catch (error) {
    if (!(error instanceof ProcError)) throw error;
  }
  return 0;
}
