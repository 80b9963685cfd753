// SPDX-License-Identifier: Apache-2.0

const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const PART = /^(\d+(?:\.\d+)?|\.\d+)(ns|us|µs|ms|s|m|h)/;

/**
 * Milliseconds of a duration as Go's time.ParseDuration reads it (`1m30s`, `500ms`); a bare number
 * is seconds. Undefined for anything else.
 */
export function parseDurationMs(text: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  let rest = text;
  let totalMs = 0;
  while (rest !== '') {
    const match = PART.exec(rest);
    if (match === null) return undefined;
    totalMs += Number(match[1]) * UNITS_MS[match[2]!]!;
    rest = rest.slice(match[0].length);
  }
  return text === '' ? undefined : totalMs;
}

/** `90000` → `1m30s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)}ms`;
  const seconds = Math.round(milliseconds / 1000);
  const parts: string[] = [];
  if (seconds >= 3600) parts.push(`${Math.floor(seconds / 3600)}h`);
  if (seconds % 3600 >= 60) parts.push(`${Math.floor((seconds % 3600) / 60)}m`);
  if (seconds % 60 > 0) parts.push(`${seconds % 60}s`);
  return parts.join('');
}
