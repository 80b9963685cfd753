// SPDX-License-Identifier: Apache-2.0
// Versions of Go and of modules, and their order.
import type { GoVersion } from './types.ts';

const RELEASE = /\bgo(\d+)\.(\d+)(?:\.(\d+))?((?:rc|beta)\d+)?/;

/**
 * Reads `runtime.Version()`: `go1.26.8`, `go1.27rc1`, `devel go1.27-0123456 …`, with or without
 * experiments (`X:…`) and what distributions append. A version without a number is older and newer
 * than all: {major: 0, minor: 0}.
 */
export function parseGoVersion(text: string): GoVersion {
  const match = RELEASE.exec(text);
  const experiments = /\bX:([\w,]+)/.exec(text)?.[1]?.split(',') ?? [];
  const isDevelopment = text.startsWith('devel') || match === null;
  const prerelease = match?.[4] ?? '';
  const patch = match?.[3] === undefined ? 0 : Number(match[3]);
  return {
    text,
    major: Number(match?.[1] ?? 0),
    minor: Number(match?.[2] ?? 0),
    patch: prerelease === '' ? patch : -1,
    prerelease,
    experiments,
    isDevelopment,
  };
}

/** Below 0 when the version is older than 1.`minor`. */
export function isAtLeast(version: GoVersion, minor: number): boolean {
  return version.major > 1 || (version.major === 1 && version.minor >= minor);
}

/**
 * Order of two versions as the module system has it (Semantic Versioning 2.0, section 11; build
 * metadata as `+incompatible` is no part of it). `go1.2.3` and `v1.2.3` count as `1.2.3`, and Go's
 * `1.27rc1` as `1.27.0-rc1`.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [split(a), split(b)];
  for (let i = 0; i < 3; i++) {
    const difference = left.numbers[i]! - right.numbers[i]!;
    if (difference !== 0) return Math.sign(difference);
  }
  return comparePrereleases(left.prerelease, right.prerelease);
}

const VERSION = /^(?:go|v)?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-?([0-9A-Za-z][0-9A-Za-z.-]*))?/;

function split(text: string): { numbers: number[]; prerelease: string } {
  const match = VERSION.exec(text);
  const numbers = [1, 2, 3].map((i) => Number(match?.[i] ?? 0));
  return { numbers, prerelease: match?.[4] ?? '' };
}

function comparePrereleases(a: string, b: string): number {
  if (a === b) return 0;
  // A release comes after its candidates.
  if (a === '' || b === '') return a === '' ? 1 : -1;
  const [left, right] = [a.split('.'), b.split('.')];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = compareIdentifiers(left[i], right[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareIdentifiers(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  const areNumbers = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (areNumbers[0] && areNumbers[1]) return Math.sign(Number(a) - Number(b));
  if (areNumbers[0] !== areNumbers[1]) return areNumbers[0] ? -1 : 1;
  return a < b ? -1 : 1;
}
