// SPDX-License-Identifier: Apache-2.0
// Spans of Go programs as BPF made them (docs/go-internals.md §3): 128 bytes, then texts.

export const SpanRecordKind = {
  httpServer: 1,
  httpClient: 2,
  grpcServer: 3,
  grpcClient: 4,
  sql: 5,
  kafkaProducer: 6,
  kafkaConsumer: 7,
  redis: 8,
  mongodb: 9,
  manual: 10,
} as const;

export const SpanRecordFlag = {
  sampled: 1,
  remoteParent: 2,
  panic: 4,
  error: 8,
  hijacked: 16,
  textLost: 32,
  unfinished: 64,
} as const;

export const SpanText = {
  method: 1,
  path: 2,
  query: 3,
  host: 4,
  peer: 5,
  route: 6,
  scheme: 7,
  userAgent: 8,
  traceState: 9,
  grpcMethod: 10,
  grpcTarget: 11,
  sql: 12,
  dsn: 13,
  forwarded: 14,
  statusMessage: 15,
  destination: 16,
  command: 17,
  name: 18,
  localAddress: 19,
  baggage: 20,
  peerBytes: 21,
  spanData: 22,
  /** The first header that was asked for; the next ones follow. */
  headers: 32,
} as const;
export type SpanTextId = (typeof SpanText)[keyof typeof SpanText];

const HEADER_BYTES = 128;
/** In front of a text: number, flags, kept and full bytes. */
export const TEXT_HEADER_BYTES = 8;
/** Numbers of texts that this side knows; others are passed over. */
const TEXT_IDS = 64;

const TWO_32 = 4_294_967_296;

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/**
 * One record. The same object is used for all of a batch: what is kept of it is copied. 64-bit
 * numbers are read when they are asked for.
 */
export class SpanRecord {
  #bytes: Buffer = Buffer.alloc(HEADER_BYTES);
  /** Of the same bytes: Buffer's methods check each argument. */
  #view: DataView = viewOf(this.#bytes);
  #at = 0;
  /** Where the text of a number begins in #bytes; 0 for none. */
  readonly #textAt = new Int32Array(TEXT_IDS);

  kind = 0;
  flags = 0;
  pid = 0;
  config = 0;
  traceFlags = 0;
  detail = 0;
  goid = 0;
  status = 0;
  tid = 0;
  protocol = 0;
  parentBy = 0;

