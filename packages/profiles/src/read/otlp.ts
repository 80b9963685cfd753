// SPDX-License-Identifier: Apache-2.0
// OTLP profiles of any agent (opentelemetry-proto, profiles/v1development): requests from the wire
// and our .otlp files, which are the same message.
import type {
  OtlpProfileFacts,
  OtlpProfilesRequest,
  OtlpResourceFacts,
  OtlpSampleColumns,
} from '@otelkit/otlp';
import type { ProfileKind } from '../model/profile.ts';
import { ProfileBuilder, type SampleRow } from '../model/profileBuilder.ts';
import { type ReadProblem, ReadProblems, type ReadResult } from './diagnostics.ts';
import { READ_LIMITS } from './limits.ts';
import { attributeTexts, clip } from './otlpAttributes.ts';
import { OtlpProcesses } from './otlpProcesses.ts';
import { OtlpStacks } from './otlpStacks.ts';
import type { ProfileTarget } from './profileTarget.ts';

const TWO_32 = 4_294_967_296;

/** What is read is never rejected for what is missing beside it: see `problems`. */
export function readOtlpProfiles(request: OtlpProfilesRequest): ReadResult {
  const kinds: ProfileKind[] = [];
  const builder = new ProfileBuilder(kinds);
  const startNs = startOf(request);
  const { endNs, problems } = readOtlpInto(request, startNs, kinds, builder);
  const durationNs = Math.max(0, Number(endNs - startNs));
  return { profile: builder.finish(startNs, durationNs), problems };
}

/**
 * Reads a request into a target.
 * @param startNs what times of samples are told from, from {@link startOf}
 * @param kinds is filled with kinds of samples, each before the first sample of it
 */
export function readOtlpInto(
  request: OtlpProfilesRequest,
  startNs: bigint,
  kinds: ProfileKind[],
  target: ProfileTarget,
): { readonly endNs: bigint; readonly problems: readonly ReadProblem[] } {
  const reader = new OtlpReader(request, startNs, kinds, target);
  for (const resource of request.resourceProfiles) reader.resource(resource);
  return reader.finish();
}

/** The earliest time of a profile; where none has one, that of the first sample with one. */
export function startOf({ resourceProfiles, samples }: OtlpProfilesRequest): bigint {
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
  if (earliest > 0n) return earliest;
  const first = firstTime(samples);
  return first < 0 ? 0n : timeAt(samples, first);
}

class OtlpReader {
  readonly #request: OtlpProfilesRequest;
  readonly #kinds: ProfileKind[];
  readonly #target: ProfileTarget;
  readonly #problems = new ReadProblems();
  readonly #stacks: OtlpStacks;
  readonly #processes: OtlpProcesses;
  readonly #links = new Map<number, number>();
  readonly #row: SampleRow;
  readonly #startNs: bigint;
  /** Words of the start. */
  readonly #low: number;
  readonly #high: number;
  readonly #isTimed: boolean;
  #profileNumber = 0;
  #sampleCount = 0;
  #lastNs = 0;
  #endNs = 0n;

  constructor(
    request: OtlpProfilesRequest,
    startNs: bigint,
    kinds: ProfileKind[],
    target: ProfileTarget,
  ) {
    this.#request = request;
    this.#startNs = startNs;
    this.#low = Number(BigInt.asUintN(32, startNs));
    this.#high = Number(startNs >> 32n);
    this.#isTimed = firstTime(request.samples) >= 0;
    this.#kinds = kinds;
    this.#target = target;
    this.#stacks = new OtlpStacks(request, target, this.#problems);
    this.#processes = new OtlpProcesses(request.dictionary, target, this.#problems);
    this.#row = emptyRow();
  }

  resource({ resource, scopeProfiles }: OtlpResourceFacts): void {
    const { strings } = this.#request.dictionary;
    this.#processes.enter(attributeTexts(resource?.attributes ?? [], strings));
    for (const { profiles } of scopeProfiles)
      for (const profile of profiles) this.#profile(profile, this.#profileNumber++);
  }

