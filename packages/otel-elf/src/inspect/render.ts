// SPDX-License-Identifier: Apache-2.0
import { labelled, printable, type Style, type TextContext } from '@otelkit/cli-kit';
import type { FileReport } from '@otelkit/core';
import { coreEntries } from './renderCore.ts';
import { hardeningWords } from './renderHardening.ts';
import type { InspectResult } from './run.ts';

const BYTE_UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
const SHOWN_NEEDED = 40;
const SHOWN_MODULES = 8;

/** One file on one screen: a title, then aligned facts; what does not apply is left out. */
export function renderInspect(report: InspectResult, { style, width }: TextContext): string {
  const title = `${style.subject(printable(report.path))}  ${identity(report)}\n`;
  const entries: [string, string | undefined][] = [
    ['process', processLine(report)],
    ...coreEntries(report.core, style),
    ['interpreter', optional(report.interpreter)],
    ['libc', libcLine(report, style)],
    ['needed', neededLine(report)],
    ['missing', missingLine(report, style)],
    ['soname', optional(report.soname)],
    ['rpath', searchPath(report.rpath, report, style)],
    ['runpath', searchPath(report.runpath, report, style)],
    ['may load', dlopenLine(report)],
    ['go', goLine(report, style)],
    ['modules', modulesLine(report)],
    ['build ID', idLine(report, style)],
    ['file ID', report.fileId === null ? undefined : style.value(report.fileId)],
    ['debug', report.kind === 'core' ? undefined : debugLine(report)],
    ['hardening', hardeningWords(report.hardening, style)],
    ['package', packageLine(report)],
    ['probes', probesLine(report)],
    ['packer', packerLine(report, style)],
    ['entry', hasEntry(report) ? report.entry : undefined],
    ['damage', damageLine(report, style)],
  ];
  return `${title}${labelled(entries, { width, indent: '  ', paintLabel: style.label })}\n`;
}

function hasEntry({ kind }: FileReport): boolean {
  return kind !== 'relocatable' && kind !== 'core';
}

function identity(report: FileReport): string {
  const order = report.data === 'LE' ? 'little-endian' : 'big-endian';
  const kind = report.debugOnly ? 'separate debug information' : (report.kind ?? report.type);
  const abi = report.osabi === 'sysv' ? '' : `, ${report.osabi} ABI`;
  const size = sizeText(report.size);
  return `${kind}, ${report.machine} ${report.class}-bit ${order}${abi}, ${size}`;
}

function sizeText(sizeBytes: number): string {
  let value = sizeBytes;
  let unit = 0;
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${BYTE_UNITS[unit]}`;
}

function optional(text: string | null): string | undefined {
  return text === null ? undefined : printable(text);
}

function processLine(report: InspectResult): string | undefined {
  if (report.process === undefined) return undefined;
  const { pid, executable } = report.process;
  return executable === null ? String(pid) : `${pid}, started from ${printable(executable)}`;
}

function libcLine(report: FileReport, style: Style): string | undefined {
  const { flavor, interpreter, maxGlibcVersion, confidence } = report.libc;
  if (flavor === null) return undefined;
  const parts = [style.value(flavor === 'none' ? 'none: static, or without a C library' : flavor)];
  if (maxGlibcVersion !== null) parts.push(`${style.value(maxGlibcVersion)} or newer`);
  if (confidence !== 'certain' && confidence !== null) parts.push(`(${confidence})`);
  if (interpreter !== null && interpreter !== flavor && flavor !== 'none') {
    const says = interpreter === 'unknown' ? 'another libc' : interpreter;
    parts.push(style.warn(`but the interpreter belongs to ${says}`));
  }
  return parts.join(' ');
}

function neededLine(report: FileReport): string | undefined {
  return listed(report.needed.map(printable), SHOWN_NEEDED);
}

function missingLine(report: InspectResult, style: Style): string | undefined {
  if (report.missing.length === 0) return undefined;
  const names = listed(report.missing.map(printable), SHOWN_NEEDED) ?? '';
  return `${style.bad(names)} ${style.faint('(see otel-elf tree)')}`;
}

function listed(items: readonly string[], most: number): string | undefined {
  if (items.length === 0) return undefined;
  const shown = items.slice(0, most).join(' ');
  return items.length > most ? `${shown} … and ${items.length - most} more` : shown;
}

function searchPath(path: string | null, report: FileReport, style: Style): string | undefined {
  if (path === null) return undefined;
  const dangerous = report.hardening.dangerousSearchPaths;
  const parts = path.split(':');
  return parts
    .map((part) =>
      dangerous.includes(part) ? style.bad(printable(part || '""')) : printable(part),
    )
    .join(':');
}

function dlopenLine(report: FileReport): string | undefined {
  const names = report.notes.dlopen.flatMap((entry) => {
    const soname = (entry as { soname?: unknown } | null)?.soname;
    return Array.isArray(soname) ? [soname.map((name) => printable(String(name))).join('|')] : [];
  });
  return listed(names, SHOWN_NEEDED);
}

function goLine(report: FileReport, style: Style): string | undefined {
  if (report.go === null) return undefined;
  const { goVersion, main, path } = report.go;
  const module = main?.path ?? path ?? undefined;
  const version = main?.version ? ` ${printable(main.version)}` : '';
  const name = module === undefined ? '' : `  ${printable(module)}${version}`;
  return `${style.value(printable(goVersion ?? 'unknown version'))}${name}`;
}

function modulesLine(report: FileReport): string | undefined {
  if (report.go === null) return undefined;
  const modules = report.go.deps.map((dep) => printable(`${dep.path}@${dep.version ?? ''}`));
  return listed(modules, SHOWN_MODULES);
}

function idLine(report: FileReport, style: Style): string | undefined {
  const ids: string[] = [];
  if (report.gnuBuildId !== null) ids.push(style.value(report.gnuBuildId));
  if (report.goBuildId !== null) ids.push(`Go ${style.value(printable(report.goBuildId))}`);
  return ids.length === 0 ? undefined : ids.join(' ');
}

function debugLine(report: FileReport): string {
  const { stripped } = report;
  const parts = [stripped === null ? 'not known' : stripped ? 'stripped' : 'symbols'];
  parts.push(...report.debug.forms);
  if (report.debuglink !== null) {
    parts.push(`link to ${printable(report.debuglink.name)} (CRC ${report.debuglink.crc})`);
  }
  return parts.join(', ');
}

function packageLine(report: FileReport): string | undefined {
  const value = report.notes.package;
  if (value === null) return undefined;
  if (typeof value !== 'object') return printable(String(value));
  const { type, name, version, architecture } = value as Record<string, unknown>;
  const known = [type, name, version, architecture].filter((part) => typeof part === 'string');
  return printable(known.join(' '));
}

function probesLine(report: FileReport): string | undefined {
  const { stapsdt } = report.notes;
  if (stapsdt.length === 0) return undefined;
  const providers = [...new Set(stapsdt.map((probe) => printable(probe.provider)))];
  return `${stapsdt.length} USDT probes of ${listed(providers, SHOWN_MODULES)}`;
}

function packerLine(report: FileReport, style: Style): string | undefined {
  if (report.packer === null) return undefined;
  return style.warn(`${report.packer}: what stands here is the stub's, not the program's`);
}

function damageLine(report: FileReport, style: Style): string | undefined {
  const count = report.diagnostics.length + report.diagnosticsDropped;
  if (count === 0) return undefined;
  return style.bad(`${count} ${count === 1 ? 'thing' : 'things'} could not be read, see stderr`);
}
