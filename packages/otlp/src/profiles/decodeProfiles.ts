// SPDX-License-Identifier: Apache-2.0
// A request of profiles from the wire, its large tables as columns: they have tens of thousands of
// elements, and an object for each would cost more than all else that is done with a request.
import { LIMITS } from '../limits.ts';
import { type DecodeLimits, decodeMessage } from '../messages/decodeMessage.ts';
import type { MessageType } from '../messages/messageType.ts';
import {
  OTLP_PROFILES_DICTIONARY,
  OTLP_RESOURCE_PROFILES,
  type OtlpProfilesDictionary,
  type OtlpResourceProfiles,
} from '../messages/profiles.ts';
import { OTLP_EXPORT_PROFILES_SERVICE_REQUEST } from '../messages/profilesService.ts';
import { ProtoReader } from '../wire/protoReader.ts';
import { WIRE_BYTES } from '../wire/protoWriter.ts';
import { type OtlpStackTables, StackTablesReader } from './stackColumns.ts';

/** Tables of a request that are small. */
export type OtlpSmallTables = Pick<
  OtlpProfilesDictionary,
  'mappingTable' | 'linkTable' | 'stringTable' | 'attributeTable'
>;

/** ExportProfilesServiceRequest (opentelemetry-proto, profiles/v1development). */
export interface OtlpProfilesRequest {
  readonly resourceProfiles: readonly OtlpResourceProfiles[];
  readonly dictionary: OtlpSmallTables;
  readonly tables: OtlpStackTables;
}

const LARGE = new Set(['locationTable', 'functionTable', 'stackTable']);

const SMALL_TABLES: MessageType<OtlpSmallTables> = {
  name: OTLP_PROFILES_DICTIONARY.name,
  fields: OTLP_PROFILES_DICTIONARY.fields.filter(([name]) => !LARGE.has(name)),
};

const REQUEST: MessageType<{
  resourceProfiles: OtlpResourceProfiles[];
  dictionary: OtlpSmallTables | undefined;
}> = {
  name: OTLP_EXPORT_PROFILES_SERVICE_REQUEST.name,
  fields: [
    ['resourceProfiles', 1, () => OTLP_RESOURCE_PROFILES, 'list'],
    ['dictionary', 2, () => SMALL_TABLES, 'one'],
  ],
};

const DICTIONARY_FIELD = 2;
const EMPTY: OtlpSmallTables = {
  mappingTable: [],
  linkTable: [],
  stringTable: [],
  attributeTable: [],
};

/**
 * Decodes a request; byte fields are views of `bytes`.
 * @throws ProtoError where the bytes are damaged or exceed a limit; nothing else.
 */
export function decodeProfilesRequest(
  bytes: Uint8Array,
  limits: DecodeLimits = {},
): OtlpProfilesRequest {
  const { resourceProfiles, dictionary } = decodeMessage(REQUEST, bytes, limits);
  const tables = new StackTablesReader(limits.fields ?? LIMITS.decodeFields);
  const reader = new ProtoReader(bytes);
  while (reader.next()) {
    // A message that occurs twice is merged (protobuf encoding, "Last One Wins").
    if (reader.field !== DICTIONARY_FIELD || reader.wireType !== WIRE_BYTES) reader.skip();
    else tables.dictionary(reader);
  }
  return { resourceProfiles, dictionary: dictionary ?? EMPTY, tables: tables.finish() };
}
