// SPDX-License-Identifier: Apache-2.0
// The other side holds the rights and calls the kernel; this one asks it, over two pipes. It ends
// when its stdin is closed, and everything that it attached goes with it.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { BPF_CLIENT_LIMITS } from '../limits.ts';
import { FrameKind, FrameReader, frameHeader } from '../protocol/frames.ts';
import type {
  GoAttachReply,
  GoAttachRequest,
  GoCatalog,
  GoLibrary,
  GoStartOptions,
  GoStartReply,
} from '../protocol/goMessages.ts';
import type {
  FileRequest,
  HelloReply,
  LoadReply,
  ReplyError,
  StartOptions,
  StartReply,
  ThreadContextReach,
} from '../protocol/messages.ts';
import { dispatchFrame } from './dispatch.ts';
import type { HelperEvents } from './events.ts';
import { HelperError } from './helperError.ts';
import { LastWords } from './lastWords.ts';

/** Version of the protocol that this package speaks. */
export const PROTOCOL_VERSION = 1;

interface Waiting {
  readonly resolve: (reply: Record<string, unknown>) => void;
  readonly reject: (error: HelperError) => void;
  readonly timer: NodeJS.Timeout;
}

export interface BpfHelperOptions {
  /** The program; see findHelper. */
  readonly path: string;
  readonly args?: readonly string[];
  readonly events: HelperEvents;
}

/** One running helper. */
export class BpfHelper {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #events: HelperEvents;
  readonly #waiting = new Map<number, Waiting>();
  readonly #lastWords = new LastWords(BPF_CLIENT_LIMITS.lastWordsBytes);
  readonly #path: string;
  readonly #ended: Promise<void>;
  #nextId = 1;
  #isStopping = false;
  #failure: HelperError | undefined;

