// SPDX-License-Identifier: Apache-2.0
import { labelled, printable, type Style, type TextContext, table, wrap } from '@otelkit/cli-kit';
import {
  type InspectReport,
  type LibraryReport,
  type OffsetReport,
  RUNTIME_LIBRARY,
} from './report.ts';

export interface InspectRenderOptions {
  /** Every probe and every offset, and libraries that are not linked in. */
  readonly isDetailed: boolean;
}

/** One program: what it is, then a paragraph a library. */
export function renderInspect(
  report: InspectReport,
  options: InspectRenderOptions,
  context: TextContext,
): string {
  const { style, width } = context;
  const path = style.subject(printable(report.path));
  if (report.problem !== null) return `${path}  ${style.warn(printable(report.problem))}\n`;
  const facts: [string, string | undefined][] = [
    ['package', report.mainPackage === null ? undefined : printable(report.mainPackage)],
    ['target', targetText(report)],
    ['functions', `${report.functionCount} by the pclntab`],
    ['SQL drivers', listText(report.sqlDrivers)],
    ...report.ownInstrumentation.map(({ name, version, meaning }): [string, string] => [
      'brings',
      printable(`${name}${version === undefined ? '' : ` ${version}`}: ${meaning}`),
    ]),
    ...report.problems.map((problem): [string, string] => [
      'problem',
      style.warn(printable(problem)),
    ]),
  ];
  const head = `${path}  ${style.value(printable(report.goVersion ?? ''))}\n`;
  const body = labelled(facts, { width, indent: '  ', paintLabel: style.label });
  const shown = report.libraries.filter(
    ({ name, verdict }) =>
      name !== RUNTIME_LIBRARY && (options.isDetailed || verdict !== 'not-linked'),
  );
  const libraries = shown.map((library) => renderLibrary(library, options, context)).join('');
  const nothing =
    shown.length === 0 ? `  ${style.warn('no library that probes are known for')}\n` : '';
  const runtime = report.libraries.find(({ name }) => name === RUNTIME_LIBRARY);
  const rest =
    options.isDetailed && runtime !== undefined ? renderLibrary(runtime, options, context) : '';
  return `${head}${body}${libraries}${nothing}${rest}`;
}

function targetText(report: InspectReport): string {
  const parts = [report.machine ?? ''];
  if (report.isPositionIndependent) parts.push('position-independent');
  parts.push(report.isStripped ? 'stripped' : 'not stripped');
  parts.push(report.hasDwarf ? 'with DWARF' : 'no DWARF');
  if (report.hasCgo) parts.push('cgo');
  return parts.join(', ');
}

function listText(drivers: Readonly<Record<string, string>>): string | undefined {
  const entries = Object.entries(drivers).map(([name, system]) => `${name} (${system})`);
  return entries.length === 0 ? undefined : printable(entries.join(', '));
}

function renderLibrary(
  library: LibraryReport,
  { isDetailed }: InspectRenderOptions,
  { style, width }: TextContext,
): string {
  const name = style.heading(printable(library.name));
  const version =
    library.module === 'std' || library.version === null ? '' : ` ${printable(library.version)}`;
  const verdict = verdictText(library, style);
  const lines = [`  ${name}${version}  ${verdict}\n`];
  if (library.because !== null) {
    lines.push(`    ${wrap(printable(library.because), width - 4).replaceAll('\n', '\n    ')}\n`);
  }
  if (library.verdict === 'not-linked') return lines.join('');
  if (isDetailed) lines.push(probeTable(library, width), offsetTable(library, width, style));
  else if (library.offsets.length > 0) lines.push(`    ${style.faint(summary(library))}\n`);
  return lines.join('');
}

function verdictText({ name, verdict }: LibraryReport, style: Style): string {
  if (name === RUNTIME_LIBRARY) return style.faint('what all of them need');
  if (verdict === 'instrumented') return style.good('can be instrumented');
  if (verdict === 'not-linked') return style.faint('not in the program');
  return style.bad('not instrumented, because');
}

/** `2 probes, 1 single-stepped; 14 offsets by DWARF`. */
function summary({ probes, offsets }: LibraryReport): string {
  const dear = probes.filter(({ isEmulated }) => !isEmulated).length;
  const counts = [`${probes.length} probes${dear === 0 ? '' : `, ${dear} single-stepped`}`];
  const sources = [
    ['dwarf', 'by DWARF'],
    ['types', 'by type descriptors'],
    ['table', 'by the table'],
  ] as const;
  for (const [source, words] of sources) {
    const count = offsets.filter((o) => o.source === source && o.offset !== null).length;
    if (count > 0) counts.push(`${count} offsets ${words}`);
  }
  return counts.join('; ');
}

function probeTable({ probes }: LibraryReport, width: number): string {
  const rows = probes.map(({ role, instruction, vaddr, function: name, isEmulated }) => [
    role,
    instruction,
    vaddr,
    printable(name),
    isEmulated ? '' : 'single-stepped',
  ]);
  const columns = [{}, {}, { align: 'right' as const }, { shrink: 'start' as const }, {}];
  return table(columns, rows, { width, indent: '    ' });
}

function offsetTable({ offsets }: LibraryReport, width: number, style: Style): string {
  const rows = offsets.map((offset: OffsetReport) => [
    offset.offset === null ? '–' : String(offset.offset),
    printable(offset.field),
    { text: printable(originText(offset)), paint: style.faint },
  ]);
  const columns = [{ align: 'right' as const }, { shrink: 'start' as const }, {}];
  return table(columns, rows, { width, indent: '    ' });
}

function originText({ offset, origin, isRequired }: OffsetReport): string {
  if (offset !== null) return origin ?? '';
  return isRequired ? 'not known' : 'not in this version';
}