  finish(): { readonly endNs: bigint; readonly problems: readonly ReadProblem[] } {
    const lastNs = this.#startNs + BigInt(Math.ceil(this.#lastNs));
    const endNs = lastNs > this.#endNs ? lastNs : this.#endNs;
    return { endNs, problems: this.#problems.list() };
  }

  #profile(profile: OtlpProfileFacts, number: number): void {
    const kind = this.#kind(profile);
    if (kind < 0) return;
    const { timeUnixNano: startNs, durationNano } = profile;
    const endNs = startNs + durationNano;
    if (endNs > this.#endNs) this.#endNs = endNs;
    const { profileOffsets } = this.#request.samples;
    const row = this.#row;
    row.kind = kind;
    // Among samples with times, one without stands at the start of its own profile.
    const untimed = startNs > 0n ? Number(startNs - this.#startNs) : 0;
    const ownNs = this.#isTimed ? untimed : Number.NaN;
    const [from, to] = [profileOffsets[number]!, profileOffsets[number + 1]!];
    for (let sample = from; sample < to; sample++) this.#sample(sample, ownNs);
  }

  #kind(profile: OtlpProfileFacts): number {
    const { strings } = this.#request.dictionary;
    const text = (index: number): string => clip(strings.at(index) ?? '');
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

  #sample(sample: number, ownNs: number): void {
    const { samples } = this.#request;
    const { attributeOffsets, valueOffsets, timeOffsets, values } = samples;
    const facts = this.#processes.factsOf(
      samples.attributes,
      attributeOffsets[sample]!,
      attributeOffsets[sample + 1]!,
    );
    const row = this.#row;
    row.stack = this.#stacks.stack(samples.stack[sample]!);
    row.process = facts.process;
    row.threadId = facts.threadId;
    row.threadName = facts.threadName;
    row.cpu = facts.cpu;
    row.labels = facts.labels;
    row.link = this.#link(samples.link[sample]!);
    const [firstValue, firstTimeAt] = [valueOffsets[sample]!, timeOffsets[sample]!];
    const valueCount = valueOffsets[sample + 1]! - firstValue;
    const timeCount = timeOffsets[sample + 1]! - firstTimeAt;
    const isPaired = valueCount === timeCount || valueCount === 0;
    if (!isPaired && timeCount > 0) {
      const lengths = `${valueCount} values for ${timeCount} timestamps`;
      this.#problems.add('Sample.values', lengths);
    }
    // One without either is one event.
    const count = Math.max(timeCount, isPaired ? 0 : valueCount, 1);
    this.#sampleCount += count;
    if (this.#sampleCount > READ_LIMITS.samples) {
      this.#problems.add('Sample', 'more samples than are read: left out', undefined, count);
      return;
    }
    for (let i = 0; i < count; i++) {
      row.value = i < valueCount ? values[firstValue + i]! : 1;
      row.timeNs = i < timeCount ? this.#timeOf(firstTimeAt + i, ownNs) : ownNs;
      this.#target.sample(row);
    }
  }

  /** Nanoseconds after the start. */
  #timeOf(index: number, ownNs: number): number {
    const { times } = this.#request.samples;
    const [low, high] = [times[2 * index]!, times[2 * index + 1]!];
    if (low === 0 && high === 0) return ownNs;
    const timeNs = (high - this.#high) * TWO_32 + (low - this.#low);
    if (timeNs > this.#lastNs) this.#lastNs = timeNs;
    return timeNs;
  }

  #link(index: number): number {
    const known = this.#links.get(index);
    if (known !== undefined) return known;
    const entry = this.#request.dictionary.linkTable[index];
    if (entry === undefined && index !== 0) {
      this.#problems.add('Sample.link_index', 'points beyond the table of links');
    }
    const hex = (bytes: Uint8Array | undefined, size: number): string =>
      bytes?.length === size ? Buffer.from(bytes).toString('hex') : '';
    const link = this.#target.link(hex(entry?.traceId, 16), hex(entry?.spanId, 8));
    this.#links.set(index, link);
    return link;
  }
}

/** The first one that is not zero; -1 for none. */
function firstTime({ times }: OtlpSampleColumns): number {
  for (let i = 0; i < times.length; i++) if (times[i] !== 0) return i >> 1;
  return -1;
}

function timeAt({ times }: OtlpSampleColumns, index: number): bigint {
  return (BigInt(times[2 * index + 1]!) << 32n) | BigInt(times[2 * index]!);
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