  /** Starts the program. What goes wrong with that fails the first request. */
  constructor({ path, args = [], events }: BpfHelperOptions) {
    this.#path = path;
    this.#events = events;
    // A terminal's Ctrl-C is for the tool, which then asks for what is still to come: the helper
    // gets a group of its own.
    this.#child = spawn(path, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      env: {},
      cwd: '/',
    });
    const { stdin, stdout, stderr } = this.#child;
    const reader = new FrameReader(BPF_CLIENT_LIMITS.frameBytes, this.#take);
    stdout.on('data', (chunk: Buffer) => this.#read(reader, chunk));
    stderr.on('data', (chunk: Buffer) => this.#lastWords.add(chunk));
    for (const stream of [stdin, stdout, stderr]) stream.on('error', () => {});
    this.#ended = new Promise((ended) => {
      this.#child.on('error', (error: NodeJS.ErrnoException) => {
        this.#end(startFailure(path, error));
        ended();
      });
      // `close` and not `exit`: its last words may still be in the pipe.
      this.#child.on('close', (code, signal) => {
        this.#end(this.#exitFailure(code, signal));
        ended();
      });
    });
  }

  /** Its process, for its CPU and memory; undefined when it was not started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Requests that wait for their answers. */
  get pendingRequests(): number {
    return this.#waiting.size;
  }

  /** @throws HelperError when it speaks another version */
  async hello(): Promise<HelloReply> {
    const reply = (await this.request('hello', { version: PROTOCOL_VERSION })) as unknown;
    const hello = reply as HelloReply;
    if (hello.version === PROTOCOL_VERSION) return hello;
    throw new HelperError(`speaks version ${hello.version} of the protocol`, {
      code: 'HELPER_VERSION',
      path: this.#path,
      hint: 'install the tool and its native package in the same version',
    });
  }

  async start(options: StartOptions): Promise<StartReply> {
    return (await this.request('start', { ...options })) as unknown as StartReply;
  }

  /** Says how a file's mappings are unwound. */
  async file(request: FileRequest): Promise<void> {
    await this.request('file', { ...request });
  }

  /** Loads a table out of a file of the cache. */
  async loadPath(slot: number, path: string): Promise<LoadReply> {
    return (await this.request('load', { slot, path })) as unknown as LoadReply;
  }

  /** Loads a table that is in memory. */
  async loadBytes(slot: number, table: Uint8Array): Promise<LoadReply> {
    const number = Buffer.allocUnsafe(4);
    number.writeUInt32LE(slot, 0);
    return (await this.#send(FrameKind.table, [number, table], 'load')) as unknown as LoadReply;
  }

  async unload(slot: number): Promise<void> {
    await this.request('unload', { slot });
  }

  /** Files by their keys, unless somebody has them mapped by now. */
  async forget(keys: readonly string[]): Promise<void> {
    await this.request('forget', { keys });
  }

  /** Threads of a process tell their spans there; undefined: no more. */
  async threadContext(pid: number, reach: ThreadContextReach | undefined): Promise<void> {
    await this.request('threadContext', { pid, ...reach });
  }

  /** What can be traced in Go programs; needs no rights (docs/go-internals.md §2). */
  async goCatalog(): Promise<GoCatalog> {
    const { libraries } = (await this.request('goCatalog')) as unknown as GoCatalog;
    // Go's encoder writes null for lists that are empty.
    const whole = (library: GoLibrary): GoLibrary => ({
      ...library,
      functions: library.functions ?? [],
      fields: library.fields ?? [],
    });
    return { libraries: libraries.map(whole) };
  }

  async goStart(options: GoStartOptions): Promise<GoStartReply> {
    return (await this.request('goStart', { ...options })) as unknown as GoStartReply;
  }

  /** Attaches to one executable; what of it cannot be is in `problems`. */
  async goAttach(request: GoAttachRequest): Promise<GoAttachReply> {
    const reply = (await this.request('goAttach', { ...request })) as unknown as GoAttachReply;
    return { ...reply, attached: reply.attached ?? [], problems: reply.problems ?? [] };
  }

  /** Everything that was taken so far is here before this resolves. */
  async flush(): Promise<void> {
    await this.request('flush');
  }

  /**
   * Any request of §4.
   * @throws HelperError with the code and hint of its answer; `HELPER_TIMEOUT`, `HELPER_DIED`
   */
  request(
    op: string,
    members: Readonly<Record<string, unknown>> = {},
    timeoutMs: number = BPF_CLIENT_LIMITS.requestMs,
  ): Promise<Record<string, unknown>> {
    const body = Buffer.from(JSON.stringify({ op, ...members }));
    return this.#send(FrameKind.request, [body], op, timeoutMs);
  }

  /** Asks it to detach, drain and exit; whatever it answers, it is gone afterwards. */
  async stop(): Promise<void> {
    if (this.#failure !== undefined) return this.#ended;
    this.#isStopping = true;
    try {
      await this.request('stop', {}, BPF_CLIENT_LIMITS.exitMs);
    } catch {
      // It is ended all the same.
    }
    await this.close();
  }

  /** Closes its stdin, by which it ends; kills it when it does not. */
  async close(): Promise<void> {
    this.#isStopping = true;
    this.#child.stdin.end();
    const timer = setTimeout(() => this.kill(), BPF_CLIENT_LIMITS.exitMs);
    await this.#ended;
    clearTimeout(timer);
  }

  /** At once, without a word. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #send(
    kind: number,
    parts: readonly Uint8Array[],
    op: string,
    timeoutMs: number = BPF_CLIENT_LIMITS.requestMs,
  ): Promise<Record<string, unknown>> {
    const id = this.#nextId++;
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        const message = `no answer to ${op} after ${timeoutMs / 1000} s`;
        reject(new HelperError(message, { code: 'HELPER_TIMEOUT', path: this.#path }));
      }, timeoutMs);
      this.#waiting.set(id, { resolve, reject, timer });
      let bytes = 0;
      for (const part of parts) bytes += part.length;
      const { stdin } = this.#child;
      stdin.cork();
      stdin.write(frameHeader(kind, id, bytes));
      for (const part of parts) stdin.write(part);
      stdin.uncork();
    });
  }

  #read(reader: FrameReader, chunk: Buffer): void {
    if (this.#failure !== undefined) return;
    try {
      reader.push(chunk);
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof SyntaxError)) throw error;
      const message = `sent what is no frame: ${error.message}`;
      this.#end(new HelperError(message, { code: 'HELPER_PROTOCOL', path: this.#path }));
      this.kill();
    }
  }

  readonly #take = (kind: number, requestId: number, payload: Buffer): void => {
    if (kind === FrameKind.reply) this.#reply(requestId, payload);
    else dispatchFrame(kind, payload, this.#events);
  };

  #reply(requestId: number, payload: Buffer): void {
    const waiting = this.#waiting.get(requestId);
    if (waiting === undefined) return;
    this.#waiting.delete(requestId);
    clearTimeout(waiting.timer);
    const reply = JSON.parse(payload.toString('utf8')) as Record<string, unknown>;
    if (reply['ok'] === true) {
      waiting.resolve(reply);
      return;
    }
    const error = (reply['error'] ?? {}) as Partial<ReplyError>;
    const { code = 'HELPER_REFUSED', message = 'the request was refused', hint } = error;
    waiting.reject(new HelperError(message, { code, hint }));
  }

  #end(failure: HelperError): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(failure);
    }
    this.#waiting.clear();
    if (!this.#isStopping) this.#events.died?.(failure);
  }

  #exitFailure(code: number | null, signal: NodeJS.Signals | null): HelperError {
    const how = signal === null ? `ended with code ${code}` : `was killed by ${signal}`;
    const words = this.#lastWords.text();
    const message = words === '' ? `the BPF helper ${how}` : `the BPF helper ${how}: ${words}`;
    return new HelperError(message, { code: 'HELPER_DIED', path: this.#path });
  }
}

function startFailure(path: string, error: NodeJS.ErrnoException): HelperError {
  return new HelperError(`the BPF helper cannot be started: ${error.code ?? error.message}`, {
    code: 'HELPER_NOT_STARTED',
    path,
  });
}
