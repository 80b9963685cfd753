// SPDX-License-Identifier: Apache-2.0

export const ProcessEventType = {
  found: 1,
  fork: 2,
  exec: 3,
  comm: 4,
  exit: 5,
  mapping: 6,
} as const;

/** One event; the same object is used for all of a batch. Bytes are as the kernel gave them. */
export interface ProcessEvent {
  type: number;
  pid: number;
  parentPid: number;
  generation: number;
  /** CLOCK_MONOTONIC. */
  timeNs: bigint;
  comm: Buffer;
  path: Buffer;
  cgroup: Buffer;
  /** Of a mapping; user addresses are exact as numbers. */
  start: number;
  end: number;
  fileOffset: number;
  fileRef: number;
}

const HEADER_BYTES = 24;
const TEXT_HEADER_BYTES = 8;
const MAPPING_BYTES = 32;
const NONE = Buffer.alloc(0);

/** Calls `handle` for each event of the payload. @throws RangeError for one that is cut */
export function forEachProcessEvent(payload: Buffer, handle: (event: ProcessEvent) => void): void {
  const event = emptyEvent();
  let at = 0;
  while (at + HEADER_BYTES <= payload.length) {
    const length = payload.readUInt16LE(at);
    if (length < HEADER_BYTES || at + length > payload.length) {
      throw new RangeError(`process event of ${length} bytes at ${at} of ${payload.length}`);
    }
    readHeader(payload, at, event);
    const body = payload.subarray(at + HEADER_BYTES, at + length);
    if (event.type === ProcessEventType.mapping) readMapping(body, event);
    else readTexts(body, event);
    handle(event);
    at += length;
  }
}

function emptyEvent(): ProcessEvent {
  return {
    type: 0,
    pid: 0,
    parentPid: 0,
    generation: 0,
    timeNs: 0n,
    comm: NONE,
    path: NONE,
    cgroup: NONE,
    start: 0,
    end: 0,
    fileOffset: 0,
    fileRef: 0,
  };
}

function readHeader(payload: Buffer, at: number, event: ProcessEvent): void {
  event.type = payload.readUInt8(at + 2);
  event.pid = payload.readUInt32LE(at + 4);
  event.parentPid = payload.readUInt32LE(at + 8);
  event.generation = payload.readUInt32LE(at + 12);
  event.timeNs = payload.readBigUInt64LE(at + 16);
  event.comm = NONE;
  event.path = NONE;
  event.cgroup = NONE;
}

function readMapping(body: Buffer, event: ProcessEvent): void {
  if (body.length < MAPPING_BYTES) throw new RangeError(`mapping of ${body.length} bytes`);
  event.start = wide(body, 0);
  event.end = wide(body, 8);
  event.fileOffset = wide(body, 16);
  event.fileRef = body.readUInt32LE(24);
}

function wide(body: Buffer, at: number): number {
  return body.readUInt32LE(at + 4) * 4_294_967_296 + body.readUInt32LE(at);
}

function readTexts(body: Buffer, event: ProcessEvent): void {
  if (body.length < TEXT_HEADER_BYTES) return;
  const comm = TEXT_HEADER_BYTES + body.readUInt16LE(0);
  const path = comm + body.readUInt16LE(2);
  const cgroup = path + body.readUInt16LE(4);
  if (cgroup > body.length) throw new RangeError('texts of a process event go past its end');
  event.comm = body.subarray(TEXT_HEADER_BYTES, comm);
  event.path = body.subarray(comm, path);
  event.cgroup = body.subarray(path, cgroup);
}
