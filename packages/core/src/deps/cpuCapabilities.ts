// SPDX-License-Identifier: Apache-2.0
// What the loader asks of the processor: glibc-hwcaps levels (x86-64 psABI, chapter 3.1.1
// "Processor Architecture"; glibc 2.33), the legacy subdirectories that glibc had until 2.36, and
// $PLATFORM.
import { EM } from '../elf/constants.ts';

export interface CpuCapabilities {
  /** Names below `glibc-hwcaps/`, best first. */
  readonly glibcHwcaps: readonly string[];
  /** Legacy subdirectories in the order of glibc's list; a directory may combine them. */
  readonly legacy: readonly string[];
  /** `$PLATFORM`. */
  readonly platform: string;
}

const NO_NAMES: readonly string[] = [];

const X86_LEVELS: readonly (readonly [string, readonly string[]])[] = [
  ['x86-64-v2', ['cx16', 'lahf_lm', 'popcnt', 'pni', 'sse4_1', 'sse4_2', 'ssse3']],
  ['x86-64-v3', ['avx', 'avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'abm', 'movbe', 'xsave']],
  ['x86-64-v4', ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl']],
];
const HASWELL = ['avx2', 'bmi1', 'bmi2', 'abm', 'movbe', 'popcnt', 'fma'];
const AVX512_1 = ['avx512cd', 'avx512bw', 'avx512dq', 'avx512vl'];

/** IBM Z facilities by level, as the kernel names them in /proc/cpuinfo. */
const S390_LEVELS: readonly (readonly [string, readonly string[]])[] = [
  ['z13', ['vx']],
  ['z14', ['vxd', 'vxe', 'gs']],
  ['z15', ['vxe2', 'vxp', 'sort', 'dflt']],
  ['z16', ['nnpa']],
];

const PLATFORMS = new Map<number, string>([
  [EM.X86_64, 'x86_64'],
  [EM.I386, 'i686'],
  [EM.AARCH64, 'aarch64'],
  [EM.ARM, 'v7l'],
]);

/** What is certain for a machine without knowing its processor: no optional directory at all. */
export function baselineCapabilities(machine: number): CpuCapabilities {
  const legacy = machine === EM.X86_64 ? ['tls', 'x86_64'] : ['tls'];
  return { glibcHwcaps: NO_NAMES, legacy, platform: PLATFORMS.get(machine) ?? '' };
}

/** From the text of /proc/cpuinfo, for programs of `machine` on that host. */
export function capabilitiesOf(machine: number, cpuInfo: string): CpuCapabilities {
  const base = baselineCapabilities(machine);
  if (machine === EM.X86_64) return x86Capabilities(cpuInfo, base);
  if (machine === EM.S390) {
    const features = words(field(cpuInfo, 'features'));
    return { ...base, glibcHwcaps: reachedLevels(S390_LEVELS, features) };
  }
  if (machine === EM.PPC64) {
    const generation = Number(/\bPOWER(\d+)/i.exec(field(cpuInfo, 'cpu'))?.[1] ?? 0);
    const names = [10, 9].filter((n) => generation >= n).map((n) => `power${n}`);
    return { ...base, glibcHwcaps: names, platform: generation > 0 ? `power${generation}` : '' };
  }
  return base;
}

function x86Capabilities(cpuInfo: string, base: CpuCapabilities): CpuCapabilities {
  const flags = words(field(cpuInfo, 'flags'));
  const has = (names: readonly string[]): boolean => names.every((name) => flags.has(name));
  // glibc sets these two for Intel's processors only (sysdeps/x86/cpu-features.c).
  const isIntel = field(cpuInfo, 'vendor_id') === 'GenuineIntel';
  const isXeonPhi = isIntel && flags.has('avx512er') && flags.has('avx512pf');
  const isHaswell = isIntel && !isXeonPhi && has(HASWELL);
  const legacy = ['tls'];
  if (isHaswell) legacy.push('haswell');
  if (isXeonPhi) legacy.push('xeon_phi');
  if (isIntel && !flags.has('avx512er') && has(AVX512_1)) legacy.push('avx512_1');
  legacy.push('x86_64');
  const platform = isXeonPhi ? 'xeon_phi' : isHaswell ? 'haswell' : base.platform;
  return { glibcHwcaps: reachedLevels(X86_LEVELS, flags), legacy, platform };
}

/** A level counts only when all lower ones do. */
function reachedLevels(
  levels: readonly (readonly [string, readonly string[]])[],
  features: ReadonlySet<string>,
): string[] {
  const reached: string[] = [];
  for (const [name, needs] of levels) {
    if (!needs.every((feature) => features.has(feature))) break;
    reached.unshift(name);
  }
  return reached;
}

function field(cpuInfo: string, name: string): string {
  const match = new RegExp(`^${name}[ \\t]*:[ \\t]*(.*)$`, 'm').exec(cpuInfo);
  return match?.[1]?.trim() ?? '';
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}

/**
 * Subdirectories that glibc tries below each directory, in its order, the directory itself (`''`)
 * last: glibc-hwcaps best first, then every combination of the legacy names, larger first.
 */
export function hwcapSubdirectories(
  capabilities: CpuCapabilities,
  supports: { readonly glibcHwcaps: boolean; readonly legacy: boolean },
): string[] {
  const result: string[] = [];
  if (supports.glibcHwcaps) {
    for (const name of capabilities.glibcHwcaps) result.push(`glibc-hwcaps/${name}/`);
  }
  if (supports.legacy) {
    const names = capabilities.legacy;
    for (let set = 2 ** names.length - 1; set > 0; set--) {
      const chosen = names.filter((_, i) => (set & (1 << (names.length - 1 - i))) !== 0);
      result.push(`${chosen.join('/')}/`);
    }
  }
  result.push('');
  return result;
}