  /** @throws RangeError for one that is cut or holds texts beyond its end */
  read(bytes: Buffer, at: number, lengthBytes: number): void {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = viewOf(bytes);
    }
    const view = this.#view;
    this.#at = at;
    this.kind = view.getUint8(at + 4);
    this.flags = view.getUint8(at + 5);
    this.pid = view.getUint32(at + 8, true);
    this.config = view.getUint16(at + 12, true);
    this.traceFlags = view.getUint8(at + 14);
    this.detail = view.getUint8(at + 15);
    this.goid = view.getUint32(at + 68, true) * TWO_32 + view.getUint32(at + 64, true);
    this.status = view.getInt32(at + 72, true);
    this.tid = view.getUint32(at + 76, true);
    this.protocol = view.getUint16(at + 120, true);
    this.parentBy = view.getUint8(at + 122);
    this.#findTexts(view.getUint16(at + 6, true), at + lengthBytes);
  }

  #findTexts(count: number, end: number): void {
    const view = this.#view;
    this.#textAt.fill(0);
    let at = this.#at + HEADER_BYTES;
    for (let i = 0; i < count; i++) {
      const kept = at + TEXT_HEADER_BYTES <= end ? view.getUint16(at + 2, true) : end;
      const next = at + TEXT_HEADER_BYTES + ((kept + 7) & ~7);
      if (next > end) throw new RangeError(`text ${i} of a span record goes past its end`);
      const id = view.getUint8(at);
      if (id > 0 && id < TEXT_IDS) this.#textAt[id] = at;
      at = next;
    }
  }

  /** The bytes that it is read from, for who copies parts: 32…47 trace, …55 span, …63 parent. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** The same bytes, for who reads numbers. */
  get view(): DataView {
    return this.#view;
  }

  get offset(): number {
    return this.#at;
  }

  /** Where in {@link bytes} the first text begins; each as docs/go-internals.md §3 says. */
  get textsOffset(): number {
    return this.#at + HEADER_BYTES;
  }

  get textCount(): number {
    return this.#view.getUint16(this.#at + 6, true);
  }

  /** CLOCK_MONOTONIC. */
  get startNs(): bigint {
    return this.#bytes.readBigUInt64LE(this.#at + 16);
  }

  get endNs(): bigint {
    return this.#bytes.readBigUInt64LE(this.#at + 24);
  }

  /** End minus start; never negative. Exact up to 104 days. */
  get durationNs(): number {
    const view = this.#view;
    const at = this.#at;
    const high = view.getUint32(at + 28, true) - view.getUint32(at + 20, true);
    const low = view.getUint32(at + 24, true) - view.getUint32(at + 16, true);
    return Math.max(0, high * TWO_32 + low);
  }

  /** A view that is valid during the call only, as all views. */
  get traceId(): Buffer {
    return this.#bytes.subarray(this.#at + 32, this.#at + 48);
  }

  get spanId(): Buffer {
    return this.#bytes.subarray(this.#at + 48, this.#at + 56);
  }

  get parentId(): Buffer {
    return this.#bytes.subarray(this.#at + 56, this.#at + 64);
  }

  get isRoot(): boolean {
    const at = this.#at + 56;
    return this.#view.getInt32(at, true) === 0 && this.#view.getInt32(at + 4, true) === 0;
  }

  /** Addresses in the process: of the error's itab, and of two more types. */
  get errorType(): bigint {
    return this.#bytes.readBigUInt64LE(this.#at + 80);
  }

  get typeA(): bigint {
    return this.#bytes.readBigUInt64LE(this.#at + 104);
  }

  get typeB(): bigint {
    return this.#bytes.readBigUInt64LE(this.#at + 112);
  }

  /** Of the body; −1 where it is not known. */
  get requestBytes(): number {
    return Number(this.#bytes.readBigInt64LE(this.#at + 88));
  }

  get responseBytes(): number {
    return Number(this.#bytes.readBigInt64LE(this.#at + 96));
  }

  hasText(id: number): boolean {
    return this.#textAt[id]! > 0;
  }

  /** Decoded as UTF-8, with U+FFFD for what is none; '' where there is none. */
  text(id: number): string {
    const at = this.#textAt[id]!;
    if (at === 0) return '';
    const from = at + TEXT_HEADER_BYTES;
    const bytes = this.#bytes;
    // Room may have been kept before the length was known.
    const end = from + Math.min(bytes.readUInt16LE(at + 2), bytes.readUInt32LE(at + 4));
    // Most are short and plain; latin1 of those is the same text, and sooner there.
    for (let i = from; i < end; i++)
      if (bytes[i]! >= 0x80) return bytes.toString('utf8', from, end);
    return bytes.toString('latin1', from, end);
  }

  /** Where in {@link bytes} a text is; 0 where there is none. */
  textFrom(id: number): number {
    const at = this.#textAt[id]!;
    return at === 0 ? 0 : at + TEXT_HEADER_BYTES;
  }

  /** Where it ends. */
  textTo(id: number): number {
    const at = this.#textAt[id]!;
    if (at === 0) return 0;
    const bytes = this.#bytes;
    return (
      at + TEXT_HEADER_BYTES + Math.min(bytes.readUInt16LE(at + 2), bytes.readUInt32LE(at + 4))
    );
  }

  /** All texts of that number, in their order. */
  texts(id: number): string[] {
    const found: string[] = [];
    const last = this.#textAt[id]!;
    if (last === 0) return found;
    for (let at = this.#at + HEADER_BYTES; at <= last; ) {
      if (this.#bytes[at] === id) {
        this.#textAt[id] = at;
        found.push(this.text(id));
      }
      at += TEXT_HEADER_BYTES + ((this.#bytes.readUInt16LE(at + 2) + 7) & ~7);
    }
    return found;
  }

  /** The kept bytes of a text that is none; a view, as all. */
  textBytes(id: number): Buffer {
    const at = this.#textAt[id]!;
    if (at === 0) return this.#bytes.subarray(0, 0);
    const from = at + TEXT_HEADER_BYTES;
    return this.#bytes.subarray(from, from + this.#bytes.readUInt16LE(at + 2));
  }

  /** Bytes that the program's text has in all; more than are kept where it was cut. */
  fullBytes(id: number): number {
    const at = this.#textAt[id]!;
    return at === 0 ? 0 : this.#bytes.readUInt32LE(at + 4);
  }

  isCut(id: number): boolean {
    const at = this.#textAt[id]!;
    return at > 0 && (this.#bytes[at + 1]! & 1) !== 0;
  }
}

/** Calls `handle` for each record of the payload. @throws RangeError for one that is cut */
export function forEachSpan(payload: Buffer, handle: (span: SpanRecord) => void): void {
  const span = new SpanRecord();
  let at = 0;
  while (at + 4 <= payload.length) {
    const length = payload.readUInt32LE(at);
    if (length < HEADER_BYTES || at + length > payload.length) {
      throw new RangeError(`span record of ${length} bytes at ${at} of ${payload.length}`);
    }
    span.read(payload, at, length);
    handle(span);
    at += length;
  }
}
