// SPDX-License-Identifier: Apache-2.0
// What senders may take of a receiver, all of them together.

export const RECEIVE_LIMITS = {
  /** One request as it comes; the reference agent's receivers take 32 MiB. */
  requestBytes: 67_108_864,
  /** The same request unpacked. */
  messageBytes: 67_108_864,
  /** A request as JSON: its objects take ten times its bytes. */
  jsonBytes: 16_777_216,
  /** Bytes of all requests under way, packed and unpacked: beyond it senders are asked to wait. */
  bytesInFlight: 201_326_592,
  /** Fields of one request: 64 MiB of the smallest messages would be a gigabyte of objects. */
  messageFields: 4_194_304,
  connections: 1_024,
  /** Calls at once on one HTTP/2 connection. */
  streamsPerConnection: 64,
  /** Until the first bytes of a connection tell what it speaks. */
  firstBytesMs: 10_000,
  /** Between the first and the last byte of a request. */
  requestMs: 60_000,
  /** A connection on which nothing happens. Exporters keep theirs between two reports. */
  idleMs: 600_000,
  /** What a sender is told to wait when there is no room. */
  retryAfterSeconds: 1,
  /** Characters of a message to a sender. */
  messageChars: 1_024,
} as const;
