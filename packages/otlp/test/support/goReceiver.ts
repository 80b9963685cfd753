// SPDX-License-Identifier: Apache-2.0
// The gRPC server of test/decoder: grpc-go with the official profiles service.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** What the server does with each call until it is told otherwise. */
export interface Behaviour {
  code?: number;
  message?: string;
  retryMs?: number;
  delayMs?: number;
  rejected?: number;
  /** Calls that it holds for; all when absent. */
  times?: number;
}

/** One call as the server saw it. */
export interface Call {
  readonly samples: number;
  readonly scopeVersion: string;
  readonly metadata: Record<string, string[]>;
  readonly code: number;
}

export class GoReceiver {
  readonly calls: Call[] = [];
  port = 0;
  readonly #child: ChildProcess;
  readonly #waiting: { fits: (receiver: GoReceiver) => boolean; done: () => void }[] = [];
  #told = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    createInterface({ input: child.stdout! }).on('line', (line) => this.#take(JSON.parse(line)));
  }

  static async start(program: string, argv: readonly string[] = []): Promise<GoReceiver> {
    const child = spawn(program, ['serve', ...argv], { stdio: ['pipe', 'pipe', 'inherit'] });
    const receiver = new GoReceiver(child);
    await receiver.until((r) => r.port !== 0);
    return receiver;
  }

  /** Accepted calls. */
  get accepted(): Call[] {
    return this.calls.filter((call) => call.code === 0);
  }

  async behave(behaviour: Behaviour): Promise<void> {
    const wanted = this.#told + 1;
    this.#child.stdin!.write(`${JSON.stringify(behaviour)}\n`);
    await this.until(() => this.#told >= wanted);
  }

  /** Waits for the server to have seen something; mocha's timeout is the limit. */
  until(fits: (receiver: GoReceiver) => boolean): Promise<void> {
    if (fits(this)) return Promise.resolve();
    return new Promise((done) => {
      this.#waiting.push({ fits, done });
    });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  #take(line: Record<string, unknown>): void {
    if (line['port'] !== undefined) this.port = line['port'] as number;
    else if (line['told'] !== undefined) this.#told++;
    else this.calls.push(line as unknown as Call);
    for (const waiting of this.#waiting) if (waiting.fits(this)) waiting.done();
  }
}
