// SPDX-License-Identifier: Apache-2.0
// Python: `PREFIX/{glibc,musl}` in front of PYTHONPATH (native/injector/src/python.zig).
import { type ByteText, trimEnd } from '../../config/byteText.ts';
import { isAtLeast, textOf, type Version, versionOf } from '../../config/settings.ts';
import { whyDirectoryUnusable } from '../predict/access.ts';
import type { Planning } from '../predict/planning.ts';
import {
  type Command,
  commandOf,
  isNamed,
  type Subject,
  UNKNOWN_COMMAND,
} from '../predict/subject.ts';
import type { InjectVerdict } from '../predict/verdicts.ts';

const VARIABLE = 'PYTHONPATH';

/** By symbol and name: gdb, vim and others embed Python for themselves. */
export function isPython(subject: Subject): boolean {
  return subject.symbols.has('Py_Main') && isNamed(subject, ['python', 'uwsgi']);
}

interface Parsed {
  command: Command;
  /** -E, -I or -S: PYTHONPATH or sitecustomize.py is not read, so nothing could come of it. */
  ignoresAgent: boolean;
}

export function pythonCommand(subject: Subject): Command {
  return parse(subject).command;
}

/** Nothing could come of an injection, whatever is configured. */
export function isPythonFutile(subject: Subject): boolean {
  return parse(subject).ignoresAgent;
}

function parse(subject: Subject): Parsed {
  const parsed: Parsed = { command: UNKNOWN_COMMAND, ignoresAgent: false };
  if (!isNamed(subject, ['python'])) return parsed;
  const { argv } = subject;
  for (let i = 1; i < argv.length; i++) {
    const argument = argv[i]!;
    if (argument.length < 2 || argument[0] !== '-') {
      const isProgram = argument.length > 0 && argument[0] !== '-';
      if (isProgram) parsed.command = commandOf('program', argument, i + 1);
      return parsed;
    }
    if (argument[1] === '-') {
      if (argument === '--version' || argument.startsWith('--help')) {
        parsed.command = commandOf('informational');
        return parsed;
      }
      if (argument === '--check-hash-based-pycs') i++;
      continue;
    }
    const skipped = cluster(parsed, argv, i);
    if (skipped === undefined) return parsed;
    i += skipped;
  }
  return parsed;
}

/** One argument of short options: arguments to skip, undefined when the interpreter's own end. */
function cluster(parsed: Parsed, argv: readonly ByteText[], i: number): number | undefined {
  const argument = argv[i]!;
  for (let k = 1; k < argument.length; k++) {
    const flag = argument[k]!;
    const attached = argument.slice(k + 1);
    if ('EIS'.includes(flag)) parsed.ignoresAgent = true;
    else if ('Vh?'.includes(flag)) {
      parsed.command = commandOf('informational');
      return undefined;
    } else if (flag === 'c') {
      parsed.command = commandOf('evaluate', '', i);
      return undefined;
    } else if (flag === 'm') {
      const isAttached = attached !== '';
      const module = isAttached ? attached : (argv[i + 1] ?? '');
      parsed.command = commandOf('module', module, isAttached ? i + 1 : i + 2);
      return undefined;
    } else if (flag === 'W' || flag === 'X') return attached === '' ? 1 : 0;
  }
  return 0;
}

export function injectPython(plan: Planning): InjectVerdict {
  const { subject, env, settings } = plan;
  const configured = textOf(settings, 'python_auto_instrumentation_agent_path_prefix');
  const prefix = trimEnd(configured, '/');
  if (prefix === '') return 'no_agent';
  if (prefix.includes(':')) return 'path_not_expressible';
  const version = pythonVersion(subject);
  const minimum = versionOf(settings, 'python_auto_instrumentation_minimum_python_version');
  if (version !== undefined && !isAtLeast(version, minimum)) {
    const found = `${version.major}.${version.minor}`;
    plan.notes.push(`it is Python ${found}; the minimum is ${minimum.major}.${minimum.minor}`);
    return 'version_too_old';
  }
  const directory = `${prefix}/${plan.libc}`;
  const there = verdictOn(env.get(VARIABLE) ?? '', directory);
  if (there !== undefined) return there;
  const problem = whyDirectoryUnusable(subject, directory);
  if (problem !== undefined) {
    plan.notes.push(problem);
    return 'agent_unusable';
  }
  const reason = 'makes its sitecustomize.py the first that Python finds';
  return plan.prepend(VARIABLE, directory, ':', reason) ? 'injected' : 'out_of_memory';
}

function verdictOn(value: ByteText, directory: ByteText): InjectVerdict | undefined {
  for (const part of value.split(':')) {
    if (trimEnd(part, '/') === directory) return 'already_injected';
    if (part.includes('/otel-auto-instrumentation')) return 'other_agent';
  }
  return undefined;
}

/** Exact from Py_Version (3.11 and later), else the newest version whose function is there. */
export function pythonVersion({ symbols }: Subject): Version | undefined {
  const word = symbols.read('Py_Version', 8)?.readBigUInt64LE();
  if (word !== undefined) {
    return { major: Number((word >> 24n) & 0xffn), minor: Number((word >> 16n) & 0xffn) };
  }
  if (!symbols.has('Py_Main')) return undefined;
  if (symbols.has('Py_NewRef')) return { major: 3, minor: 10 };
  if (symbols.has('PyObject_CallNoArgs')) return { major: 3, minor: 9 };
  return { major: 3, minor: symbols.has('Py_BytesMain') ? 8 : 0 };
}
