// SPDX-License-Identifier: Apache-2.0
// The texts of a call that differ each time, and how each is written without becoming a string. What
// is written here is what `describe` says; where it is not, or cannot be, `describe` is asked.
import { type SpanRecord, SpanRecordKind, SpanText } from '@otelkit/bpf-client';
import { ProtoWriter, writeKeyValue } from '@otelkit/otlp';
import { forwardedClient } from '../semconv/address.ts';
import { attributeValue } from '../semconv/attributes.ts';
import { withoutSecrets } from '../semconv/http.ts';
import type { Described } from '../semconv/span.ts';

/** Attributes of a Span. */
export const ATTRIBUTES = 9;
/** Tags of KeyValue.value, AnyValue.string_value and AnyValue.int_value. */
const VALUE = 0x12;
const STRING = 0x0a;
const INT = 0x18;
const COLON = 0x3a;
const DOT = 0x2e;
const BRACKET = 0x5b;
const CLOSING = 0x5d;
const ZERO = 0x30;
const MOST_PORT = 65_535;
const ASCII = 0x80;

/** Writes attributes; false where it cannot, whatever was written by then. */
type Write = (writer: ProtoWriter, record: SpanRecord, constant: Uint8Array) => boolean;

export interface Varying {
  /** Bits of the numbers of texts that may differ. */
  readonly texts: number;
  readonly write: Write;
  /** What {@link write} needs and is the same each time. */
  readonly constant: (span: Described, record: SpanRecord) => Uint8Array;
}

const NOTHING = new Uint8Array(0);

function bits(...texts: readonly number[]): number {
  return texts.reduce((all, text) => all | (1 << text), 0);
}

/** A key as it stands in a KeyValue: its tag, its length, its bytes. */
function keyOf(key: string): Uint8Array {
  const writer = new ProtoWriter();
  writer.stringField(1, key);
  return writer.finish();
}

const URL_PATH = keyOf('url.path');
const URL_FULL = keyOf('url.full');
const USER_AGENT = keyOf('user_agent.original');
const PEER_ADDRESS = keyOf('network.peer.address');
const PEER_PORT = keyOf('network.peer.port');
const CLIENT_ADDRESS = keyOf('client.address');
const CLIENT_PORT = keyOf('client.port');

/** An attribute whose value is bytes from…to, after those of `before`. */
function writeText(
  ...[writer, key, before, bytes, from, to]: [
    ProtoWriter,
    Uint8Array,
    Uint8Array,
    Buffer,
    number,
    number,
  ]
): boolean {
  const size = before.length + to - from;
  // One byte for each length, or two: nothing longer comes here.
  const inner = size < ASCII ? size + 2 : size + 3;
  const value = inner < ASCII ? inner + 2 : inner + 3;
  writer.tag(ATTRIBUTES, 2);
  writer.varint(key.length + value);
  writer.asciiPart(key, 0, key.length);
  writer.varint(VALUE);
  writer.varint(inner);
  writer.varint(STRING);
  writer.varint(size);
  if (before.length > 0 && !writer.asciiPart(before, 0, before.length)) return false;
  return writer.asciiPart(bytes, from, to);
}

function writePort(writer: ProtoWriter, key: Uint8Array, port: number): void {
  const size = port < 0x80 ? 1 : port < 0x4000 ? 2 : 3;
  writer.tag(ATTRIBUTES, 2);
  writer.varint(key.length + size + 3);
  writer.asciiPart(key, 0, key.length);
  writer.varint(VALUE);
  writer.varint(size + 1);
  writer.varint(INT);
  writer.varint(port);
}

/** A text that is an attribute as it is; nothing where there is none. */
function writeOwn(writer: ProtoWriter, key: Uint8Array, record: SpanRecord, text: number): boolean {
  const from = record.textFrom(text);
  const to = record.textTo(text);
  return from === to || writeText(writer, key, NOTHING, record.bytes, from, to);
}

/** Where the parts of an address are; used again for each one. */
const peer = { from: 0, to: 0, port: 0 };

/** `127.0.0.1:51234` or `[::1]:51234`, as net writes an address. @returns false for others */
function findPeer(bytes: Buffer, from: number, to: number): boolean {
  const isBracketed = bytes[from] === BRACKET;
  let end = from;
  const close = isBracketed ? CLOSING : COLON;
  while (end < to && bytes[end] !== close) end++;
  const port = isBracketed ? end + 2 : end + 1;
  if (end === from || port > to || bytes[port - 1] !== COLON) return false;
  peer.from = isBracketed ? from + 1 : from;
  peer.to = end;
  peer.port = portAt(bytes, port, to);
  return peer.port > 0 && peer.to > peer.from;
}

/** 0 for what is no port. */
function portAt(bytes: Buffer, from: number, to: number): number {
  if (from === to || to - from > 5) return 0;
  let port = 0;
  for (let i = from; i < to; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit < 0 || digit > 9) return 0;
    port = port * 10 + digit;
  }
  return port <= MOST_PORT ? port : 0;
}

