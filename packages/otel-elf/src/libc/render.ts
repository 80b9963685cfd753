// SPDX-License-Identifier: Apache-2.0
import { labelled, printable, type Style, type TextContext } from '@otelkit/cli-kit';
import type { LibcEvidence } from '@otelkit/core';
import type { LibcResult } from './service.ts';

/** The answer first, then what it rests on. */
export function renderLibc(result: LibcResult, { style, width }: TextContext): string {
  const entries: [string, string | undefined][] = [
    ['needs', versionLine(result, style)],
    ['interpreter', interpreterLine(result, style)],
    ['conflict', conflictLine(result, style)],
    ...result.evidence.map((piece): [string, string] => ['evidence', evidenceLine(piece)]),
    ...result.versionNeeds.map(({ library, versions }): [string, string] => [
      'versions',
      `${printable(library)}: ${versions.map(printable).join(' ')}`,
    ]),
    ['symbols', result.highestSymbols?.map(printable).join(' ')],
  ];
  const body = labelled(entries, { width, indent: '  ', paintLabel: style.label });
  return `${style.subject(printable(result.path))}  ${answer(result, style)}\n${body}`;
}

function answer({ flavor, confidence }: LibcResult, style: Style): string {
  if (flavor === null) return style.faint('no program or library, or too damaged to tell');
  return `${style.value(flavor)} ${style.faint(`(${confidence})`)}`;
}

function versionLine({ maxGlibcVersion }: LibcResult, style: Style): string | undefined {
  if (maxGlibcVersion === null) return undefined;
  return `glibc ${style.value(maxGlibcVersion)} or newer`;
}

function interpreterLine(result: LibcResult, style: Style): string | undefined {
  if (result.interpreterPath === null) return undefined;
  const path = printable(result.interpreterPath);
  return result.interpreterFound === true ? path : `${path} ${style.bad('not found')}`;
}

function conflictLine({ flavor, interpreter }: LibcResult, style: Style): string | undefined {
  if (interpreter === null || interpreter === 'unknown') return undefined;
  if (flavor === null || flavor === 'none' || flavor === interpreter) return undefined;
  return style.warn(`linked against ${flavor}, but started by the loader of ${interpreter}`);
}

function evidenceLine({ from, says, flavor }: LibcEvidence): string {
  const speaks = flavor === undefined ? 'says nothing' : `says ${flavor}`;
  return `${from}: ${printable(says)} ${speaks}`;
}
