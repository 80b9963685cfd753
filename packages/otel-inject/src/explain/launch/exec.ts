// SPDX-License-Identifier: Apache-2.0
// What execve would run for a path: an ELF file, or the interpreter of a script (execve(2),
// "Interpreter scripts"), as shells and `env` start it.
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { encodePath, type RootFs } from '@otelkit/core';
import { type ByteText, fromByteText, trim } from '../../config/byteText.ts';
import { INJECT_LIMITS } from '../../config/limits.ts';

/** A program about to be started. */
export interface Exec {
  /** Absolute. */
  readonly path: ByteText;
  /** As execve gets it: a script's interpreter is told this name. */
  readonly given: ByteText;
  readonly argv: readonly ByteText[];
}

export interface ExecFailure {
  readonly path: ByteText;
  readonly why: string;
}

/** Where programs are looked for. */
export interface ExecWorld {
  readonly fs: RootFs;
  readonly cwd: ByteText;
}

/** What PATH is for execvp(3) when it is not set. */
const DEFAULT_PATH = '/bin:/usr/bin';
const SHELL = '/bin/sh';

/** The file that a command word names: by PATH when it holds no slash. */
export function findProgram(
  word: ByteText,
  path: ByteText | undefined,
  world: ExecWorld,
): ByteText | ExecFailure {
  if (word.includes('/')) return checked(absolute(word, world.cwd), world);
  let failure: ExecFailure = { path: word, why: 'there is no such program on PATH' };
  for (const folder of (path ?? DEFAULT_PATH).split(':')) {
    const candidate = absolute(folder === '' ? word : `${folder}/${word}`, world.cwd);
    const found = checked(candidate, world);
    if (typeof found === 'string') return found;
    if (found.why !== ABSENT) failure = found;
  }
  return failure;
}

const ABSENT = 'no such file';

function checked(path: ByteText, { fs }: ExecWorld): ByteText | ExecFailure {
  const located = fs.locate(fromByteText(path));
  if (typeof located === 'string') {
    const isAbsent = located === 'ENOENT' || located === 'ENOTDIR';
    return { path, why: isAbsent ? ABSENT : located };
  }
  if (!located.stats.isFile()) return { path, why: 'is no file' };
  return (located.stats.mode & 0o111) === 0 ? { path, why: 'is not executable' } : path;
}

/** Relative paths start at the working directory. */
export function absolute(path: ByteText, cwd: ByteText): ByteText {
  return path.startsWith('/') ? path : `${cwd === '/' ? '' : cwd}/${path}`;
}

/**
 * The interpreter that the kernel starts instead of a script, with its arguments; undefined for
 * what begins like an ELF file. A text without `#!` goes to the shell, as execvp(3) does it.
 */
export function scriptInterpreter(script: Exec, { fs, cwd }: ExecWorld): Exec | undefined {
  const { path, given, argv } = script;
  const head = firstBytes(path, fs);
  if (head.startsWith('\x7fELF')) return undefined;
  const rest = argv.slice(1);
  const byShell: Exec = { path: SHELL, given: SHELL, argv: [SHELL, given, ...rest] };
  if (!head.startsWith('#!')) return byShell;
  const newline = head.indexOf('\n');
  const line = trim(head.slice(2, newline < 0 ? undefined : newline).replace(/\0.*$/s, ''));
  const blank = line.search(/[ \t]/);
  const interpreter = blank < 0 ? line : line.slice(0, blank);
  // One argument, whatever blanks it holds.
  const option = blank < 0 ? [] : [trim(line.slice(blank))];
  if (interpreter === '') return byShell;
  return {
    path: absolute(interpreter, cwd),
    given: interpreter,
    argv: [interpreter, ...option, given, ...rest],
  };
}

function firstBytes(path: ByteText, fs: RootFs): ByteText {
  const located = fs.locate(fromByteText(path));
  if (typeof located === 'string') return '';
  let fd = -1;
  try {
    fd = openSync(encodePath(located.hostPath), constants.O_RDONLY | constants.O_NONBLOCK);
    const buffer = Buffer.alloc(INJECT_LIMITS.shebangBytes);
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, 0));
  } catch {
    // Not readable: it may still be executable, and is then no script.
    return '\x7fELF';
  } finally {
    if (fd >= 0) closeSync(fd);
  }
}
