// SPDX-License-Identifier: Apache-2.0
import type {
  AttributeValue,
  ProfileFrame,
  ProfileSample,
  ProfileSource,
  ResourceAttributes,
  TraceLink,
} from '../../src/profiles/frame.ts';

/** Tables of a test, by id. */
export interface Tables {
  frames: readonly ProfileFrame[];
  stacks: readonly (readonly number[])[];
  resources: readonly ResourceAttributes[];
  names?: readonly string[];
  labels?: readonly Readonly<Record<string, AttributeValue>>[];
  links?: readonly TraceLink[];
}

export function sourceOf(tables: Tables): ProfileSource {
  return {
    frame: (id) => tables.frames[id]!,
    stack: (id) => Int32Array.from(tables.stacks[id]!),
    resource: (id) => tables.resources[id]!,
    name: (id) => tables.names![id]!,
    labels: (id) => tables.labels![id]!,
    link: (id) => tables.links![id]!,
  };
}

/** A sample with everything left out, but for what is given. */
export function sampleOf(fields: Partial<ProfileSample>): ProfileSample {
  return {
    kind: 0,
    resourceId: 0,
    stackId: 0,
    timeNs: 0,
    value: 1,
    threadId: 1,
    nameId: 0,
    cpu: -1,
    labelsId: 0,
    linkId: 0,
    ...fields,
  };
}
