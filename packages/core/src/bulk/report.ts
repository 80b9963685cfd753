// SPDX-License-Identifier: Apache-2.0
// What `inspectElf` says of a file, out of the record of native/elfscan. A class: V8 makes a literal of
// more than six properties by a call of its runtime each time.
import { LITTLE_ENDIAN } from '../bytes/endian.ts';
import { hex } from '../bytes/hex.ts';
import type { LoaderFacts } from '../deps/sharedObject.ts';
import { EM } from '../elf/constants.ts';
import { elfTypeName, machineName, osAbiName } from '../elf/names.ts';
import { abiTagText, decodeProbe } from '../elf/noteContents.ts';
import { probeReport } from '../inspect/inspectElf.ts';
import type { FileReport, ProbeReport } from '../inspect/report.ts';
import { detectLibc, type LibcFacts } from '../libc/detectLibc.ts';
import { hardeningOf } from './hardening.ts';
import { FIELD, FORMS, KINDS, REMEMBERED } from './layout.ts';
import type { RecordView } from './recordView.ts';

const NOTHING: readonly never[] = [];

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
  return new OrdinaryReport(record, path, sizeBytes, fileId, facts, packageNote);
}

class OrdinaryReport implements FileReport {
  declare readonly path: FileReport['path'];
  declare readonly size: FileReport['size'];
  declare readonly class: FileReport['class'];
  declare readonly data: FileReport['data'];
  declare readonly machine: FileReport['machine'];
  declare readonly machineCode: FileReport['machineCode'];
  declare readonly type: FileReport['type'];
  declare readonly typeCode: FileReport['typeCode'];
  declare readonly kind: FileReport['kind'];
  declare readonly osabi: FileReport['osabi'];
  declare readonly abiVersion: FileReport['abiVersion'];
  declare readonly entry: FileReport['entry'];
  declare readonly interpreter: FileReport['interpreter'];
  declare readonly needed: FileReport['needed'];
  declare readonly soname: FileReport['soname'];
  declare readonly rpath: FileReport['rpath'];
  declare readonly runpath: FileReport['runpath'];
  declare readonly libc: FileReport['libc'];
  declare readonly gnuBuildId: FileReport['gnuBuildId'];
  declare readonly goBuildId: FileReport['goBuildId'];
  declare readonly goVersion: FileReport['goVersion'];
  declare readonly fileId: FileReport['fileId'];
  declare readonly kernelFileId: FileReport['kernelFileId'];
  declare readonly hardening: FileReport['hardening'];
  declare readonly stripped: FileReport['stripped'];
  declare readonly debugOnly: FileReport['debugOnly'];
  declare readonly debug: FileReport['debug'];
  declare readonly debuglink: FileReport['debuglink'];
  declare readonly notes: FileReport['notes'];
  declare readonly packer: FileReport['packer'];
  declare readonly go: FileReport['go'];
  declare readonly core: FileReport['core'];
  declare readonly diagnostics: FileReport['diagnostics'];
  declare readonly diagnosticsDropped: FileReport['diagnosticsDropped'];

  constructor(
    record: RecordView,
    path: string,
    sizeBytes: number,
    fileId: string | null,
    facts: LoaderFacts,
    packageNote: unknown,
  ) {
    const machine = record.word(FIELD.machine);
    const elfType = record.word(FIELD.elfType);
    const { needed, soname, rpath, runpath } = facts.strings;
    const features = featuresOf(record.word(FIELD.featureBits), machine === EM.AARCH64);
    this.path = path;
    this.size = sizeBytes;
    this.class = 64;
    this.data = 'LE';
    this.machine = machineName(machine);
    this.machineCode = machine;
    this.type = elfTypeName(elfType);
    this.typeCode = elfType;
    this.kind = KINDS[record.word(FIELD.kind)]!;
    this.osabi = osAbiName(record.word(FIELD.osabi));
    this.abiVersion = record.word(FIELD.abiVersion);
    this.entry = entryOf(record);
    this.interpreter = facts.interpreter ?? null;
    this.needed = needed;
    this.soname = soname ?? null;
    this.rpath = rpath ?? null;
    this.runpath = runpath ?? null;
    this.libc = libcOf(record, facts);
    this.gnuBuildId = record.hexText(FIELD.buildId);
    this.goBuildId = null;
    this.goVersion = null;
    this.fileId = fileId;
    this.kernelFileId = null;
    this.hardening = hardeningOf(record, features, rpath, runpath);
    this.stripped = record.has(FIELD.stripped);
    this.debugOnly = false;
    this.debug = { forms: formsOf(record) };
    this.debuglink = debugLinkOf(record);
    this.notes = notesOf(record, packageNote, features);
    this.packer = null;
    this.go = null;
    this.core = null;
    this.diagnostics = NOTHING;
    this.diagnosticsDropped = 0;
  }
}

function debugLinkOf(record: RecordView): FileReport['debuglink'] {
  const name = record.text(FIELD.debugLink);
  return name === null ? null : { name, crc: hexWord(record.word(FIELD.debugLinkCrc)) };
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

function formsOf(record: RecordView): readonly string[] {
  const count = record.word(FIELD.formCount);
  if (count === 0) return NOTHING;
  const forms: string[] = [];
  for (let i = 0; i < count; i++) forms.push(FORMS[record.word(FIELD.forms + i)]!);
  return forms;
}

const commonNotes = new Map<string, FileReport['notes']>();

function notesOf(
  record: RecordView,
  packageNote: unknown,
  properties: readonly string[],
): FileReport['notes'] {
  const isCommon = packageNote === null && !record.has(FIELD.probeCount);
  const at = FIELD.abiTag;
  const key = isCommon
    ? `${record.word(FIELD.hasAbiTag)} ${record.word(at)} ${record.word(at + 1)} ` +
      `${record.word(at + 2)} ${record.word(at + 3)} ${properties}`
    : '';
  let notes = commonNotes.get(key);
  if (notes !== undefined) return notes;
  const stapsdt = record.has(FIELD.probeCount) ? probesOf(record) : NOTHING;
  notes = { package: packageNote, dlopen: NOTHING, abiTag: abiTagOf(record), properties, stapsdt };
  if (isCommon && commonNotes.size < REMEMBERED) commonNotes.set(key, notes);
  return notes;
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
  if (libcs.size < REMEMBERED) libcs.set(key, libc);
  return libc;
}

const FEATURE_SETS_X86 = [[], ['ibt'], ['shstk'], ['ibt', 'shstk']] as const;
const FEATURE_SETS_AARCH64 = [[], ['bti'], ['pac'], ['bti', 'pac']] as const;

function featuresOf(bits: number, isAarch64: boolean): readonly string[] {
  return (isAarch64 ? FEATURE_SETS_AARCH64 : FEATURE_SETS_X86)[bits & 3]!;
}
