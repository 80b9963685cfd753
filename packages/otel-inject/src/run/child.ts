// SPDX-License-Identifier: Apache-2.0
// One child in our place: its files are ours, signals for us are for it, and its end is ours.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';

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

/** Starts the command and waits for its end. */
export function runChild(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ChildEnd> {
  return new Promise((done) => {
    const child = spawn(command[0]!, command.slice(1), { stdio: 'inherit', env });
    const hasTerminal = isTerminalThere();
    const handlers = new Map<NodeJS.Signals, () => void>();
    for (const signal of [...FORWARDED, ...OF_TERMINAL]) {
      const isShared = hasTerminal && (OF_TERMINAL as readonly string[]).includes(signal);
      handlers.set(signal, isShared ? () => {} : () => void child.kill(signal));
    }
    // Where the terminal stops the whole group, we stop with it.
    if (hasTerminal) handlers.delete('SIGTSTP');
    for (const [signal, handler] of handlers) process.on(signal, handler);
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

/** Whether a controlling terminal exists. */
function isTerminalThere(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
