// SPDX-License-Identifier: Apache-2.0
// What collectors answer: Export…ServiceResponse, google.rpc.Status and google.rpc.RetryInfo.
import { LIMITS } from '../limits.ts';
import { ProtoError, ProtoReader } from '../wire/protoReader.ts';
import { WIRE_BYTES, WIRE_VARINT } from '../wire/protoWriter.ts';
import { shorten } from './describe.ts';
import type { SendResult } from './transport.ts';

const RETRY_INFO_TYPE = 'type.googleapis.com/google.rpc.RetryInfo';

/** partial_success of any Export response; nothing rejected where the answer is not readable. */
export function readExportResponse(bytes: Uint8Array): SendResult {
  const accepted = { kind: 'accepted', rejectedItems: 0, message: '' } as const;
  try {
    const reader = new ProtoReader(bytes);
    while (reader.next()) {
      if (reader.field !== 1 || reader.wireType !== WIRE_BYTES) reader.skip();
      else return readPartialSuccess(reader.message());
    }
    return accepted;
  } catch (error) {
    // The status said accepted; sending again would count everything twice.
    if (error instanceof ProtoError) return { ...accepted, message: 'the answer is not readable' };
    throw error;
  }
}

function readPartialSuccess(reader: ProtoReader): SendResult {
  let rejectedItems = 0;
  let message = '';
  while (reader.next()) {
    if (reader.field === 1 && reader.wireType === WIRE_VARINT)
      rejectedItems = Math.max(0, Number(reader.int64()));
    else if (reader.field === 2 && reader.wireType === WIRE_BYTES)
      message = shorten(reader.string());
    else reader.skip();
  }
  return { kind: 'accepted', rejectedItems, message };
}

/** google.rpc.Status, as far as an exporter needs it. */
export interface RpcStatus {
  readonly message: string;
  /** From RetryInfo; absent where the server sent none. */
  readonly retryAfterMs?: number;
}

/** Never throws; what cannot be read is left out. */
export function readRpcStatus(bytes: Uint8Array): RpcStatus {
  let message = '';
  let retryAfterMs: number | undefined;
  try {
    const reader = new ProtoReader(bytes);
    while (reader.next()) {
      if (reader.field === 2 && reader.wireType === WIRE_BYTES) message = shorten(reader.string());
      else if (reader.field === 3 && reader.wireType === WIRE_BYTES)
        retryAfterMs = readRetryInfo(reader.message()) ?? retryAfterMs;
      else reader.skip();
    }
  } catch (error) {
    if (!(error instanceof ProtoError)) throw error;
  }
  return retryAfterMs === undefined ? { message } : { message, retryAfterMs };
}

/** google.protobuf.Any that may hold a RetryInfo. */
function readRetryInfo(any: ProtoReader): number | undefined {
  let type = '';
  let value: ProtoReader | undefined;
  while (any.next()) {
    if (any.field === 1 && any.wireType === WIRE_BYTES) type = any.string();
    else if (any.field === 2 && any.wireType === WIRE_BYTES) value = any.message();
    else any.skip();
  }
  if (type !== RETRY_INFO_TYPE || value === undefined) return undefined;
  let delayMs = 0;
  while (value.next()) {
    if (value.field === 1 && value.wireType === WIRE_BYTES) delayMs = readDuration(value.message());
    else value.skip();
  }
  return delayMs;
}

function readDuration(reader: ProtoReader): number {
  let ms = 0;
  while (reader.next()) {
    if (reader.field === 1 && reader.wireType === WIRE_VARINT) ms += Number(reader.int64()) * 1e3;
    else if (reader.field === 2 && reader.wireType === WIRE_VARINT) ms += reader.int32() / 1e6;
    else reader.skip();
  }
  return Math.min(LIMITS.retryAfterMaxMs, Math.max(0, ms));
}
