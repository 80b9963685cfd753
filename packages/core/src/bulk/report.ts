// SPDX-License-Identifier: Apache-2.0
// What `inspectElf` and the resolver say of a file, out of the record of native/elfscan.
import { LITTLE_ENDIAN } from '../bytes/endian.ts';
import { hex } from '../bytes/hex.ts';
import type { DynamicStrings } from '../deps/dynamicStrings.ts';
import type { LoaderFacts } from '../deps/sharedObject.ts';
import { DF, DF_1, EM, PF } from '../elf/constants.ts';
import { elfTypeName, machineName, osAbiName } from '../elf/names.ts';
import { abiTagText, decodeProbe } from '../elf/noteContents.ts';
import { type HardeningFacts, isDangerousSearchPath } from '../hardening/hardening.ts';
import { probeReport } from '../inspect/inspectElf.ts';
import type { FileReport, ProbeReport } from '../inspect/report.ts';
import { detectLibc, type LibcFacts } from '../libc/detectLibc.ts';
import { FIELD, FORMS, KINDS, STACK_ABSENT, UNKNOWN } from './layout.ts';
import type { RecordView } from './recordView.ts';

const NOTHING: readonly never[] = [];

/** What a loader needs to know: strings of the dynamic array, the interpreter, the ABI. */
export function loaderFactsOf(record: RecordView): LoaderFacts {
  const strings: DynamicStrings = {
    needed: neededOf(record),
    soname: record.text(FIELD.soname) ?? undefined,
    rpath: record.text(FIELD.rpath) ?? undefined,
    runpath: record.text(FIELD.runpath) ?? undefined,
    auxiliary: NOTHING,
    filter: NOTHING,
    audit: undefined,
    depaudit: undefined,
    config: undefined,
    flags: record.word(FIELD.dynamicFlags),
    flags1: record.word(FIELD.dynamicFlags1),
  };
  return {
    header: {
      class: 64,
      data: 'LE',
      elfType: record.word(FIELD.elfType),
      machine: record.word(FIELD.machine),
      flags: record.word(FIELD.flags),
    },
    strings,
    interpreter: record.text(FIELD.interpreter) ?? undefined,
    hasDynamic: record.has(FIELD.hasDynamic),
    dlopen: NOTHING,
    diagnostics: NOTHING,
  };
}

function neededOf(record: RecordView): string[] {
  const count = record.word(FIELD.neededCount);
  const names: string[] = [];
  for (let i = 0; i < count; i++) names.push(record.text(FIELD.needed + 2 * i) ?? '');
  return names;
}

/** Undefined where the package metadata are no JSON. */
export function reportOf(
  record: RecordView,
  path: string,
  sizeBytes: number,
  fileId: string | null,
  facts: LoaderFacts,
): FileReport | undefined {
  const packageNote = jsonOf(record.text(FIELD.package));
  if (packageNote === undefined) return undefined;
  const machine = record.word(FIELD.machine);
  const elfType = record.word(FIELD.elfType);
  const { needed, soname, rpath, runpath } = facts.strings;
  const features = featuresOf(record.word(FIELD.featureBits), machine === EM.AARCH64);
  const debugLink = record.text(FIELD.debugLink);
  return {
    path,
    size: sizeBytes,
    class: 64,
    data: 'LE',
    machine: machineName(machine),
    machineCode: machine,
    type: elfTypeName(elfType),
    typeCode: elfType,
    kind: KINDS[record.word(FIELD.kind)]!,
    osabi: osAbiName(record.word(FIELD.osabi)),
    abiVersion: record.word(FIELD.abiVersion),
    entry: entryOf(record),
    interpreter: facts.interpreter ?? null,
    needed,
    soname: soname ?? null,
    rpath: rpath ?? null,
    runpath: runpath ?? null,
    libc: libcOf(record, facts),
    gnuBuildId: record.hexText(FIELD.buildId),
    goBuildId: null,
    goVersion: null,
    fileId,
    kernelFileId: null,
    hardening: hardeningOf(record, features, rpath, runpath),
    stripped: record.has(FIELD.stripped),
    debugOnly: false,
    debug: { forms: formsOf(record) },
    debuglink:
      debugLink === null
        ? null
        : { name: debugLink, crc: hexWord(record.word(FIELD.debugLinkCrc)) },
    notes: {
      package: packageNote,
      dlopen: NOTHING,
      abiTag: abiTagOf(record),
      properties: features,
      stapsdt: record.has(FIELD.probeCount) ? probesOf(record) : NOTHING,
    },
    packer: null,
    go: null,
    core: null,
    diagnostics: NOTHING,
    diagnosticsDropped: 0,
  };
}

