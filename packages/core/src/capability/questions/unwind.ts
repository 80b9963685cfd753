// SPDX-License-Identifier: Apache-2.0
// Can a profiler walk the stacks of this program without frame pointers, and does it know the
// frames of its interpreter?
import type { Evidence, Finding, Question } from '../answer.ts';
import { isInterpreted } from '../runtime/detectRuntime.ts';
import type { RuntimeFacts, RuntimeId } from '../runtime/types.ts';
import type { ExplainTarget, TargetFile } from '../target.ts';
import { parseVersion } from './agent.ts';

type Version = readonly [number, number];

/** Versions whose frames are known how to be read from outside; both ends inclusive. */
const KNOWN_LAYOUTS: Readonly<Partial<Record<RuntimeId, readonly [Version, Version]>>> = {
  jvm: [
    [7, 0],
    [26, 99],
  ],
  nodejs: [
    [14, 0],
    [26, 99],
  ],
  cpython: [
    [3, 6],
    [3, 14],
  ],
  ruby: [
    [2, 5],
    [4, 0],
  ],
  php: [
    [7, 3],
    [8, 5],
  ],
  perl: [
    [5, 28],
    [5, 42],
  ],
  dotnet: [
    [6, 0],
    [10, 99],
  ],
  beam: [
    [27, 0],
    [28, 99],
  ],
};

const SHOWN_FILES = 8;

export const unwind: Question<ExplainTarget> = {
  id: 'unwind',
  title: 'Stack unwinding',
  answer: (target) => {
    const { process } = target;
    if (process?.snapshot.stat.isKernelThread) {
      return yes('kernel stacks are unwound by the kernel itself', []);
    }
    if (process !== undefined && process.snapshot.imageThreadId === undefined) {
      return { verdict: 'no', reason: 'the process has ended (zombie)', evidence: [] };
    }
    const known = target.files.filter((file) => file.result.facts !== undefined);
    if (known.length === 0) {
      const reason = target.executable.problem ?? 'none of its files could be read';
      return { verdict: 'unknown', reason, evidence: [] };
    }
    return judge(target, known);
  },
};

function judge(target: ExplainTarget, known: readonly TargetFile[]): Finding {
  const bare = known.filter((file) => !hasTables(file));
  const unread = target.files.length - known.length + (target.process?.filesLeftOut ?? 0);
  const evidence: Evidence[] = known.slice(0, SHOWN_FILES).map((file) => ({
    from: file.path,
    says: tablesText(file),
  }));
  const interpreter = interpreterFinding(target.runtime);
  const code = target.process?.anonymousCode;
  const details = {
    files: known.length,
    filesWithoutTables: bare.map((file) => file.path).slice(0, SHOWN_FILES),
    filesNotRead: unread,
    ...(code !== undefined && { anonymousCode: code }),
  };
  const parts: string[] = [];
  const native = nativeText(known.length, bare, target.path);
  if (native !== undefined) parts.push(native);
  if (interpreter !== undefined) parts.push(interpreter.text);
  if (unread > 0)
    parts.push(`${unread} mapped ${unread === 1 ? 'file was' : 'files were'} not read`);
  // Interpreters tell where their generated code is; other programs do not.
  const isUnknownCode = code !== undefined && code.mappings > 0 && interpreter === undefined;
  if (isUnknownCode) {
    parts.push('code in anonymous memory has no tables: only its frame pointers, if it keeps them');
    evidence.push({ from: 'maps', says: `${code.mappings} executable mappings without a file` });
  }
  const isWhole = bare.length === 0 && unread === 0 && !isUnknownCode;
  const isFrameKnown = interpreter === undefined || interpreter.isKnown === true;
  const allBare = bare.length === known.length;
  const verdict = allBare ? 'unknown' : isWhole && isFrameKnown ? 'yes' : 'partly';
  return { verdict, reason: parts.join('; '), evidence, details };
}

function nativeText(
  count: number,
  bare: readonly TargetFile[],
  executablePath: string,
): string | undefined {
  if (bare.length === 0) {
    return count === 1 ? 'its code has unwind tables' : `all ${count} files with code have tables`;
  }
  const isExecutable = bare.some((file) => file.path === executablePath);
  const which = isExecutable ? 'the executable has no tables' : `no tables in ${bare[0]!.path}`;
  const more = bare.length > 1 ? ` (and ${bare.length - 1} more)` : '';
  return `${which}${more}: frame pointers were not looked for, so it may end there`;
}

function interpreterFinding(
  runtime: RuntimeFacts,
): { readonly text: string; readonly isKnown: boolean | undefined } | undefined {
  if (!isInterpreted(runtime.id)) return undefined;
  const range = KNOWN_LAYOUTS[runtime.id];
  if (range === undefined) return { text: `${runtime.name} frames stay hidden`, isKnown: false };
  const version = parseVersion(runtime.version);
  if (version === undefined) {
    return { text: `${runtime.name} frames depend on its version`, isKnown: undefined };
  }
  const [oldest, newest] = range;
  const isKnown = compare(version, oldest) >= 0 && compare(version, newest) <= 0;
  const shown = `${runtime.name} ${runtime.version}`;
  return isKnown
    ? { text: `frames of ${shown} are known`, isKnown }
    : { text: `frames of ${shown} are not known, native ones are`, isKnown };
}

function hasTables({ result }: TargetFile): boolean {
  const tables = result.facts!.unwind;
  if (tables.executableBytes === 0) return true;
  return tables.ehFrame || tables.debugFrame || tables.pclntab;
}

function tablesText({ result }: TargetFile): string {
  const { ehFrame, ehFrameEntries, debugFrame, pclntab } = result.facts!.unwind;
  const parts: string[] = [];
  if (pclntab) parts.push('pclntab');
  if (ehFrame) {
    parts.push(ehFrameEntries === null ? '.eh_frame' : `.eh_frame, ${ehFrameEntries} functions`);
  }
  if (debugFrame) parts.push('.debug_frame');
  return parts.length === 0 ? 'no unwind tables' : parts.join(', ');
}

function compare(left: Version, right: Version): number {
  return left[0] - right[0] || left[1] - right[1];
}

function yes(reason: string, evidence: readonly Evidence[]): Finding {
  return { verdict: 'yes', reason, evidence };
}
