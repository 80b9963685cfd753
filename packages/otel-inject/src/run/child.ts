// SPDX-License-Identifier: Apache-2.0
// One child in our place: its files are ours, signals for us are for it, and its end is ours.

import { isUtf8 as isValidUtf8 } from 'node:buffer';
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import type { Writable } from 'node:stream';
import { type ByteText, fromByteText } from '../config/byteText.ts';

/** Forwarded whoever sends them. */
const FORWARDED = [
  'SIGTERM',
  'SIGHUP',
  'SIGUSR1',
  'SIGUSR2',
  'SIGCONT',
  'SIGPIPE',
  'SIGALRM',
] as const;
/** A terminal sends these to the child as well: then they are not passed on a second time. */
const OF_TERMINAL = ['SIGINT', 'SIGQUIT', 'SIGTSTP', 'SIGWINCH'] as const;

/** 127 and 126 as shells and env(1) use them. */
const NOT_FOUND = 127;
const NOT_STARTED = 126;

export interface ChildEnd {
  /** The child's own, or 128 + signal. */
  readonly exitCode: number;
  /** Why it was not started. */
  readonly failure?: NodeJS.ErrnoException;
}

/**
 * Starts the command and waits for its end.
 * @param entries NAME=VALUE of its environment; what has no name is left out
 */
export function runChild(
  command: readonly ByteText[],
  entries: readonly ByteText[],
): Promise<ChildEnd> {
  return new Promise((done) => {
    let child: ChildProcess | undefined;
    const hasTerminal = isTerminalThere();
    const handlers = new Map<NodeJS.Signals, () => void>();
    for (const signal of [...FORWARDED, ...OF_TERMINAL]) {
      const isShared = hasTerminal && (OF_TERMINAL as readonly string[]).includes(signal);
      handlers.set(signal, isShared ? () => {} : () => void child?.kill(signal));
    }
    // Where the terminal stops the whole group, we stop with it.
    if (hasTerminal) handlers.delete('SIGTSTP');
    // Before the start: a signal just after it would end us and leave the command behind.
    for (const [signal, handler] of handlers) process.on(signal, handler);
    child = start(command, entries);
    const end = (result: ChildEnd): void => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
      done(result);
    };
    child.on('error', (failure: NodeJS.ErrnoException) => {
      end({ exitCode: failure.code === 'ENOENT' ? NOT_FOUND : NOT_STARTED, failure });
    });
    child.on('exit', (code, signal) => {
      end({ exitCode: signal === null ? (code ?? 0) : 128 + constants.signals[signal] });
    });
  });
}

function start(command: readonly ByteText[], entries: readonly ByteText[]): ChildProcess {
  const named = entries.filter((entry) => entry.indexOf('=') > 0);
  if (![...command, ...named].every(isUtf8)) return startByShell(command, named);
  // The first of a name counts for getenv(3), the last for an object.
  const pairs = named.toReversed().map((entry): [string, string] => {
    const equals = entry.indexOf('=');
    return [fromByteText(entry.slice(0, equals)), fromByteText(entry.slice(equals + 1))];
  });
  const [program, ...args] = command.map(fromByteText);
  return spawn(program!, args, { stdio: 'inherit', env: Object.fromEntries(pairs) });
}

function isUtf8(text: ByteText): boolean {
  return isValidUtf8(Buffer.from(text, 'latin1'));
}

/**
 * Node.js hands over UTF-8 only and would spoil other bytes. A shell reads them from a pipe and
 * becomes env(1), which becomes the command: the same process, and the same codes for failures.
 */
function startByShell(command: readonly ByteText[], named: readonly ByteText[]): ChildProcess {
  const words = [...named, ...command].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const script = `exec 3<&-; exec env -i ${words.join(' ')}`;
  const read = 'eval "$(cat <&3)"';
  const child = spawn('/bin/sh', ['-c', read], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
  });
  const pipe = child.stdio[3] as Writable;
  pipe.on('error', () => {});
  pipe.end(Buffer.from(script, 'latin1'));
  return child;
}

/** Whether a controlling terminal exists. */
function isTerminalThere(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
