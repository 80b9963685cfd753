// SPDX-License-Identifier: Apache-2.0
// What the tool and its helper cost together.
import { readFileSync } from 'node:fs';

/** USER_HZ, 100 on every Linux of today. */
const TICK_MS = 10;
const PAGE_BYTES = 4096;

/** CPU time and memory of this process and the helper. */
export class Usage {
  readonly #helperPid: () => number | undefined;
  /** Of one CPU, since the measurement before. */
  cpuPercent: number = 0;
  cpuMs: number = 0;
  residentBytes: number = 0;
  #atMs: number = 0;

  constructor(helperPid: () => number | undefined) {
    this.#helperPid = helperPid;
  }

  measure(): void {
    const nowMs = performance.now();
    const { user, system } = process.cpuUsage();
    const pid = this.#helperPid();
    const helper = pid === undefined ? undefined : readUsage(pid);
    const cpuMs = (user + system) / 1000 + (helper?.cpuMs ?? 0);
    if (this.#atMs > 0 && nowMs > this.#atMs) {
      this.cpuPercent = Math.max(0, (100 * (cpuMs - this.cpuMs)) / (nowMs - this.#atMs));
    }
    this.cpuMs = cpuMs;
    this.#atMs = nowMs;
    this.residentBytes = process.memoryUsage.rss() + (helper?.residentBytes ?? 0);
  }
}

function readUsage(
  pid: number,
): { readonly cpuMs: number; readonly residentBytes: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const cpuMs = (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    return { cpuMs, residentBytes: Number(fields[21]) * PAGE_BYTES };
  } catch {
    return undefined;
  }
}
