// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from '../limits.ts';
import { writeKeyValue } from '../wire/attributes.ts';
import { ProtoWriter } from '../wire/protoWriter.ts';
import { Dictionary } from './dictionary.ts';
import type {
  AttributeValue,
  BatchTime,
  ProfileKind,
  ProfileSample,
  ProfileSource,
} from './frame.ts';
import { ROW, ROW_KIND, ROW_RESOURCE } from './identityTable.ts';
import { groupByIdentity, SampleColumns } from './sampleColumns.ts';
import { SampleWriter } from './sampleWriter.ts';

// ExportProfilesServiceRequest, ResourceProfiles, ScopeProfiles and Profile (proto v1.11.0).
const REQUEST_RESOURCE_PROFILES = 1;
const REQUEST_DICTIONARY = 2;

/** One ExportProfilesServiceRequest, not compressed. */
export interface EncodedRequest {
  readonly bytes: Buffer;
  /** Events in it: what the collector counts as timestamps. */
  readonly sampleCount: number;
}

export interface ProfileBatchOptions {
  readonly source: ProfileSource;
  /** What `sample.kind` indexes; see `profilerKinds`. */
  readonly kinds: readonly ProfileKind[];
  /** Name and version of the instrumentation scope: the tool. */
  readonly scope: { readonly name: string; readonly version: string };
  /** Wall-clock nanoseconds since the epoch at `timeNs` 0 of samples. */
  readonly timeOriginNs: bigint;
  /** Size that no request exceeds, before compression; {@link LIMITS.requestBytes} by default. */
  readonly maxRequestBytes?: number;
}

/** The next identity to be written. */
interface Progress {
  group: number;
  identity: number;
}

/**
 * Collects samples and encodes them as OTLP profiles: one ResourceProfiles for each resource, one
 * Profile for each kind of samples in it, equal samples as one Sample with several timestamps.
 */
export class ProfileBatch {
  /** Change it between {@link encode} calls only: it holds for all samples of a batch. */
  timeOriginNs: bigint;
  readonly #kinds: readonly ProfileKind[];
  readonly #source: ProfileSource;
  readonly #scope: ProfileBatchOptions['scope'];
  readonly #maxRequestBytes: number;
  readonly #columns = new SampleColumns();
  readonly #dictionary: Dictionary;
  readonly #body = new ProtoWriter();

  constructor(options: ProfileBatchOptions) {
    this.timeOriginNs = options.timeOriginNs;
    this.#kinds = options.kinds;
    this.#source = options.source;
    this.#scope = options.scope;
    this.#maxRequestBytes = options.maxRequestBytes ?? LIMITS.requestBytes;
    this.#dictionary = new Dictionary(options.source);
  }

  get sampleCount(): number {
    return this.#columns.count;
  }

  /**
   * Takes one sample; the object may be filled anew for the next one.
   * @returns false when the batch is full (LIMITS.batchSamples): encode it first.
   */
  add(sample: ProfileSample): boolean {
    return this.#columns.push(sample);
  }

  /**
   * Encodes and empties the batch. Several requests when one would be too large for a collector,
   * none without samples. Asks the source for everything that the samples refer to; an error that
   * it throws ends the batch, whose samples are lost.
   */
  encode(time?: BatchTime): EncodedRequest[] {
    if (this.#columns.count === 0) return [];
    try {
      return this.#encode(time);
    } finally {
      // Also after a source that threw: the next batch must not contain half of this one.
      this.#columns.clear();
      this.#body.reset();
      this.#dictionary.reset();
    }
  }

  #encode(time: BatchTime | undefined): EncodedRequest[] {
    const requests: EncodedRequest[] = [];
    const samples = new SampleWriter(
      this.#columns,
      groupByIdentity(this.#columns),
      this.#dictionary,
      this.#source,
      this.#kinds,
      this.timeOriginNs,
      time,
    );
    for (const [resourceId, groups] of this.#groups())
      this.#writeResourceProfiles(resourceId, groups, samples, requests);
    this.#finish(samples, requests);
    return requests;
  }

  /** Resource → identities by kind, all in the order of first appearance. */
  #groups(): Map<number, number[][]> {
    const { rows, count } = this.#columns.identities;
    const byResource = new Map<number, Map<number, number[]>>();
    for (let identity = 0; identity < count; identity++) {
      const resource = rows[identity * ROW + ROW_RESOURCE]!;
      const kind = rows[identity * ROW + ROW_KIND]!;
      const kinds = byResource.get(resource) ?? new Map<number, number[]>();
      byResource.set(resource, kinds);
      const group = kinds.get(kind);
      if (group === undefined) kinds.set(kind, [identity]);
      else group.push(identity);
    }
    const groups = new Map<number, number[][]>();
    for (const [resource, kinds] of byResource) groups.set(resource, [...kinds.values()]);
    return groups;
  }

  /** One ResourceProfiles; where a request gets full, a further one with the same resource. */
  #writeResourceProfiles(
    resourceId: number,
    groups: number[][],
    samples: SampleWriter,
    requests: EncodedRequest[],
  ): void {
    const at: Progress = { group: 0, identity: 0 };
    while (at.group < groups.length) {
      const resourceMark = this.#body.open(REQUEST_RESOURCE_PROFILES);
      this.#writeResource(resourceId);
      const scopeMark = this.#body.open(2);
      this.#writeScope();
      let isFull = false;
      while (at.group < groups.length && !isFull)
        isFull = this.#writeProfile(groups[at.group]!, at, samples);
      this.#body.close(scopeMark);
      this.#body.close(resourceMark);
      if (isFull) this.#finish(samples, requests);
    }
  }

  /** One Profile, from `at` on. @returns whether the request is full. */
  #writeProfile(group: number[], at: Progress, samples: SampleWriter): boolean {
    const body = this.#body;
    const mark = body.open(2);
    samples.beginProfile(body, this.#columns.identities.rows[group[0]! * ROW + ROW_KIND]!);
    let isFull = false;
    while (at.identity < group.length && !isFull) {
      // False: the identity has more samples than one Sample may hold; it goes on with the next.
      if (samples.write(body, group[at.identity]!)) at.identity++;
      isFull = body.length + this.#dictionary.length >= this.#maxRequestBytes;
    }
    body.close(mark);
    if (at.identity === group.length) {
      at.group++;
      at.identity = 0;
    }
    return isFull;
  }

  #writeResource(resourceId: number): void {
    const mark = this.#body.open(1);
    const attributes = this.#source.resource(resourceId);
    for (const key in attributes) {
      const value: AttributeValue | undefined = attributes[key];
      if (value !== undefined) writeKeyValue(this.#body, 1, key, value);
    }
    this.#body.close(mark);
  }

  #writeScope(): void {
    const mark = this.#body.open(1);
    this.#body.stringField(1, this.#scope.name);
    this.#body.stringField(2, this.#scope.version);
    this.#body.close(mark);
  }

  /** Puts the dictionary behind the profiles, and starts the next request. */
  #finish(samples: SampleWriter, requests: EncodedRequest[]): void {
    const sampleCount = samples.takeCount();
    if (sampleCount > 0) {
      const mark = this.#body.open(REQUEST_DICTIONARY);
      this.#dictionary.writeTo(this.#body);
      this.#body.close(mark);
      requests.push({ bytes: this.#body.finish(), sampleCount });
    }
    this.#body.reset();
    this.#dictionary.reset();
    samples.forgetIndices();
  }
}