/** The other side's address and port, which stay in {@link peer}. @returns false for no address */
function writeNetworkPeer(writer: ProtoWriter, record: SpanRecord): boolean {
  const from = record.textFrom(SpanText.peer);
  const to = record.textTo(SpanText.peer);
  if (from === to) return true;
  const { bytes } = record;
  if (!findPeer(bytes, from, to)) return false;
  if (!writeText(writer, PEER_ADDRESS, NOTHING, bytes, peer.from, peer.to)) return false;
  writePort(writer, PEER_PORT, peer.port);
  return true;
}

const writeServer: Write = (writer, record) => {
  if (!writeOwn(writer, URL_PATH, record, SpanText.path)) return false;
  if (record.hasText(SpanText.query)) {
    const query = withoutSecrets(record.text(SpanText.query));
    if (query !== '') writeKeyValue(writer, ATTRIBUTES, 'url.query', query);
  }
  if (!writeNetworkPeer(writer, record)) return false;
  const forwarded = record.hasText(SpanText.forwarded)
    ? forwardedClient(record.text(SpanText.forwarded))
    : undefined;
  if (forwarded !== undefined) writeKeyValue(writer, ATTRIBUTES, 'client.address', forwarded);
  else if (record.textFrom(SpanText.peer) !== record.textTo(SpanText.peer)) {
    writeText(writer, CLIENT_ADDRESS, NOTHING, record.bytes, peer.from, peer.to);
  }
  return writeOwn(writer, USER_AGENT, record, SpanText.userAgent);
};

/** `constant` is what stands before the path. */
const writeClient: Write = (writer, record, constant) => {
  if (!writeNetworkPeer(writer, record)) return false;
  if (constant.length === 0) return true;
  if (record.hasText(SpanText.query)) {
    const query = withoutSecrets(record.text(SpanText.query));
    const url = `${Buffer.from(constant).toString()}${record.text(SpanText.path)}`;
    writeKeyValue(writer, ATTRIBUTES, 'url.full', query === '' ? url : `${url}?${query}`);
    return true;
  }
  const from = record.textFrom(SpanText.path);
  return writeText(writer, URL_FULL, constant, record.bytes, from, record.textTo(SpanText.path));
};

/** `http://shop.example` of `http://shop.example/path?query`. */
function beforePath(span: Described, record: SpanRecord): Uint8Array {
  const url = attributeValue(span.attributes, 'url.full');
  const host = record.text(SpanText.host);
  if (typeof url !== 'string') return NOTHING;
  return Buffer.from(url.slice(0, url.indexOf(host) + host.length));
}

const scratch = Buffer.alloc(16);

/** Writes a number below 256 in digits. @returns where it ends */
function digits(value: number, at: number): number {
  let end = at;
  if (value >= 100) scratch[end++] = ZERO + Math.trunc(value / 100);
  if (value >= 10) scratch[end++] = ZERO + (Math.trunc(value / 10) % 10);
  scratch[end++] = ZERO + (value % 10);
  return end;
}

const writePeer: Write = (writer, record) => {
  const from = record.textFrom(SpanText.peerBytes);
  const to = record.textTo(SpanText.peerBytes);
  if (from === to) return true;
  if (to - from !== 6) return false;
  const { bytes } = record;
  let end = 0;
  for (let i = 0; i < 4; i++) {
    if (i > 0) scratch[end++] = DOT;
    end = digits(bytes[from + i]!, end);
  }
  const port = bytes[from + 4]! | (bytes[from + 5]! << 8);
  if (port === 0) return false;
  writeText(writer, CLIENT_ADDRESS, NOTHING, scratch, 0, end);
  writePort(writer, CLIENT_PORT, port);
  writeText(writer, PEER_ADDRESS, NOTHING, scratch, 0, end);
  writePort(writer, PEER_PORT, port);
  return true;
};

const carried = [SpanText.traceState, SpanText.baggage] as const;
const NONE: Varying = { texts: bits(...carried), write: () => true, constant: () => NOTHING };

const BY_KIND: Readonly<Record<number, Varying>> = {
  [SpanRecordKind.httpServer]: {
    texts: bits(
      ...[...carried, SpanText.path, SpanText.query, SpanText.peer, SpanText.userAgent],
      SpanText.forwarded,
    ),
    write: writeServer,
    constant: () => NOTHING,
  },
  [SpanRecordKind.httpClient]: {
    texts: bits(...carried, SpanText.path, SpanText.query, SpanText.peer),
    write: writeClient,
    constant: beforePath,
  },
  [SpanRecordKind.grpcServer]: {
    texts: bits(...carried, SpanText.peerBytes, SpanText.userAgent),
    write: writePeer,
    constant: () => NOTHING,
  },
};

export function varyingOf(kind: number): Varying {
  return BY_KIND[kind] ?? NONE;
}
