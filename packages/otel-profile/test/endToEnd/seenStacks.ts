// SPDX-License-Identifier: Apache-2.0
// What a collector got, as a person reads it: whose samples, with which names.
import {
  decodeMessage,
  OTLP_EXPORT_PROFILES_SERVICE_REQUEST,
  type OtlpKeyValue,
  type OtlpProfilesDictionary,
} from '@otelkit/otlp';

/** Samples of one stack in one process. */
export interface SeenStack {
  /** Attributes of the resource: texts and numbers. */
  readonly resource: Readonly<Record<string, string | number>>;
  /** Base name of `process.executable.path`. */
  readonly program: string;
  /** Function names from the innermost frame on; '' where there is none. */
  readonly names: readonly string[];
  /** File names of the same frames. */
  readonly files: readonly string[];
  readonly samples: number;
}

export function seenStacks(requests: readonly { readonly bytes: Uint8Array }[]): SeenStack[] {
  return requests.flatMap(({ bytes }) => stacksOf(bytes));
}

function stacksOf(bytes: Uint8Array): SeenStack[] {
  const request = decodeMessage(OTLP_EXPORT_PROFILES_SERVICE_REQUEST, bytes);
  const { dictionary } = request;
  if (dictionary === undefined) return [];
  const frames = framesByStack(dictionary);
  return request.resourceProfiles.flatMap(({ resource, scopeProfiles }) => {
    const attributes = attributesOf(resource?.attributes ?? []);
    const path = String(attributes['process.executable.path'] ?? '');
    const program = path.slice(path.lastIndexOf('/') + 1);
    const samples = scopeProfiles.flatMap(({ profiles }) => profiles).flatMap((p) => p.samples);
    return samples.map(({ stackIndex, timestampsUnixNano }) => ({
      resource: attributes,
      program,
      ...frames[stackIndex]!,
      samples: timestampsUnixNano.length,
    }));
  });
}

function framesByStack(dictionary: OtlpProfilesDictionary): Pick<SeenStack, 'names' | 'files'>[] {
  const { stringTable, functionTable, locationTable, mappingTable, stackTable } = dictionary;
  return stackTable.map(({ locationIndices }) => {
    const [names, files]: [string[], string[]] = [[], []];
    for (const at of locationIndices) {
      const { lines, mappingIndex } = locationTable[at]!;
      const file = stringTable[mappingTable[mappingIndex]!.filenameStrindex]!;
      for (const { functionIndex } of lines) {
        names.push(stringTable[functionTable[functionIndex]!.nameStrindex]!);
        files.push(file);
      }
      if (lines.length === 0) {
        names.push('');
        files.push(file);
      }
    }
    return { names, files };
  });
}

function attributesOf(pairs: readonly OtlpKeyValue[]): Record<string, string | number> {
  const attributes: Record<string, string | number> = {};
  for (const { key, value } of pairs) {
    if (value?.stringValue !== undefined) attributes[key] = value.stringValue;
    if (value?.intValue !== undefined) attributes[key] = Number(value.intValue);
  }
  return attributes;
}
