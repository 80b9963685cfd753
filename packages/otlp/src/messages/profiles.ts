// SPDX-License-Identifier: Apache-2.0
// Made from proto/profiles.proto by generate.mjs: change that file, not this one.

import {
  OTLP_ANY_VALUE,
  OTLP_INSTRUMENTATION_SCOPE,
  type OtlpAnyValue,
  type OtlpInstrumentationScope,
} from './attributes.ts';
import type { MessageType } from './messageType.ts';
import { OTLP_RESOURCE, type OtlpResource } from './resource.ts';

/** Tables of one request. */
export interface OtlpProfilesDictionary {
  mappingTable: OtlpMapping[];
  locationTable: OtlpLocation[];
  functionTable: OtlpFunction[];
  linkTable: OtlpLink[];
  stringTable: string[];
  attributeTable: OtlpKeyValueAndUnit[];
  stackTable: OtlpStack[];
}

export const OTLP_PROFILES_DICTIONARY: MessageType<OtlpProfilesDictionary> = {
  name: 'opentelemetry.proto.profiles.v1development.ProfilesDictionary',
  fields: [
    ['mappingTable', 1, () => OTLP_MAPPING, 'list'],
    ['locationTable', 2, () => OTLP_LOCATION, 'list'],
    ['functionTable', 3, () => OTLP_FUNCTION, 'list'],
    ['linkTable', 4, () => OTLP_LINK, 'list'],
    ['stringTable', 5, 'string', 'list'],
    ['attributeTable', 6, () => OTLP_KEY_VALUE_AND_UNIT, 'list'],
    ['stackTable', 7, () => OTLP_STACK, 'list'],
  ],
};

/** Profiles of one resource. */
export interface OtlpResourceProfiles {
  resource: OtlpResource | undefined;
  scopeProfiles: OtlpScopeProfiles[];
  schemaUrl: string;
}

export const OTLP_RESOURCE_PROFILES: MessageType<OtlpResourceProfiles> = {
  name: 'opentelemetry.proto.profiles.v1development.ResourceProfiles',
  fields: [
    ['resource', 1, () => OTLP_RESOURCE, 'one'],
    ['scopeProfiles', 2, () => OTLP_SCOPE_PROFILES, 'list'],
    ['schemaUrl', 3, 'string', 'one'],
  ],
};

/** Profiles that one scope made. */
export interface OtlpScopeProfiles {
  scope: OtlpInstrumentationScope | undefined;
  profiles: OtlpProfile[];
  schemaUrl: string;
}

export const OTLP_SCOPE_PROFILES: MessageType<OtlpScopeProfiles> = {
  name: 'opentelemetry.proto.profiles.v1development.ScopeProfiles',
  fields: [
    ['scope', 1, () => OTLP_INSTRUMENTATION_SCOPE, 'one'],
    ['profiles', 2, () => OTLP_PROFILE, 'list'],
    ['schemaUrl', 3, 'string', 'one'],
  ],
};

/** Samples of one type over one span of time. */
export interface OtlpProfile {
  sampleType: OtlpValueType | undefined;
  samples: OtlpSample[];
  timeUnixNano: bigint;
  durationNano: bigint;
  periodType: OtlpValueType | undefined;
  period: bigint;
  profileId: Uint8Array;
  droppedAttributesCount: number;
  originalPayloadFormat: string;
  originalPayload: Uint8Array;
  attributeIndices: Int32Array;
}

export const OTLP_PROFILE: MessageType<OtlpProfile> = {
  name: 'opentelemetry.proto.profiles.v1development.Profile',
  fields: [
    ['sampleType', 1, () => OTLP_VALUE_TYPE, 'one'],
    ['samples', 2, () => OTLP_SAMPLE, 'list'],
    ['timeUnixNano', 3, 'fixed64', 'one'],
    ['durationNano', 4, 'uint64', 'one'],
    ['periodType', 5, () => OTLP_VALUE_TYPE, 'one'],
    ['period', 6, 'int64', 'one'],
    ['profileId', 7, 'bytes', 'one'],
    ['droppedAttributesCount', 8, 'uint32', 'one'],
    ['originalPayloadFormat', 9, 'string', 'one'],
    ['originalPayload', 10, 'bytes', 'one'],
    ['attributeIndices', 11, 'int32', 'list'],
  ],
};

/** Events with equal stack, attributes and link. Values and timestamps, where both are there, are equally many and belong together. */
export interface OtlpSample {
  stackIndex: number;
  attributeIndices: Int32Array;
  linkIndex: number;
  values: BigInt64Array;
  timestampsUnixNano: BigUint64Array;
}

