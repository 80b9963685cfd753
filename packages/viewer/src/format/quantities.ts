// SPDX-License-Identifier: Apache-2.0
// Numbers for people: three figures, the unit after a thin space.

const SPACE = '\u202f';
const MINUS = '\u2212';

export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent === 0) return `0${SPACE}%`;
  if (percent < 0.01) return `<${SPACE}0.01${SPACE}%`;
  const digits = percent < 1 ? 2 : percent < 99.95 ? 1 : 0;
  return `${percent.toFixed(digits)}${SPACE}%`;
}

/** For a headline: whole per cents where there are enough of them. */
export function formatRoundShare(share: number): string {
  return share >= 0.0995 ? `${Math.round(share * 100)}${SPACE}%` : formatShare(share);
}

/** In percentage points, with its sign. */
export function formatDelta(delta: number): string {
  const points = delta * 100;
  if (Math.abs(points) < 0.005) return `±0${SPACE}pp`;
  const digits = Math.abs(points) < 1 ? 2 : 1;
  return `${points > 0 ? '+' : MINUS}${Math.abs(points).toFixed(digits)}${SPACE}pp`;
}

/** What stands after `±`, in percentage points. */
export function formatError(error: number): string {
  const points = error * 100;
  return `±${SPACE}${points.toFixed(points < 1 ? 2 : 1)}${SPACE}pp`;
}

export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, SPACE);
}

/** @param unit of the sample type: `nanoseconds`, `bytes`, `count`, or what a file calls it */
export function formatWeight(weight: number, unit: string): string {
  if (unit === 'nanoseconds') return formatNanoseconds(weight);
  if (unit === 'microseconds') return formatNanoseconds(weight * 1e3);
  if (unit === 'milliseconds') return formatNanoseconds(weight * 1e6);
  if (unit === 'seconds') return formatNanoseconds(weight * 1e9);
  if (unit === 'bytes') return formatBytes(weight);
  const count = formatCount(weight);
  return unit === 'count' || unit === '' ? count : `${count}${SPACE}${unit.slice(0, 30)}`;
}

function formatNanoseconds(nanoseconds: number): string {
  if (nanoseconds === 0) return `0${SPACE}s`;
  const seconds = nanoseconds / 1e9;
  if (seconds >= 100 * 3_600) return `${threeFigures(seconds / 3_600)}${SPACE}h`;
  if (seconds >= 3_600) return twoUnits(seconds / 60, 'h', 'min');
  if (seconds >= 100) return twoUnits(seconds, 'min', 's');
  if (seconds >= 1) return `${threeFigures(seconds)}${SPACE}s`;
  if (nanoseconds >= 1e6) return `${threeFigures(nanoseconds / 1e6)}${SPACE}ms`;
  if (nanoseconds >= 1e3) return `${threeFigures(nanoseconds / 1e3)}${SPACE}µs`;
  return `${Math.round(nanoseconds)}${SPACE}ns`;
}

/** @param small in the smaller unit, sixty of which are the greater */
function twoUnits(small: number, greater: string, smaller: string): string {
  const rounded = Math.round(small);
  return `${Math.floor(rounded / 60)}${SPACE}${greater} ${rounded % 60}${SPACE}${smaller}`;
}

export function formatDuration(milliseconds: number): string {
  return formatNanoseconds(milliseconds * 1e6);
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_024;
    unit++;
  }
  return `${unit === 0 ? Math.round(value) : threeFigures(value)}${SPACE}${units[unit]}`;
}

function threeFigures(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  return value.toFixed(value >= 9.995 ? 1 : 2).replace(/\.0+$/, '');
}

/** Time of the day, with the date where it is not today's. */
export function formatTime(timeMs: number, nowMs: number): string {
  const date = new Date(timeMs);
  const clock = formatClock(date, true);
  if (date.toDateString() === new Date(nowMs).toDateString()) return clock;
  const day = `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;
  return `${day} ${clock}`;
}

/** Hours and minutes of here; `Intl` takes a hundred times as long, and tables have many of them. */
export function formatClock(date: Date, withSeconds: boolean): string {
  const parts = [date.getHours(), date.getMinutes()];
  if (withSeconds) parts.push(date.getSeconds());
  return parts.map(twoDigits).join(':');
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
