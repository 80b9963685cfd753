// SPDX-License-Identifier: Apache-2.0
// Every count, size, depth and time that a peer, a file or a busy host can choose is bounded here,
// with the reason for the number.

export const LIMITS = {
  /** Requests stay below this before compression: gRPC servers refuse more than 4 MiB by default. */
  requestBytes: 3_670_016,
  /** Answers of a collector hold an error message at most; more is nonsense. */
  responseBytes: 1_048_576,
  /** Of an error message that a collector sent, what is kept. */
  errorMessageChars: 512,
  /** Samples of one batch: 50 MB with their identities. 5 s of 10,000 Hz on 20 CPUs. */
  batchSamples: 1_048_576,
  /** Samples that a batch keeps its memory for; what a burst took beyond is given back. */
  batchKeptSamples: 131_072,
  /** Frames of one stack. */
  stackFrames: 65_536,
  /** UTF-16 units of one string of a dictionary (C++ symbols are long, a megabyte is hostile);
   * what is longer ends with `…`. */
  stringLength: 65_536,

  /** Decoder: messages inside each other; OTLP itself needs 12, attribute values may nest. */
  decodeDepth: 32,
  /** Decoder: fields and numbers of one request, all messages together; each takes memory. */
  decodeFields: 8_388_608,
  /** Decoder: bytes of one request; senders of profiles go up to 32 MiB. */
  decodeBytes: 67_108_864,

  /** zlib's level: 5 costs two thirds of 6 for 1 % more bytes (docs/otlp.md). */
  compressionLevel: 5,

  /** Requests waiting in memory: beyond it they go to disk, or the oldest are dropped. */
  queueBytes: 16_777_216,
  queueRequests: 4_096,
  /** After a folder could not be written to. */
  spillPauseMs: 60_000,
  /** Requests on disk while the collector is away. */
  spillBytes: 268_435_456,
  spillFiles: 16_384,

  /** A lock is touched so often, and counts as left behind after such a silence; only where its owner
   * runs in another PID namespace and cannot be looked up. */
  lockTouchMs: 60_000,
  lockSilentMs: 600_000,

  /** Pauses between attempts; OTLP asks for exponential backoff with jitter. */
  retryInitialMs: 250,
  retryMaxMs: 15_000,
  /** While an exporter closes. */
  retryClosingMs: 500,
  /** A collector may ask for a pause (RetryInfo, Retry-After); longer ones are cut to this. */
  retryAfterMaxMs: 300_000,
  /** One attempt, unless configured. OTLP exporter specification: 10 s. */
  timeoutMs: 10_000,
  /** What stands for "no limit": a peer that fell silent must be noticed some time. */
  timeoutMaxMs: 3_600_000,
  /** Header pairs and header bytes from configuration. */
  headers: 128,
  headerBytes: 65_536,
} as const;
