// SPDX-License-Identifier: Apache-2.0
// Start times: /proc counts them in clock ticks since boot, /proc/stat tells when boot was.
import { parseAuxv } from './auxv.ts';
import { ProcError, type ProcFs } from './procFs.ts';

const DEFAULT_TICKS_PER_SECOND = 100;

export interface HostClock {
  /** USER_HZ: 100 on every Linux of today, told by AT_CLKTCK. */
  readonly ticksPerSecond: number;
  /** Seconds since the epoch at boot; undefined when /proc/stat cannot be read. */
  readonly bootTimeSeconds: number | undefined;
}

export function readHostClock(fs: ProcFs): HostClock {
  const ticks = tryRead(() => parseAuxv(fs.readHost('self/auxv').bytes)?.clockTicksPerSecond);
  const bootTimeSeconds = tryRead(() => {
    // Thousands of interrupts make the line before it long.
    const text = fs.readHost('stat', 4_194_304).bytes.toString('latin1');
    const match = /^btime (\d{1,15})$/m.exec(text);
    return match === null ? undefined : Number(match[1]);
  });
  return { ticksPerSecond: ticks || DEFAULT_TICKS_PER_SECOND, bootTimeSeconds };
}

/** Milliseconds since the epoch, to the second as the kernel gives it. */
export function startTimeMs(startTimeTicks: number, clock: HostClock): number | undefined {
  if (clock.bootTimeSeconds === undefined) return undefined;
  return Math.round((clock.bootTimeSeconds + startTimeTicks / clock.ticksPerSecond) * 1000);
}

function tryRead<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProcError) return undefined;
    throw error;
  }
}
