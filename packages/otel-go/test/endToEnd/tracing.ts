// SPDX-License-Identifier: Apache-2.0
// What the end-to-end suites share: the tool, the shop of examples/otel-go, and a receiver.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findHelper, HelperError } from '@otelkit/bpf-client';
import { OtlpReceiver, type OtlpSpan } from '@otelkit/otlp';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
export const PROGRAM: string = join(ROOT, 'packages/otel-go/bin/run.js');
const SHOP = join(ROOT, 'examples/otel-go/shop');
/** Long: two suites and their compilers may share two cores. */
const UNTIL_MS = 60_000;
const ATTEMPTS = 5;

/** Why nothing can be traced here; undefined when it can. */
export function whyNot(): string | undefined {
  if (process.geteuid?.() !== 0) return 'attaching needs root: run as root';
  if (!existsSync(join(ROOT, 'packages/otel-go/dist/attach.cjs'))) {
    return 'not built, build it with: npm run build';
  }
  try {
    findHelper({ from: PROGRAM });
  } catch (error) {
    if (error instanceof HelperError) return `${error.message}, ${error.hint}`;
    throw error;
  }
  return spawnSync('go', ['version']).status === 0
    ? undefined
    : 'no Go, install with: apt-get install golang-go';
}

/** Compiles the shop into a folder. @throws Error with the compiler's words */
export function buildShop(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  const env = { ...process.env, GOFLAGS: '', GOWORK: 'off', CGO_ENABLED: '0' };
  const run = spawnSync('go', ['build', '-o', path, '.'], { cwd: SHOP, env, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr || String(run.error));
  return path;
}

/** A span and whose it is. */
export interface SeenSpan {
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly attributes: ReadonlyMap<string, unknown>;
}

/** Everything that a suite starts, and what came of it; `end` leaves nothing. */
export class TestBench {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'otel-go-'));
  readonly spans: SeenSpan[] = [];
  readonly #children: ChildProcess[] = [];
  readonly #receiver: OtlpReceiver;

  constructor() {
    this.#receiver = new OtlpReceiver({
      sink: {
        profiles: async () => ({ rejected: 0, message: '' }),
        traces: async ({ resourceSpans }) => {
          for (const { resource, scopeSpans } of resourceSpans) {
            const name = resource?.attributes.find(({ key }) => key === 'service.name');
            const service = name?.value?.stringValue ?? '';
            for (const { spans } of scopeSpans) {
              for (const span of spans) this.spans.push(seen(service, span));
            }
          }
          return { rejected: 0, message: '' };
        },
      },
      onRequest: (_, response) => response.end(),
    });
  }

  async listen(): Promise<void> {
    await this.#receiver.listen('127.0.0.1', 0);
  }

  /** Starts a program; its output is not looked at. */
  async run(path: string, args: readonly string[], env = {}): Promise<ChildProcess> {
    const all = { ...process.env, ...env };
    const child = spawn(path, args, { stdio: ['ignore', 'ignore', 'ignore'], env: all });
    this.#children.push(child);
    await once(child, 'spawn');
    return child;
  }

  /** Starts a program that prints where it listens. */
  async runPrinting(path: string, env = {}): Promise<{ child: ChildProcess; address: string }> {
    const all = { ...process.env, ...env };
    const child = spawn(path, [], { stdio: ['ignore', 'pipe', 'ignore'], env: all });
    this.#children.push(child);
    const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    child.stdout.resume();
    return { child, address: line.trim() };
  }

  /** Starts a program that listens; where somebody was faster with the port, on another one. */
  async serve(
    path: string,
    argsAt: (address: string) => readonly string[],
    env = {},
  ): Promise<{ readonly child: ChildProcess; readonly url: string }> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const port = await freePort();
      const child = await this.run(path, argsAt(`127.0.0.1:${port}`), env);
      const url = `http://127.0.0.1:${port}`;
      const hasEnded = (): boolean => child.exitCode !== null;
      await until(
        async () => hasEnded() || (await ask(url)) !== 0,
        () => `${path} opens`,
      );
      if (!hasEnded()) return { child, url };
    }
    throw new Error(`${path} found no free port`);
  }

  /** Starts `otel-go attach`; `notes` grows with what it says. */
  attach(
    args: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): { child: ChildProcess; notes: () => string } {
    const child = spawn(process.execPath, [PROGRAM, 'attach', '--verbose', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${this.#receiver.port}`,
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_BSP_SCHEDULE_DELAY: '100',
        ...more,
      },
    });
    this.#children.push(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => {
        text += chunk;
      });
    }
    return { child, notes: () => text };
  }

  async end(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await this.#receiver.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function seen(service: string, span: OtlpSpan): SeenSpan {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const attributes = new Map<string, unknown>();
  for (const { key, value } of span.attributes) {
    attributes.set(key, value?.stringValue ?? value?.intValue);
  }
  return {
    service,
    name: span.name,
    kind: span.kind,
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    parentId: hex(span.parentSpanId),
    attributes,
  };
}

/** Polls until it is so; fails when it has not been for too long. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  what: () => string,
): Promise<void> {
  const endMs = performance.now() + UNTIL_MS;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`waited ${UNTIL_MS} ms: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** Processes that a process started. */
export function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

/** A port that nobody has just now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** The answer's status; 0 where there is none. Each request has a connection of its own. */
export async function ask(url: string): Promise<number> {
  try {
    const answer = await fetch(url, { headers: { connection: 'close' } });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}
