// SPDX-License-Identifier: Apache-2.0
// A request of profiles from the wire, its large tables as columns: they have tens of thousands of
// elements, and an object for each would cost more than all else that is done with a request.
import { LIMITS } from '../limits.ts';
import { type DecodeLimits, decodeMessage } from '../messages/decodeMessage.ts';
import type { AnyMessageType, FieldRow, MessageType } from '../messages/messageType.ts';
import {
  OTLP_PROFILE,
  OTLP_PROFILES_DICTIONARY,
  OTLP_RESOURCE_PROFILES,
  OTLP_SCOPE_PROFILES,
  type OtlpProfile,
  type OtlpProfilesDictionary,
  type OtlpResourceProfiles,
  type OtlpScopeProfiles,
} from '../messages/profiles.ts';
import { OTLP_EXPORT_PROFILES_SERVICE_REQUEST } from '../messages/profilesService.ts';
import { ProtoReader } from '../wire/protoReader.ts';
import { WIRE_BYTES } from '../wire/protoWriter.ts';
import { FieldBudget } from './fieldBudget.ts';
import { type OtlpSampleColumns, SampleTablesReader } from './sampleTables.ts';
import { type OtlpStackTables, StackTablesReader } from './stackColumns.ts';
import { OtlpStringTable } from './stringTable.ts';

type SmallMessages = Pick<OtlpProfilesDictionary, 'mappingTable' | 'linkTable' | 'attributeTable'>;

/** Tables of a request that are small, and its strings. */
export interface OtlpSmallTables extends SmallMessages {
  readonly strings: OtlpStringTable;
}

/** A profile without its samples. */
export type OtlpProfileFacts = Omit<OtlpProfile, 'samples'>;
type ScopeFacts = Omit<OtlpScopeProfiles, 'profiles'> & { profiles: OtlpProfileFacts[] };
/** Profiles of one resource without their samples. */
export type OtlpResourceFacts = Omit<OtlpResourceProfiles, 'scopeProfiles'> & {
  scopeProfiles: ScopeFacts[];
};

/** ExportProfilesServiceRequest (opentelemetry-proto, profiles/v1development). */
export interface OtlpProfilesRequest {
  readonly resourceProfiles: readonly OtlpResourceFacts[];
  /** Of all profiles, in their order. */
  readonly samples: OtlpSampleColumns;
  readonly dictionary: OtlpSmallTables;
  readonly tables: OtlpStackTables;
}

/** The same message without some of its fields, or with others in their place. */
function variant<T>(
  { name, fields }: AnyMessageType,
  without: readonly string[],
  instead: readonly FieldRow[] = [],
): MessageType<T> {
  const others = fields.filter(([field]) => !without.includes(field));
  return { name, fields: [...others, ...instead] } as unknown as MessageType<T>;
}

const LARGE = ['locationTable', 'functionTable', 'stackTable', 'stringTable'];
const SMALL_TABLES = variant<SmallMessages>(OTLP_PROFILES_DICTIONARY as AnyMessageType, LARGE);
const PROFILE = variant<OtlpProfileFacts>(OTLP_PROFILE as AnyMessageType, ['samples']);
const SCOPE = variant<ScopeFacts>(
  OTLP_SCOPE_PROFILES as AnyMessageType,
  ['profiles'],
  [['profiles', 2, () => PROFILE as AnyMessageType, 'list']],
);
const RESOURCE = variant<OtlpResourceFacts>(
  OTLP_RESOURCE_PROFILES as AnyMessageType,
  ['scopeProfiles'],
  [['scopeProfiles', 2, () => SCOPE as AnyMessageType, 'list']],
);

const REQUEST: MessageType<{
  resourceProfiles: OtlpResourceFacts[];
  dictionary: SmallMessages | undefined;
}> = {
  name: OTLP_EXPORT_PROFILES_SERVICE_REQUEST.name,
  fields: [
    ['resourceProfiles', 1, () => RESOURCE, 'list'],
    ['dictionary', 2, () => SMALL_TABLES, 'one'],
  ],
};

const RESOURCE_FIELD = 1;
const DICTIONARY_FIELD = 2;
const EMPTY: SmallMessages = { mappingTable: [], linkTable: [], attributeTable: [] };

/**
 * Decodes a request; byte fields are views of `bytes`.
 * @throws ProtoError where the bytes are damaged or exceed a limit; nothing else.
 */
export function decodeProfilesRequest(
  bytes: Uint8Array,
  limits: DecodeLimits = {},
): OtlpProfilesRequest {
  const { resourceProfiles, dictionary } = decodeMessage(REQUEST, bytes, limits);
  const budget = new FieldBudget(limits.fields ?? LIMITS.decodeFields);
  const strings = new OtlpStringTable(bytes);
  const tables = new StackTablesReader(budget, strings);
  const samples = new SampleTablesReader(budget);
  const reader = new ProtoReader(bytes);
  while (reader.next()) {
    // A message that occurs twice is merged (protobuf encoding, "Last One Wins").
    if (reader.wireType !== WIRE_BYTES) reader.skip();
    else if (reader.field === DICTIONARY_FIELD) tables.dictionary(reader);
    else if (reader.field === RESOURCE_FIELD) samples.resource(reader);
    else reader.skip();
  }
  return {
    resourceProfiles,
    samples: samples.finish(),
    dictionary: { ...(dictionary ?? EMPTY), strings },
    tables: tables.finish(),
  };
}
