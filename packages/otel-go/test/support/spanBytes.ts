// SPDX-License-Identifier: Apache-2.0
// Span records as BPF writes them, written by the page (docs/go-internals.md §3) and not by the code.

export interface SpanFacts {
  readonly kind: number;
  readonly flags?: number;
  readonly pid?: number;
  readonly config?: number;
  readonly traceFlags?: number;
  readonly detail?: number;
  readonly startNs?: bigint;
  readonly endNs?: bigint;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly parentId?: string;
  readonly goid?: bigint;
  readonly status?: number;
  readonly errorType?: bigint;
  readonly requestBytes?: bigint;
  readonly responseBytes?: bigint;
  readonly typeA?: bigint;
  readonly typeB?: bigint;
  readonly protocol?: number;
  readonly parentBy?: number;
  /** By their numbers; a number of bytes makes it longer than what was kept. */
  readonly texts?: Readonly<Record<number, string | { kept: string; fullBytes: number }>>;
}

export function spanBytes(facts: SpanFacts): Buffer {
  const texts = Object.entries(facts.texts ?? {}).map(([id, text]) => textBytes(Number(id), text));
  const head = Buffer.alloc(128);
  head.writeUInt32LE(128 + texts.reduce((sum, { length }) => sum + length, 0), 0);
  head.writeUInt8(facts.kind, 4);
  head.writeUInt8(facts.flags ?? 1, 5);
  head.writeUInt16LE(texts.length, 6);
  head.writeUInt32LE(facts.pid ?? 1, 8);
  head.writeUInt16LE(facts.config ?? 0, 12);
  head.writeUInt8(facts.traceFlags ?? 1, 14);
  head.writeUInt8(facts.detail ?? 0, 15);
  head.writeBigUInt64LE(facts.startNs ?? 1_000_000_000n, 16);
  head.writeBigUInt64LE(facts.endNs ?? 1_002_000_000n, 24);
  Buffer.from(facts.traceId ?? '0af7651916cd43dd8448eb211c80319c', 'hex').copy(head, 32);
  Buffer.from(facts.spanId ?? 'b7ad6b7169203331', 'hex').copy(head, 48);
  Buffer.from(facts.parentId ?? '', 'hex').copy(head, 56);
  head.writeBigUInt64LE(facts.goid ?? 7n, 64);
  head.writeInt32LE(facts.status ?? -1, 72);
  head.writeUInt32LE(1, 76);
  head.writeBigUInt64LE(facts.errorType ?? 0n, 80);
  head.writeBigInt64LE(facts.requestBytes ?? -1n, 88);
  head.writeBigInt64LE(facts.responseBytes ?? -1n, 96);
  head.writeBigUInt64LE(facts.typeA ?? 0n, 104);
  head.writeBigUInt64LE(facts.typeB ?? 0n, 112);
  head.writeUInt16LE(facts.protocol ?? 0x0101, 120);
  head.writeUInt8(facts.parentBy ?? 0, 122);
  return Buffer.concat([head, ...texts]);
}

function textBytes(id: number, text: string | { kept: string; fullBytes: number }): Buffer {
  const kept = Buffer.from(typeof text === 'string' ? text : text.kept);
  const fullBytes = typeof text === 'string' ? kept.length : text.fullBytes;
  const bytes = Buffer.alloc(8 + Math.ceil(kept.length / 8) * 8);
  bytes.writeUInt8(id, 0);
  bytes.writeUInt8(fullBytes > kept.length ? 1 : 0, 1);
  bytes.writeUInt16LE(kept.length, 2);
  bytes.writeUInt32LE(fullBytes, 4);
  kept.copy(bytes, 8);
  return bytes;
}