function jsonOf(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function entryOf(record: RecordView): string {
  const low = record.word(FIELD.entryLow);
  const high = record.word(FIELD.entryHigh);
  return high === 0 ? hex(low) : hex((BigInt(high) << 32n) | BigInt(low));
}

function hexWord(word: number): string {
  return word.toString(16).padStart(8, '0');
}

function formsOf(record: RecordView): string[] {
  const count = record.word(FIELD.formCount);
  const forms: string[] = [];
  for (let i = 0; i < count; i++) forms.push(FORMS[record.word(FIELD.forms + i)]!);
  return forms;
}

function probesOf(record: RecordView): ProbeReport[] {
  const count = record.word(FIELD.probeCount);
  const probes: ProbeReport[] = [];
  for (let i = 0; i < count; i++) {
    const probe = decodeProbe(record.bytes(FIELD.probes + 2 * i), 64, LITTLE_ENDIAN);
    if (probe !== undefined) probes.push(probeReport(probe));
  }
  return probes;
}

function abiTagOf(record: RecordView): string | null {
  if (!record.has(FIELD.hasAbiTag)) return null;
  const at = FIELD.abiTag;
  return abiTagText(record.word(at), [
    record.word(at + 1),
    record.word(at + 2),
    record.word(at + 3),
  ]);
}

const REMEMBERED_LIBCS = 1_024;
const libcs = new Map<string, LibcFacts>();

/**
 * The C library, by what it depends on: of the version needs the first of glibc's and the highest,
 * of the names needed those of C libraries. Few of a host differ in that.
 */
function libcOf(record: RecordView, { strings, interpreter }: LoaderFacts): LibcFacts {
  const kind = KINDS[record.word(FIELD.kind)]!;
  const library = record.text(FIELD.firstLibrary) ?? '';
  const first = record.text(FIELD.firstVersion);
  const highest = record.text(FIELD.highestVersion);
  const isAlone = strings.needed.length === 0;
  let key = `${kind}\0${interpreter}\0${library}\0${first}\0${highest}\0${isAlone}`;
  for (const name of strings.needed) if (name.startsWith('libc.')) key += `\0${name}`;
  let libc = libcs.get(key);
  if (libc !== undefined) return libc;
  const versionNeeds = [];
  for (const version of [first, highest]) {
    if (version !== null) versionNeeds.push({ library, version, index: 0, isWeak: false });
  }
  libc = detectLibc({
    kind,
    interpreter: interpreter ?? null,
    needed: strings.needed,
    versionNeeds,
    hasAndroidNote: false,
    isDamaged: false,
  });
  if (libcs.size < REMEMBERED_LIBCS) libcs.set(key, libc);
  return libc;
}

const FEATURE_SETS_X86 = [[], ['ibt'], ['shstk'], ['ibt', 'shstk']] as const;
const FEATURE_SETS_AARCH64 = [[], ['bti'], ['pac'], ['bti', 'pac']] as const;

function featuresOf(bits: number, isAarch64: boolean): readonly string[] {
  return (isAarch64 ? FEATURE_SETS_AARCH64 : FEATURE_SETS_X86)[bits & 3]!;
}

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

function hardeningOf(
  record: RecordView,
  features: readonly string[],
  rpath: string | undefined,
  runpath: string | undefined,
): HardeningFacts {
  const isAarch64 = record.word(FIELD.machine) === EM.AARCH64;
  const flags = record.word(FIELD.dynamicFlags);
  const bindsNow =
    record.has(FIELD.hasBindNow) ||
    (flags & DF.BIND_NOW) !== 0 ||
    (record.word(FIELD.dynamicFlags1) & DF_1.NOW) !== 0;
  const stack = record.word(FIELD.stackFlags);
  const kind = KINDS[record.word(FIELD.kind)]!;
  if (kind === 'relocatable') return OBJECT_FILE;
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
    dangerousSearchPaths: dangerousOf(rpath, runpath),
  };
}

function dangerousOf(rpath: string | undefined, runpath: string | undefined): readonly string[] {
  if (rpath === undefined && runpath === undefined) return NOTHING;
  const parts = [rpath, runpath].flatMap((path) => path?.split(':') ?? []);
  return parts.filter(isDangerousSearchPath);
}
