// SPDX-License-Identifier: Apache-2.0
// From where can addresses of this program get names, and files with lines?
import { ProcError } from '../../proc/procFs.ts';
import type { Evidence, Finding, Question } from '../answer.ts';
import type { BinaryFacts } from '../binaryFacts.ts';
import { installedDebugFile } from '../installedDebugFile.ts';
import { isInterpreted } from '../runtime/detectRuntime.ts';
import type { ExplainTarget, TargetFile } from '../target.ts';

const SHOWN_FILES = 8;
/** Looking for a debug file costs some opens: not for hundreds of libraries. */
const SEARCHED_FILES = 64;

/** -g1, compressed, is still some 8 % of the code's size. */
const PARTIAL_DWARF_SHARE = 0.05;

type Level = 'lines' | 'functions' | 'exported' | 'nothing';

interface Source {
  readonly path: string;
  readonly level: Level;
  readonly says: string;
}

export const symbolize: Question<ExplainTarget> = {
  id: 'symbolize',
  title: 'Symbols',
  answer: (target) => {
    if (target.process?.snapshot.stat.isKernelThread) return kernelThread(target);
    if (target.process !== undefined && target.process.snapshot.imageThreadId === undefined) {
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
  const sources = known.map((file, i) => sourceOf(target, file, i < SEARCHED_FILES));
  const own = sources[0]!;
  const count = (level: Level): number => sources.filter((s) => s.level === level).length;
  const whole = count('lines') + count('functions');
  const evidence: Evidence[] = sources
    .slice(0, SHOWN_FILES)
    .map(({ path, says }) => ({ from: path, says }));
  const perfMap = perfMapOf(target);
  if (perfMap !== undefined)
    evidence.push({ from: perfMap, says: 'names of code made at run time' });
  const details = {
    files: known.length,
    withLines: count('lines'),
    withFunctions: count('functions'),
    exportedOnly: count('exported'),
    withNothing: count('nothing'),
  };
  const verdict = whole === known.length ? 'yes' : own.level === 'nothing' ? 'no' : 'partly';
  const parts = [`the executable: ${own.says}`];
  if (known.length > 1) parts.push(librariesText(sources.slice(1)));
  if (perfMap !== undefined) parts.push('generated code by its perf map');
  else if (needsPerfMap(target)) parts.push('generated code has no names');
  const lacksNames = verdict !== 'yes';
  return {
    verdict: lacksNames && isInterpreted(target.runtime.id) ? 'partly' : verdict,
    reason: parts.join('; '),
    evidence,
    details,
    ...(lacksNames && { hint: hint(target, own) }),
  };
}

function librariesText(sources: readonly Source[]): string {
  const whole = sources.filter((s) => s.level === 'lines' || s.level === 'functions').length;
  if (whole === sources.length)
    return whole === 1 ? 'its library has full names' : `all ${whole} libraries have full names`;
  const exported = sources.filter((s) => s.level === 'exported').length;
  const rest = sources.length - whole - exported;
  const parts = [`${exported} of ${sources.length} libraries give exported names only`];
  if (rest > 0) parts.push(`${rest} none`);
  return parts.join(', ');
}

function sourceOf(target: ExplainTarget, file: TargetFile, isSearched: boolean): Source {
  const facts = file.result.facts!;
  const { path } = file;
  const forms = facts.debug.debugForms;
  if (facts.go !== null)
    return { path, level: 'lines', says: 'Go pclntab (functions, files, lines)' };
  const hasDwarf = forms.some((form) => form.startsWith('dwarf') || form === 'zdebug');
  if (hasDwarf && !isPartial(facts)) {
    return { path, level: 'lines', says: `DWARF in the file (${forms.join(', ')})` };
  }
  const debugFile = isSearched ? installedDebugFile(path, facts, target.rootedPath) : undefined;
  if (debugFile !== undefined) return { path, level: 'lines', says: `debug file ${debugFile}` };
  if (!facts.debug.stripped) {
    const says = hasDwarf ? '.symtab (functions), DWARF for a small part' : '.symtab (functions)';
    return { path, level: 'functions', says };
  }
  if (forms.includes('gnu_debugdata')) {
    return { path, level: 'functions', says: '.gnu_debugdata (functions)' };
  }
  const missing = facts.debug.debuglink === null ? '' : `; ${facts.debug.debuglink.name} not found`;
  if (facts.hasDynamicSymbols) {
    return { path, level: 'exported', says: `stripped: exported names only${missing}` };
  }
  return { path, level: 'nothing', says: `stripped: no names at all${missing}` };
}

/**
 * True for DWARF that can only describe some of the code, as where a few objects of a stripped build
 * were compiled with -g (Node.js: 1 MB for 28 MB of code). Whole DWARF is about as large as the code.
 */
function isPartial({ debugInfoBytes, unwind }: BinaryFacts): boolean {
  return debugInfoBytes < unwind.executableBytes * PARTIAL_DWARF_SHARE;
}

/** `/tmp/perf-PID.map` in the target's own view, named by its innermost PID. */
function perfMapOf(target: ExplainTarget): string | undefined {
  const status = target.process?.snapshot.status;
  if (status === undefined) return undefined;
  const path = `/tmp/perf-${status.namespacePids.at(-1)}.map`;
  return target.readText(path) === undefined ? undefined : path;
}

function needsPerfMap({ process, runtime }: ExplainTarget): boolean {
  return (process?.anonymousCode.mappings ?? 0) > 0 && !isInterpreted(runtime.id);
}

function hint(target: ExplainTarget, own: Source): string {
  const id = target.executable.facts?.gnuBuildId;
  if (own.level === 'lines' || own.level === 'functions') {
    return 'install the debug symbols of the libraries, or point DEBUGINFOD_URLS to a server';
  }
  return id === null || id === undefined
    ? 'keep the unstripped file: without a build ID no server can find its symbols'
    : `install its debug symbols, or fetch them by build ID ${id}`;
}

function kernelThread(target: ExplainTarget): Finding {
  const first = firstKernelSymbol(target);
  if (first === undefined) {
    return { verdict: 'no', reason: '/proc/kallsyms cannot be read', evidence: [] };
  }
  const isHidden = /^0+ /.test(first);
  const evidence = [{ from: 'kallsyms', says: isHidden ? 'addresses are zero' : 'addresses' }];
  return isHidden
    ? {
        verdict: 'no',
        reason: 'addresses in /proc/kallsyms are hidden from this user',
        evidence,
        hint: 'run as root, or with CAP_SYSLOG and kernel.kptr_restrict at most 1',
      }
    : { verdict: 'yes', reason: 'kernel functions by /proc/kallsyms', evidence };
}

function firstKernelSymbol(target: ExplainTarget): string | undefined {
  try {
    return target.process!.fs.readHost('kallsyms', 64).bytes.toString('latin1');
  } catch (error) {
    if (error instanceof ProcError) return undefined;
    throw error;
  }
}
