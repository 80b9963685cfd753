// SPDX-License-Identifier: Apache-2.0
// Tables as columns say what the same bytes say as objects, whatever the bytes are.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  decodeMessage,
  decodeProfilesRequest,
  encodeMessage,
  OTLP_EXPORT_PROFILES_SERVICE_REQUEST,
  type OtlpExportProfilesServiceRequest,
  type OtlpProfile,
  type OtlpProfilesDictionary,
  type OtlpProfilesRequest,
  ProtoError,
} from '../../src/index.ts';
import { requestOf } from '../support/exporting.ts';

const lineNumber = (line: bigint): number => (line < 0n || line > 0xffff_ffffn ? 0 : Number(line));

function asObjects({ functions, locations, stacks }: OtlpProfilesRequest['tables']): unknown {
  const each = <T>(count: number, make: (i: number) => T): T[] =>
    Array.from({ length: count }, (_, i) => make(i));
  const { lineOffsets, attributeOffsets } = locations;
  return {
    functionTable: each(functions.count, (i) => [
      functions.name[i],
      functions.systemName[i],
      functions.fileName[i],
      functions.startLine[i],
    ]),
    locationTable: each(locations.count, (i) => [
      locations.mapping[i],
      locations.address[i],
      each(lineOffsets[i + 1]! - lineOffsets[i]!, (line) => {
        const at = lineOffsets[i]! + line;
        return [locations.lineFunction[at], locations.line[at], locations.column[at]];
      }),
      [...locations.attributes.subarray(attributeOffsets[i], attributeOffsets[i + 1])],
    ]),
    stackTable: each(stacks.count, (i) => [
      ...stacks.locations.subarray(stacks.offsets[i], stacks.offsets[i + 1]),
    ]),
  };
}

function expected(dictionary: OtlpProfilesDictionary | undefined): unknown {
  const { functionTable = [], locationTable = [], stackTable = [] } = dictionary ?? {};
  return {
    functionTable: functionTable.map((fn) => [
      fn.nameStrindex,
      fn.systemNameStrindex,
      fn.filenameStrindex,
      lineNumber(fn.startLine),
    ]),
    locationTable: locationTable.map((location) => [
      location.mappingIndex,
      location.address,
      location.lines.map((line) => [
        line.functionIndex,
        lineNumber(line.line),
        lineNumber(line.column),
      ]),
      [...location.attributeIndices],
    ]),
    stackTable: stackTable.map((stack) => [...stack.locationIndices]),
  };
}

function samplesOf(columns: OtlpProfilesRequest['samples']): unknown {
  const { profileOffsets, attributeOffsets, valueOffsets, timeOffsets, times } = columns;
  const words = (i: number): bigint => (BigInt(times[2 * i + 1]!) << 32n) | BigInt(times[2 * i]!);
  const between = (offsets: Uint32Array, i: number): number[] =>
    Array.from({ length: offsets[i + 1]! - offsets[i]! }, (_, n) => offsets[i]! + n);
  return between(Uint32Array.of(0, profileOffsets.length - 1), 0).map((profile) =>
    between(profileOffsets, profile).map((i) => [
      columns.stack[i],
      columns.link[i],
      between(attributeOffsets, i).map((at) => columns.attributes[at]),
      between(valueOffsets, i).map((at) => columns.values[at]),
      between(timeOffsets, i).map(words),
    ]),
  );
}

function expectedSamples({ samples }: OtlpProfile): unknown {
  return samples.map((sample) => [
    sample.stackIndex,
    sample.linkIndex,
    [...sample.attributeIndices],
    [...sample.values].map(Number),
    [...sample.timestampsUnixNano],
  ]);
}

function check(bytes: Uint8Array): void {
  let whole: OtlpExportProfilesServiceRequest;
  try {
    whole = decodeMessage(OTLP_EXPORT_PROFILES_SERVICE_REQUEST, bytes);
  } catch (error) {
    assert.ok(error instanceof ProtoError);
    assert.throws(() => decodeProfilesRequest(bytes), ProtoError);
    return;
  }
  const { dictionary, tables, samples, resourceProfiles } = decodeProfilesRequest(bytes);
  assert.deepEqual(asObjects(tables), expected(whole.dictionary));
  const { strings } = dictionary;
  const texts = Array.from({ length: strings.length }, (_, i) => strings.at(i));
  assert.deepEqual(texts, whole.dictionary?.stringTable ?? []);
  assert.deepEqual(dictionary.mappingTable, whole.dictionary?.mappingTable ?? []);
  const profiles = whole.resourceProfiles
    .flatMap(({ scopeProfiles }) => scopeProfiles)
    .flatMap((scope) => scope.profiles);
  assert.deepEqual(samplesOf(samples), profiles.map(expectedSamples));
  const facts = resourceProfiles
    .flatMap(({ scopeProfiles }) => scopeProfiles)
    .flatMap((scope) => scope.profiles);
  const withoutSamples = profiles.map(({ samples: _, ...others }) => others);
  assert.deepEqual(facts, withoutSamples);
}

describe('a request of profiles, decoded into columns', () => {
  it('says what the same bytes say as objects', () => {
    const dictionary = {
      stringTable: ['', 'a'],
      functionTable: [{}, { nameStrindex: 1, startLine: -4n }, { startLine: 1n << 40n }],
      locationTable: [
        {},
        { address: 0xffff_ffff_ffff_fffen, mappingIndex: -1, attributeIndices: [3, 1, 2] },
        { address: 1n << 52n, lines: [{ functionIndex: 2, line: 7n, column: 9n }, {}] },
      ],
      stackTable: [{}, { locationIndices: [2, 1, -5] }, { locationIndices: [] }],
    };
    check(encodeMessage(OTLP_EXPORT_PROFILES_SERVICE_REQUEST, { dictionary }));
    const samples = [
      {},
      { stackIndex: -1, linkIndex: 3, attributeIndices: [1, -2, 3], values: [-5n, 1n << 60n] },
      { timestampsUnixNano: [1n, (1n << 64n) - 1n], values: [0n] },
    ];
    const profiles = [{ samples }, { period: 3n }, { samples: [{}], timeUnixNano: 9n }];
    const resourceProfiles = [
      { scopeProfiles: [{ profiles }, {}] },
      {},
      { scopeProfiles: [{ profiles }] },
    ];
    check(encodeMessage(OTLP_EXPORT_PROFILES_SERVICE_REQUEST, { resourceProfiles }));
    check(requestOf(200).bytes);
    check(new Uint8Array(0));
  });

  it('says the same of damaged bytes, and of two dictionaries in one request', () => {
    const real = requestOf(30).bytes;
    check(Buffer.concat([real, real]));
    for (let end = 0; end < real.length; end += 7) check(real.subarray(0, end));
    const change = fc.tuple(fc.nat(real.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
        const bytes = Buffer.from(real);
        for (const [at, value] of changes) bytes[at] = value;
        check(bytes);
      }),
      { numRuns: 1_000 },
    );
  });

  it('stops at its limit of fields in either part', () => {
    const stackTable = [{ locationIndices: new Array(5_000).fill(1) }];
    const bytes = encodeMessage(OTLP_EXPORT_PROFILES_SERVICE_REQUEST, {
      dictionary: { stackTable },
    });
    assert.throws(() => decodeProfilesRequest(bytes, { fields: 5_000 }), ProtoError);
    assert.doesNotThrow(() => decodeProfilesRequest(bytes, { fields: 5_010 }));
  });
});
