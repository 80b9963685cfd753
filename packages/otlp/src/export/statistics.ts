// SPDX-License-Identifier: Apache-2.0

/** Why requests were given up: a status (`INVALID_ARGUMENT`, `HTTP 400`), `queue full`, … */
export interface LostItems {
  requests: number;
  items: number;
}

/** What an exporter did so far, as plain data. Items are samples, spans or data points. */
export interface ExporterStatistics {
  /** Handed to the exporter. */
  takenRequests: number;
  takenItems: number;
  /** Bytes before compression. */
  takenBytes: number;
  /** Accepted by the collector. */
  sentRequests: number;
  sentItems: number;
  /** Bytes after compression, of accepted requests. */
  sentBytes: number;
  /** Items that a collector accepted the request of but refused (partial success). */
  rejectedItems: number;
  /** Attempts that failed and were repeated, by reason. */
  retries: Record<string, number>;
  /** Never to be sent again, by reason. */
  lost: Record<string, LostItems>;
  /** Waiting now: in memory and on disk together. */
  queuedRequests: number;
  queuedItems: number;
  queuedBytes: number;
  /** Of these, on disk. */
  spilledRequests: number;
  spilledBytes: number;
  /** Failed attempts in a row; 0 while the collector answers. */
  failuresInARow: number;
  lastError: string;
}

/** All of them, whatever the reason. */
export function lostItemsOf(lost: ExporterStatistics['lost']): number {
  return Object.values(lost).reduce((sum, { items }) => sum + items, 0);
}

export function emptyStatistics(): ExporterStatistics {
  return {
    takenRequests: 0,
    takenItems: 0,
    takenBytes: 0,
    sentRequests: 0,
    sentItems: 0,
    sentBytes: 0,
    rejectedItems: 0,
    retries: {},
    lost: {},
    queuedRequests: 0,
    queuedItems: 0,
    queuedBytes: 0,
    spilledRequests: 0,
    spilledBytes: 0,
    failuresInARow: 0,
    lastError: '',
  };
}
