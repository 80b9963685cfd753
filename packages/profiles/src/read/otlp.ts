// SPDX-License-Identifier: Apache-2.0
// OTLP profiles of any agent (opentelemetry-proto, profiles/v1development) as a profile: requests
// from the wire and our .otlp files, which are the same message.
import type {
  OtlpProfile,
  OtlpProfilesRequest,
  OtlpResourceProfiles,
  OtlpSample,
  OtlpSmallTables,
} from '@otelkit/otlp';
import type { ProfileKind } from '../model/profile.ts';
import { ProfileBuilder, type SampleRow } from '../model/profileBuilder.ts';
import { ReadProblems, type ReadResult } from './diagnostics.ts';
import { READ_LIMITS } from './limits.ts';
import { attributeTexts, clip } from './otlpAttributes.ts';
import { OtlpProcesses } from './otlpProcesses.ts';
import { OtlpStacks } from './otlpStacks.ts';

/** What is read is never rejected for what is missing beside it: see `problems`. */
export function readOtlpProfiles(request: OtlpProfilesRequest): ReadResult {
  const kinds: ProfileKind[] = [];
  const reader = new OtlpReader(request, kinds, earliestNs(request));
  for (const resource of request.resourceProfiles) reader.resource(resource);
  return reader.finish();
}

class OtlpReader {
  readonly #dictionary: OtlpSmallTables;
  readonly #kinds: ProfileKind[];
  readonly #builder: ProfileBuilder;
  readonly #problems = new ReadProblems();
  readonly #stacks: OtlpStacks;
  readonly #processes: OtlpProcesses;
  readonly #links = new Map<number, number>();
  readonly #row: SampleRow;
  /** Origin of all times; profiles without a time leave it to the first sample. */
  #startNs: bigint;
  #endNs = 0n;
  /** Rows without a time of their own, and the profile's time for each. */
  readonly #untimed: { readonly atNs: bigint; readonly row: SampleRow }[] = [];
  #timedCount = 0;

  constructor(request: OtlpProfilesRequest, kinds: ProfileKind[], startNs: bigint) {
    const { dictionary } = request;
    this.#startNs = startNs;
    this.#dictionary = dictionary;
    this.#kinds = kinds;
    this.#builder = new ProfileBuilder(kinds);
    this.#stacks = new OtlpStacks(request, this.#builder, this.#problems);
    this.#processes = new OtlpProcesses(dictionary, this.#builder, this.#problems);
    this.#row = emptyRow();
  }

  resource({ resource, scopeProfiles }: OtlpResourceProfiles): void {
    const { stringTable } = this.#dictionary;
    this.#processes.enter(attributeTexts(resource?.attributes ?? [], stringTable));
    for (const { profiles } of scopeProfiles)
      for (const profile of profiles) this.#profile(profile);
  }

