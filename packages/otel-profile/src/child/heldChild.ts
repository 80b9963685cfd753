// SPDX-License-Identifier: Apache-2.0
// A command that waits at its very start until we sample it, so that nothing of it is missed. It is
// in our place: its files are ours, signals for us are for it, and its end is ours.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import type { Writable } from 'node:stream';
import { environmentOf, findSetpriv, type Invoker } from './invoker.ts';

/** Forwarded whoever sends them. */
const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGCONT', 'SIGALRM'] as const;
/** A terminal sends these to the command as well: then they are not passed on a second time. */
const OF_TERMINAL = ['SIGINT', 'SIGQUIT'] as const;

/** 127 and 126 as shells and env(1) use them. */
const NOT_STARTED = 126;

/** Waits for a line on descriptor 3, then becomes the command. */
const HOLD = 'read -r _ <&3 || exit 126; exec 3<&-; exec "$@"';

export interface HeldChildOptions {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly invoker: Invoker | undefined;
}

/** A started command; it does nothing before {@link release}. */
export class HeldChild {
  readonly pid: number;
  /** Its own exit code, or 128 + signal. */
  readonly ended: Promise<number>;
  readonly #child: ChildProcess;
  readonly #handlers = new Map<NodeJS.Signals, () => void>();

  /** @throws Error when not even a shell can be started */
  constructor(options: HeldChildOptions) {
    const { env, cwd, invoker } = options;
    const [program, ...args] = commandLine(options);
    this.#child = spawn(program!, args, {
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
      env: environmentOf(invoker, env),
      cwd,
      ...(needsIds(options) && { uid: invoker!.uid, gid: invoker!.gid }),
    });
    if (this.#child.pid === undefined) throw new Error(`${program} cannot be started`);
    this.pid = this.#child.pid;
    this.#pipe.on('error', () => {});
    this.ended = new Promise((done) => {
      this.#child.on('error', () => done(NOT_STARTED));
      this.#child.on('exit', (code, signal) => {
        this.#forwardNothing();
        done(signal === null ? (code ?? 0) : 128 + constants.signals[signal]);
      });
    });
    this.#forward();
  }

  /** Lets the command begin. */
  release(): void {
    this.#pipe.end('\n');
  }

  /** Ends the command, whether it has begun or not. */
  end(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  get #pipe(): Writable {
    return this.#child.stdio[3] as Writable;
  }

  #forward(): void {
    const hasTerminal = isTerminalThere();
    for (const signal of [...FORWARDED, ...OF_TERMINAL]) {
      const isShared = hasTerminal && (OF_TERMINAL as readonly string[]).includes(signal);
      const handler = isShared ? () => {} : () => void this.#child.kill(signal);
      this.#handlers.set(signal, handler);
      process.on(signal, handler);
    }
  }

  #forwardNothing(): void {
    for (const [signal, handler] of this.#handlers) process.off(signal, handler);
  }
}

function needsIds({ invoker, env }: HeldChildOptions): boolean {
  return invoker !== undefined && findSetpriv(env) === undefined;
}

function commandLine({ command, invoker, env }: HeldChildOptions): readonly string[] {
  const held = ['/bin/sh', '-c', HOLD, 'sh', ...command];
  const setpriv = invoker === undefined ? undefined : findSetpriv(env);
  if (invoker === undefined || setpriv === undefined) return held;
  const { uid, gid } = invoker;
  return [setpriv, '--reuid', `${uid}`, '--regid', `${gid}`, '--init-groups', '--', ...held];
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
