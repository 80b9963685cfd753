// SPDX-License-Identifier: Apache-2.0
// A decoded request with its indices looked up, as a person would read it.

interface Any {
  stringValue?: string;
  intValue?: string;
  boolValue?: boolean;
  doubleValue?: number;
  arrayValue?: { values: Any[] };
}

interface Json {
  resourceProfiles: {
    resource?: { attributes?: { key: string; value: Any }[] };
    scopeProfiles: { scope?: { name: string; version: string }; profiles: ProfileJson[] }[];
  }[];
  dictionary: {
    mappingTable: Record<string, unknown>[];
    locationTable: {
      mappingIndex?: number;
      address?: string;
      lines?: Line[];
      attributeIndices?: number[];
    }[];
    functionTable: {
      nameStrindex?: number;
      systemNameStrindex?: number;
      filenameStrindex?: number;
      startLine?: string;
    }[];
    linkTable: { traceId?: string; spanId?: string }[];
    stringTable: string[];
    attributeTable: { keyStrindex?: number; value?: Any }[];
    stackTable: { locationIndices?: number[] }[];
  };
}

interface Line {
  functionIndex?: number;
  line?: string;
  column?: string;
}

interface ProfileJson {
  sampleType: { typeStrindex: number; unitStrindex: number };
  samples: SampleJson[];
  timeUnixNano: string;
  durationNano: string;
  periodType?: { typeStrindex: number; unitStrindex: number };
  period?: string;
}

interface SampleJson {
  stackIndex?: number;
  attributeIndices?: number[];
  linkIndex?: number;
  values?: string[];
  timestampsUnixNano?: string[];
}

/** One frame or line: `[kind, mapping file, address, function, file, line, column]`. */
export type ReadFrame = readonly [string, string, string, string, string, number, number];

export interface ReadSample {
  readonly type: string;
  readonly resource: Record<string, unknown>;
  readonly attributes: Record<string, unknown>;
  readonly frames: readonly ReadFrame[];
  readonly times: readonly bigint[];
  readonly values: readonly bigint[];
  readonly link: { traceId?: string; spanId?: string };
  readonly profile: ProfileJson;
}

/** All samples of a request that the official types decoded. */
export function readSamples(decoded: unknown): ReadSample[] {
  const json = decoded as Json;
  const samples: ReadSample[] = [];
  for (const { resource, scopeProfiles } of json.resourceProfiles) {
    const attributes = Object.fromEntries(
      (resource?.attributes ?? []).map(({ key, value }) => [key, plain(value)]),
    );
    for (const profile of scopeProfiles.flatMap((scope) => scope.profiles))
      for (const sample of profile.samples)
        samples.push(readSample(json.dictionary, profile, sample, attributes));
  }
  return samples;
}

/** A sample without indices, which a collector may number anew. */
export function comparable(sample: ReadSample): object {
  const { profile, ...rest } = sample;
  const { timeUnixNano, durationNano, period } = profile;
  return { ...rest, timeUnixNano, durationNano, period };
}

function readSample(
  dictionary: Json['dictionary'],
  profile: ProfileJson,
  sample: SampleJson,
  resource: Record<string, unknown>,
): ReadSample {
  const text = (index: number | undefined) => dictionary.stringTable[index ?? 0]!;
  const { typeStrindex, unitStrindex } = profile.sampleType;
  return {
    type: `${text(typeStrindex)}/${text(unitStrindex)}`,
    resource,
    attributes: attributesOf(dictionary, sample.attributeIndices),
    frames: (dictionary.stackTable[sample.stackIndex ?? 0]!.locationIndices ?? []).flatMap((at) =>
      framesOf(dictionary, at),
    ),
    times: (sample.timestampsUnixNano ?? []).map(BigInt),
    values: (sample.values ?? []).map(BigInt),
    link: dictionary.linkTable[sample.linkIndex ?? 0]!,
    profile,
  };
}

function framesOf(dictionary: Json['dictionary'], at: number): ReadFrame[] {
  const text = (index: unknown) => dictionary.stringTable[(index as number | undefined) ?? 0]!;
  const location = dictionary.locationTable[at]!;
  const kind = attributesOf(dictionary, location.attributeIndices)['profile.frame.type'] as string;
  const mapping = dictionary.mappingTable[location.mappingIndex ?? 0]!;
  const start = [kind, text(mapping['filenameStrindex']), location.address ?? '0'] as const;
  if (location.lines === undefined) return [[...start, '', '', 0, 0]];
  return location.lines.map((line) => {
    const fn = dictionary.functionTable[line.functionIndex ?? 0]!;
    const names = [text(fn.nameStrindex), text(fn.filenameStrindex)] as const;
    return [...start, ...names, Number(line.line ?? 0), Number(line.column ?? 0)] as const;
  });
}

export function attributesOf(
  dictionary: Json['dictionary'],
  indices: number[] | undefined,
): Record<string, unknown> {
  return Object.fromEntries(
    (indices ?? []).map((index) => {
      const { keyStrindex, value } = dictionary.attributeTable[index]!;
      return [dictionary.stringTable[keyStrindex ?? 0]!, plain(value!)];
    }),
  );
}

function plain(value: Any): unknown {
  if (value.intValue !== undefined) return Number(value.intValue);
  if (value.arrayValue !== undefined) return value.arrayValue.values.map(plain);
  return value.stringValue ?? value.boolValue ?? value.doubleValue;
}
