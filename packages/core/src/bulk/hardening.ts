// SPDX-License-Identifier: Apache-2.0
// What makes a file harder to attack, out of the record of native/elfscan.
import { DF, DF_1, EM, PF } from '../elf/constants.ts';
import { type HardeningFacts, isDangerousSearchPath } from '../hardening/hardening.ts';
import { FIELD, KINDS, REMEMBERED, STACK_ABSENT, UNKNOWN } from './layout.ts';
import type { RecordView } from './recordView.ts';

const NOTHING: readonly never[] = [];

const OBJECT_FILE: HardeningFacts = {
  relro: null,
  nx: null,
  pie: null,
  canary: null,
  fortify: null,
  ibt: null,
  shstk: null,
  bti: null,
  pac: null,
  writableExecutableSegments: 0,
  textRelocations: false,
  dangerousSearchPaths: NOTHING,
};

function answerOf(word: number): boolean | null {
  return word === UNKNOWN ? null : word !== 0;
}

const commonHardening = new Map<number, HardeningFacts>();

/** The same object for all files that agree in it, as nearly all do. */
export function hardeningOf(
  record: RecordView,
  features: readonly string[],
  rpath: string | undefined,
  runpath: string | undefined,
): HardeningFacts {
  const kind = record.word(FIELD.kind);
  if (KINDS[kind] === 'relocatable') return OBJECT_FILE;
  const isRare = record.has(FIELD.writableExecutable) || record.has(FIELD.hasTextrel);
  if (rpath !== undefined || runpath !== undefined || isRare) {
    return readHardening(record, features, dangerousOf(rpath, runpath));
  }
  // Numbers of few bits each, but for the flags, of which a few count.
  const flags = record.word(FIELD.dynamicFlags) & (DF.BIND_NOW | DF.TEXTREL);
  const stack = record.word(FIELD.stackFlags);
  let key = record.word(FIELD.machine) === EM.AARCH64 ? 1 : 0;
  key = key * 8 + kind;
  key = key * 4 + (record.word(FIELD.featureBits) & 3);
  key = key * 4 + record.word(FIELD.canary);
  key = key * 4 + record.word(FIELD.fortify);
  key = key * 32 + flags;
  key = key * 2 + (record.word(FIELD.dynamicFlags1) & DF_1.NOW);
  key = key * 2 + record.word(FIELD.hasBindNow);
  key = key * 2 + record.word(FIELD.hasRelro);
  key = key * 16 + (stack === STACK_ABSENT ? 8 : stack & 7);
  let facts = commonHardening.get(key);
  if (facts === undefined) {
    facts = readHardening(record, features, NOTHING);
    if (commonHardening.size < REMEMBERED) commonHardening.set(key, facts);
  }
  return facts;
}

function readHardening(
  record: RecordView,
  features: readonly string[],
  dangerousSearchPaths: readonly string[],
): HardeningFacts {
  const isAarch64 = record.word(FIELD.machine) === EM.AARCH64;
  const flags = record.word(FIELD.dynamicFlags);
  const bindsNow =
    record.has(FIELD.hasBindNow) ||
    (flags & DF.BIND_NOW) !== 0 ||
    (record.word(FIELD.dynamicFlags1) & DF_1.NOW) !== 0;
  const stack = record.word(FIELD.stackFlags);
  const kind = KINDS[record.word(FIELD.kind)]!;
  return {
    relro: record.has(FIELD.hasRelro) ? (bindsNow ? 'full' : 'partial') : 'none',
    nx: stack !== STACK_ABSENT && (stack & PF.X) === 0,
    pie: kind === 'pie' || kind === 'static-pie',
    canary: answerOf(record.word(FIELD.canary)),
    fortify: answerOf(record.word(FIELD.fortify)),
    ibt: isAarch64 ? null : features.includes('ibt'),
    shstk: isAarch64 ? null : features.includes('shstk'),
    bti: isAarch64 ? features.includes('bti') : null,
    pac: isAarch64 ? features.includes('pac') : null,
    writableExecutableSegments: record.word(FIELD.writableExecutable),
    textRelocations: record.has(FIELD.hasTextrel) || (flags & DF.TEXTREL) !== 0,
    dangerousSearchPaths,
  };
}

function dangerousOf(rpath: string | undefined, runpath: string | undefined): readonly string[] {
  if (rpath === undefined && runpath === undefined) return NOTHING;
  const parts = [rpath, runpath].flatMap((path) => path?.split(':') ?? []);
  return parts.filter(isDangerousSearchPath);
}
