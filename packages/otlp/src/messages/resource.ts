// SPDX-License-Identifier: Apache-2.0
// Made from proto/resource.proto by generate.mjs: change that file, not this one.

import {
  OTLP_ENTITY_REF,
  OTLP_KEY_VALUE,
  type OtlpEntityRef,
  type OtlpKeyValue,
} from './attributes.ts';
import type { MessageType } from './messageType.ts';

/** The attributes of a source. */
export interface OtlpResource {
  attributes: OtlpKeyValue[];
  droppedAttributesCount: number;
  entityRefs: OtlpEntityRef[];
}

export const OTLP_RESOURCE: MessageType<OtlpResource> = {
  name: 'opentelemetry.proto.resource.v1.Resource',
  fields: [
    ['attributes', 1, () => OTLP_KEY_VALUE, 'list'],
    ['droppedAttributesCount', 2, 'uint32', 'one'],
    ['entityRefs', 3, () => OTLP_ENTITY_REF, 'list'],
  ],
};