export const OTLP_SAMPLE: MessageType<OtlpSample> = {
  name: 'opentelemetry.proto.profiles.v1development.Sample',
  fields: [
    ['stackIndex', 1, 'int32', 'one'],
    ['attributeIndices', 2, 'int32', 'list'],
    ['linkIndex', 3, 'int32', 'one'],
    ['values', 4, 'int64', 'list'],
    ['timestampsUnixNano', 5, 'fixed64', 'list'],
  ],
};

/** What values mean, and their unit. */
export interface OtlpValueType {
  typeStrindex: number;
  unitStrindex: number;
}

export const OTLP_VALUE_TYPE: MessageType<OtlpValueType> = {
  name: 'opentelemetry.proto.profiles.v1development.ValueType',
  fields: [
    ['typeStrindex', 1, 'int32', 'one'],
    ['unitStrindex', 2, 'int32', 'one'],
  ],
};

/** A file, or part of it, in the memory of a process. */
export interface OtlpMapping {
  memoryStart: bigint;
  memoryLimit: bigint;
  fileOffset: bigint;
  filenameStrindex: number;
  attributeIndices: Int32Array;
}

export const OTLP_MAPPING: MessageType<OtlpMapping> = {
  name: 'opentelemetry.proto.profiles.v1development.Mapping',
  fields: [
    ['memoryStart', 1, 'uint64', 'one'],
    ['memoryLimit', 2, 'uint64', 'one'],
    ['fileOffset', 3, 'uint64', 'one'],
    ['filenameStrindex', 4, 'int32', 'one'],
    ['attributeIndices', 5, 'int32', 'list'],
  ],
};

/** An instruction; several lines where functions were inlined, innermost first. */
export interface OtlpLocation {
  mappingIndex: number;
  address: bigint;
  lines: OtlpLine[];
  attributeIndices: Int32Array;
}

export const OTLP_LOCATION: MessageType<OtlpLocation> = {
  name: 'opentelemetry.proto.profiles.v1development.Location',
  fields: [
    ['mappingIndex', 1, 'int32', 'one'],
    ['address', 2, 'uint64', 'one'],
    ['lines', 3, () => OTLP_LINE, 'list'],
    ['attributeIndices', 4, 'int32', 'list'],
  ],
};

/** A place in a source file. */
export interface OtlpLine {
  functionIndex: number;
  line: bigint;
  column: bigint;
}

export const OTLP_LINE: MessageType<OtlpLine> = {
  name: 'opentelemetry.proto.profiles.v1development.Line',
  fields: [
    ['functionIndex', 1, 'int32', 'one'],
    ['line', 2, 'int64', 'one'],
    ['column', 3, 'int64', 'one'],
  ],
};

/** A function; system_name is the mangled name. */
export interface OtlpFunction {
  nameStrindex: number;
  systemNameStrindex: number;
  filenameStrindex: number;
  startLine: bigint;
}

export const OTLP_FUNCTION: MessageType<OtlpFunction> = {
  name: 'opentelemetry.proto.profiles.v1development.Function',
  fields: [
    ['nameStrindex', 1, 'int32', 'one'],
    ['systemNameStrindex', 2, 'int32', 'one'],
    ['filenameStrindex', 3, 'int32', 'one'],
    ['startLine', 4, 'int64', 'one'],
  ],
};

/** Locations, innermost first. */
export interface OtlpStack {
  locationIndices: Int32Array;
}

export const OTLP_STACK: MessageType<OtlpStack> = {
  name: 'opentelemetry.proto.profiles.v1development.Stack',
  fields: [['locationIndices', 1, 'int32', 'list']],
};

/** Where a sample belongs in a trace. */
export interface OtlpLink {
  traceId: Uint8Array;
  spanId: Uint8Array;
}

export const OTLP_LINK: MessageType<OtlpLink> = {
  name: 'opentelemetry.proto.profiles.v1development.Link',
  fields: [
    ['traceId', 1, 'bytes', 'one'],
    ['spanId', 2, 'bytes', 'one'],
  ],
};

/** An attribute of the dictionary. */
export interface OtlpKeyValueAndUnit {
  keyStrindex: number;
  value: OtlpAnyValue | undefined;
  unitStrindex: number;
}

export const OTLP_KEY_VALUE_AND_UNIT: MessageType<OtlpKeyValueAndUnit> = {
  name: 'opentelemetry.proto.profiles.v1development.KeyValueAndUnit',
  fields: [
    ['keyStrindex', 1, 'int32', 'one'],
    ['value', 2, () => OTLP_ANY_VALUE, 'one'],
    ['unitStrindex', 3, 'int32', 'one'],
  ],
};
