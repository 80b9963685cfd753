// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OFF_CPU, ON_CPU, ProfileBatch, profilerKinds } from '@otelkit/otlp';
import { Collector, type CollectorOptions, loadDuckDb } from '../../src/index.ts';

/** Undefined where DuckDB has a binary for this machine. */
export async function whyNoEngine(): Promise<string | undefined> {
  try {
    await loadDuckDb();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'otel-collector-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export function startCollector(changes: Partial<CollectorOptions> = {}): Promise<Collector> {
  return Collector.start({
    host: '127.0.0.1',
    port: 0,
    folder: undefined,
    token: undefined,
    requireTokenForData: false,
    names: [],
    toolVersion: '1.2.3',
    mode: 'live',
    title: 'test',
    pageFolder: undefined,
    retention: { ageMs: 1e12, bytes: Number.POSITIVE_INFINITY },
    onProblem: (message) => {
      throw new Error(message);
    },
    ...changes,
  });
}

export const HZ = 100;
/** A whole second, so that buckets are easy to foretell. */
export const START_MS = 1_760_000_000_000;
export const TRACE = 'aabbccddeeff00112233445566778899';
export const SPAN = '1122334455667788';

const STACKS: readonly (readonly number[])[] = [
  [2, 1, 0],
  [3, 0],
  [4, 1, 0],
];
const FRAMES = [
  { kind: 'native', functionName: 'main', fileName: 'app.c', line: 1 },
  { kind: 'native', functionName: 'work', fileName: 'app.c', line: 7 },
  { kind: 'native', functionName: 'inner', fileName: 'app.h', line: 3, inlined: true },
  { kind: 'kernel', functionName: 'vfs_read' },
  { kind: 'native', address: 0x1234 },
];

/**
 * An agent's request: process `app` of service `shop` burns `inner` 60 and an unnamed function 10
 * samples, process `db` is in the kernel for 30, over one second; `db` is 4 ms off CPU.
 */
export function agentRequest(startMs = START_MS): Uint8Array {
  const mapping = { fileName: '/opt/app', buildIdGnu: '00112233445566778899' };
  const batch = new ProfileBatch({
    source: {
      frame: (id) => ({ ...FRAMES[id]!, ...(FRAMES[id]!.kind === 'native' && { mapping }) }),
      stack: (id) => Int32Array.from(STACKS[id]!),
      resource: (id): Record<string, string | number> =>
        id === 1
          ? { 'process.pid': 10, 'process.executable.name': 'app', 'service.name': 'shop' }
          : { 'process.pid': 20, 'process.executable.name': 'db', 'container.id': 'c0ffee' },
      name: () => 'worker',
      labels: () => ({ tenant: 'a' }),
      link: () => ({ traceId: Buffer.from(TRACE, 'hex'), spanId: Buffer.from(SPAN, 'hex') }),
    },
    kinds: profilerKinds(HZ),
    scope: { name: 'test', version: '1' },
    timeOriginNs: BigInt(startMs) * 1_000_000n,
  });
  const sample = { kind: ON_CPU, value: 1, threadId: 7, nameId: 1, cpu: 0, labelsId: 0, linkId: 0 };
  for (let i = 0; i < 100; i++) {
    const stackId = i < 60 ? 0 : i < 90 ? 1 : 2;
    const resourceId = stackId === 1 ? 2 : 1;
    const more = i === 0 ? { labelsId: 1, linkId: 1 } : {};
    batch.add({ ...sample, ...more, stackId, resourceId, cpu: i % 2, timeNs: i * 1e7 });
  }
  batch.add({ ...sample, kind: OFF_CPU, value: 4e6, stackId: 1, resourceId: 2, timeNs: 5e8 });
  const startNs = BigInt(startMs) * 1_000_000n;
  return batch.encode({ startNs, endNs: startNs + 1_000_000_000n })[0]!.bytes;
}

export function send(url: string, path: string, body: Uint8Array): Promise<Response> {
  return fetch(new URL(path, url), {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: new Uint8Array(body),
  });
}
