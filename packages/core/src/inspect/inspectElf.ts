// SPDX-License-Identifier: Apache-2.0
// Puts the facts together. Each part reads its own piece of the file; none of them sees another's.
import { hex } from '../bytes/hex.ts';
import { coreReport } from '../corefile/coreReport.ts';
import { debugFacts } from '../debug/debugFacts.ts';
import type { DebugLink } from '../debug/debugLink.ts';
import { readDynamicStrings } from '../deps/dynamicStrings.ts';
import { readInterpreter } from '../deps/interpreter.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { ET } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { elfKind } from '../elf/kind.ts';
import { elfTypeName, machineName, osAbiName } from '../elf/names.ts';
import {
  abiTag,
  controlFlowFeatures,
  dlopenNotes,
  gnuBuildId,
  packageNote,
  type StapsdtProbe,
  stapsdtProbes,
} from '../elf/noteContents.ts';
import { detectPacker } from '../elf/packing.ts';
import { readGoBuildId } from '../go/buildId.ts';
import { readGoBuildInfo } from '../go/buildInfo.ts';
import { readHardening } from '../hardening/hardening.ts';
import { otelFileId } from '../ids/fileId.ts';
import { kernelFileId } from '../ids/kernelFileId.ts';
import { libcOfFile } from '../libc/libcOfFile.ts';
import { symbolFacts } from '../symbols/symbolFacts.ts';
import { goReport } from './goReport.ts';
import type { FileReport, ProbeReport } from './report.ts';

/**
 * Everything about one open file but its symbols. Damage is reported in `diagnostics`.
 * @throws InputError when the operating system refuses a read that everything depends on.
 */
export function inspectElf(elf: ElfFile): FileReport {
  const { header, source } = elf;
  const kind = elfKind(elf);
  const debugOnly = elf.isDebugOnly;
  // A separate debug file keeps the dynamic header of its original but not the bytes behind it.
  const dynamic = readDynamicStrings(elf);
  const interpreter = readInterpreter(elf) ?? null;
  const libc = libcOfFile(elf);
  const buildId = gnuBuildId(elf);
  const go = readGoBuildInfo(elf);
  const symbols = symbolFacts(elf);
  const debug = debugFacts(elf);
  const features = controlFlowFeatures(elf);
  const hardening = readHardening(elf, {
    kind,
    canary: symbols.canary,
    fortify: symbols.fortify,
    searchPaths: searchPathParts(dynamic.rpath, dynamic.runpath),
    features,
  });
  const notes = {
    package: packageNote(elf),
    dlopen: dlopenNotes(elf),
    abiTag: abiTag(elf),
    properties: features === null ? [] : [...features],
    stapsdt: stapsdtProbes(elf).map(probeReport),
  };
  const fileId = readFileId(elf);
  if (!debugOnly) noteTruncation(elf);
  noteChange(elf);
  return {
    path: source.path,
    size: source.sizeBytes,
    class: header.class,
    data: header.data,
    machine: machineName(header.machine),
    machineCode: header.machine,
    type: elfTypeName(header.elfType),
    typeCode: header.elfType,
    kind,
    osabi: osAbiName(header.osabi),
    abiVersion: header.abiVersion,
    entry: hex(header.entry),
    interpreter,
    needed: dynamic.needed,
    soname: dynamic.soname ?? null,
    rpath: dynamic.rpath ?? null,
    runpath: dynamic.runpath ?? null,
    libc,
    gnuBuildId: buildId,
    goBuildId: readGoBuildId(elf) ?? null,
    goVersion: go?.goVersion ?? null,
    fileId,
    kernelFileId: buildId !== null && isKernelCode(elf) ? kernelFileId(buildId) : null,
    hardening,
    stripped: debug.stripped,
    debugOnly,
    debug: { forms: debug.debugForms },
    debuglink: debug.debuglink === null ? null : debugLinkReport(debug.debuglink),
    notes,
    packer: detectPacker(elf),
    go: go === undefined ? null : goReport(go),
    core: coreReport(elf),
    diagnostics: elf.diagnostics.list,
    diagnosticsDropped: elf.diagnostics.droppedCount,
  };
}

function searchPathParts(rpath: string | undefined, runpath: string | undefined): string[] {
  if (rpath === undefined && runpath === undefined) return [];
  return [rpath, runpath].flatMap((path) => (path === undefined ? [] : path.split(':')));
}

/** A probe as the JSON documents show it. */
export function probeReport(probe: StapsdtProbe): ProbeReport {
  return { ...probe, pc: hex(probe.pc), semaphore: hex(probe.semaphore) };
}

function debugLinkReport({ name, crc }: DebugLink): FileReport['debuglink'] {
  return { name, crc: crc === null ? null : crc.toString(16).padStart(8, '0') };
}

/** The end of the file can be unreadable where its start is not: sparse, remote, shrinking. */
function readFileId(elf: ElfFile): string | null {
  try {
    return otelFileId(elf.source);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    elf.diagnostics.add('unreadable', 'file ID', error.message);
    return null;
  }
}

/** A kernel module carries .modinfo, a kernel image the table of exported symbols. */
export function isKernelCode(elf: ElfFile): boolean {
  if (elf.header.elfType === ET.REL) return elf.section('.modinfo') !== undefined;
  return elf.section('__ksymtab') !== undefined;
}

/** A file cut short keeps valid headers: its segments tell. */
function noteTruncation(elf: ElfFile): void {
  const size = elf.source.sizeBytes;
  const cut = elf.loads.filter((load) => load.fileOffset + load.fileSizeBytes > size);
  const first = cut[0];
  if (first === undefined) return;
  elf.diagnostics.add(
    'truncated',
    'PT_LOAD',
    `${cut.length} of ${elf.loads.length} segments reach past the end of the file; the first ` +
      `holds ${hex(first.fileSizeBytes)} bytes at ${hex(first.fileOffset)}, the file ${hex(size)}`,
    first.fileOffset,
  );
}

function noteChange(elf: ElfFile): void {
  const change = elf.source.changed();
  if (change !== undefined) elf.diagnostics.add('changed', 'file', change);
}