  finish(): ReadResult {
    const isTimed = this.#timedCount > 0;
    for (const { atNs, row } of this.#untimed) {
      // Among samples with times, one without stands at the start of its own profile.
      row.timeNs = isTimed && atNs > 0n ? Number(atNs - this.#startNs) : isTimed ? 0 : Number.NaN;
      this.#builder.sample(row);
    }
    const durationNs = Number(this.#endNs - this.#startNs);
    const profile = this.#builder.finish(this.#startNs, Math.max(0, durationNs));
    return { profile, problems: this.#problems.list() };
  }

  #profile(profile: OtlpProfile): void {
    const kind = this.#kind(profile);
    if (kind < 0) return;
    const { timeUnixNano: startNs, durationNano } = profile;
    const endNs = startNs + durationNano;
    if (endNs > this.#endNs) this.#endNs = endNs;
    for (const sample of profile.samples) this.#sample(sample, kind, startNs);
  }

  #kind(profile: OtlpProfile): number {
    const text = (index: number): string => clip(this.#dictionary.stringTable[index] ?? '');
    const { sampleType, periodType, period } = profile;
    const kind: ProfileKind = {
      type: text(sampleType?.typeStrindex ?? 0) || 'samples',
      unit: text(sampleType?.unitStrindex ?? 0) || 'count',
      ...(periodType !== undefined &&
        period > 0n && {
          periodType: text(periodType.typeStrindex),
          periodUnit: text(periodType.unitStrindex),
          period: Number(period),
        }),
    };
    const known = this.#kinds.findIndex(
      (one) => one.type === kind.type && one.unit === kind.unit && one.period === kind.period,
    );
    if (known >= 0) return known;
    if (this.#kinds.length < READ_LIMITS.kinds) return this.#kinds.push(kind) - 1;
    this.#problems.add('Profile.sample_type', 'more kinds of samples than are kept: left out');
    return -1;
  }

  #sample(sample: OtlpSample, kind: number, profileNs: bigint): void {
    const { timestampsUnixNano: times, values } = sample;
    const facts = this.#processes.factsOf(sample.attributeIndices);
    const row = this.#row;
    row.kind = kind;
    row.stack = this.#stacks.stack(sample.stackIndex);
    row.process = facts.process;
    row.threadId = facts.threadId;
    row.threadName = facts.threadName;
    row.cpu = facts.cpu;
    row.labels = facts.labels;
    row.link = this.#link(sample.linkIndex);
    const isPaired = values.length === times.length || values.length === 0;
    const count = Math.max(times.length, isPaired ? 0 : values.length);
    if (!isPaired && times.length > 0) this.#problems.add('Sample.values', oddLengths(sample));
    if (this.#builder.sampleCount + this.#untimed.length + count > READ_LIMITS.samples) {
      this.#problems.add('Sample', 'more samples than are read: left out', undefined, count);
      return;
    }
    for (let i = 0; i < count; i++) {
      row.value = values.length === 0 ? 1 : Number(values[i] ?? 1n);
      const timeNs = times[i] ?? 0n;
      if (timeNs === 0n) this.#untimed.push({ atNs: profileNs, row: { ...row } });
      else this.#timed(row, timeNs);
    }
    if (count === 0) this.#untimed.push({ atNs: profileNs, row: { ...row, value: 1 } });
  }

  #timed(row: SampleRow, timeNs: bigint): void {
    if (this.#startNs === 0n) this.#startNs = timeNs;
    if (timeNs > this.#endNs) this.#endNs = timeNs;
    this.#timedCount++;
    row.timeNs = Number(timeNs - this.#startNs);
    this.#builder.sample(row);
  }

  #link(index: number): number {
    const known = this.#links.get(index);
    if (known !== undefined) return known;
    const entry = this.#dictionary.linkTable[index];
    if (entry === undefined && index !== 0) {
      this.#problems.add('Sample.link_index', 'points beyond the table of links');
    }
    const hex = (bytes: Uint8Array | undefined, size: number): string =>
      bytes?.length === size ? Buffer.from(bytes).toString('hex') : '';
    const link = this.#builder.link(hex(entry?.traceId, 16), hex(entry?.spanId, 8));
    this.#links.set(index, link);
    return link;
  }
}

function earliestNs({ resourceProfiles }: OtlpProfilesRequest): bigint {
  let earliest = 0n;
  for (const { scopeProfiles } of resourceProfiles) {
    for (const { profiles } of scopeProfiles) {
      for (const { timeUnixNano } of profiles) {
        if (timeUnixNano > 0n && (earliest === 0n || timeUnixNano < earliest)) {
          earliest = timeUnixNano;
        }
      }
    }
  }
  return earliest;
}

function oddLengths({ values, timestampsUnixNano }: OtlpSample): string {
  return `${values.length} values for ${timestampsUnixNano.length} timestamps`;
}

function emptyRow(): SampleRow {
  return {
    kind: 0,
    stack: 0,
    process: 0,
    threadId: 0,
    threadName: 0,
    value: 1,
    timeNs: 0,
    cpu: -1,
    labels: 0,
    link: 0,
  };
}
