// SPDX-License-Identifier: Apache-2.0
// Made from proto/attributes.proto by generate.mjs: change that file, not this one.
import type { MessageType } from './messageType.ts';

/** A value of one of several types; none set means empty. */
export interface OtlpAnyValue {
  stringValue: string | undefined;
  boolValue: boolean | undefined;
  intValue: bigint | undefined;
  doubleValue: number | undefined;
  arrayValue: OtlpArrayValue | undefined;
  kvlistValue: OtlpKeyValueList | undefined;
  bytesValue: Uint8Array | undefined;
  stringValueStrindex: number | undefined;
}

export const OTLP_ANY_VALUE: MessageType<OtlpAnyValue> = {
  name: 'opentelemetry.proto.common.v1.AnyValue',
  fields: [
    ['stringValue', 1, 'string', 'oneof value'],
    ['boolValue', 2, 'bool', 'oneof value'],
    ['intValue', 3, 'int64', 'oneof value'],
    ['doubleValue', 4, 'double', 'oneof value'],
    ['arrayValue', 5, () => OTLP_ARRAY_VALUE, 'oneof value'],
    ['kvlistValue', 6, () => OTLP_KEY_VALUE_LIST, 'oneof value'],
    ['bytesValue', 7, 'bytes', 'oneof value'],
    ['stringValueStrindex', 8, 'int32', 'oneof value'],
  ],
};

export interface OtlpArrayValue {
  values: OtlpAnyValue[];
}

export const OTLP_ARRAY_VALUE: MessageType<OtlpArrayValue> = {
  name: 'opentelemetry.proto.common.v1.ArrayValue',
  fields: [['values', 1, () => OTLP_ANY_VALUE, 'list']],
};

/** Attributes inside a value. */
export interface OtlpKeyValueList {
  values: OtlpKeyValue[];
}

export const OTLP_KEY_VALUE_LIST: MessageType<OtlpKeyValueList> = {
  name: 'opentelemetry.proto.common.v1.KeyValueList',
  fields: [['values', 1, () => OTLP_KEY_VALUE, 'list']],
};

/** An attribute. key_strindex is for profiles only. */
export interface OtlpKeyValue {
  key: string;
  value: OtlpAnyValue | undefined;
  keyStrindex: number;
}

export const OTLP_KEY_VALUE: MessageType<OtlpKeyValue> = {
  name: 'opentelemetry.proto.common.v1.KeyValue',
  fields: [
    ['key', 1, 'string', 'one'],
    ['value', 2, () => OTLP_ANY_VALUE, 'one'],
    ['keyStrindex', 3, 'int32', 'one'],
  ],
};

/** Which library or tool measured. */
export interface OtlpInstrumentationScope {
  name: string;
  version: string;
  attributes: OtlpKeyValue[];
  droppedAttributesCount: number;
}

export const OTLP_INSTRUMENTATION_SCOPE: MessageType<OtlpInstrumentationScope> = {
  name: 'opentelemetry.proto.common.v1.InstrumentationScope',
  fields: [
    ['name', 1, 'string', 'one'],
    ['version', 2, 'string', 'one'],
    ['attributes', 3, () => OTLP_KEY_VALUE, 'list'],
    ['droppedAttributesCount', 4, 'uint32', 'one'],
  ],
};

/** Attributes of a resource that together identify something. */
export interface OtlpEntityRef {
  schemaUrl: string;
  type: string;
  idKeys: string[];
  descriptionKeys: string[];
}

export const OTLP_ENTITY_REF: MessageType<OtlpEntityRef> = {
  name: 'opentelemetry.proto.common.v1.EntityRef',
  fields: [
    ['schemaUrl', 1, 'string', 'one'],
    ['type', 2, 'string', 'one'],
    ['idKeys', 3, 'string', 'list'],
    ['descriptionKeys', 4, 'string', 'list'],
  ],
};
