// SPDX-License-Identifier: Apache-2.0
// Samples as they come, in columns; names are looked up once at the end, for what is there then.
import type { ProfileSample, TraceLink } from '@otelkit/otlp';
import type { Profile, ProfileKind, ProfileProcess } from '@otelkit/profiles';
import { doubles, ints, ProfileBuilder, uints } from '@otelkit/profiles';
import { PROFILE_LIMITS } from '../limits.ts';
import type { SampleSink } from '../tracer/sampleSink.ts';
import type { Tables } from '../tracer/tables.ts';

/** All samples of one recording. */
export class Recording implements SampleSink {
  readonly #kind = uints();
  readonly #resource = uints();
  readonly #stack = uints();
  readonly #thread = uints();
  readonly #name = uints();
  readonly #link = uints();
  readonly #cpu = ints();
  readonly #value = doubles();
  readonly #time = doubles();
  /** Not kept, because there were too many. */
  dropped: number = 0;

  clear(): void {
    for (const column of [this.#kind, this.#resource, this.#stack, this.#thread, this.#name]) {
      column.length = 0;
    }
    for (const column of [this.#cpu, this.#value, this.#time]) column.length = 0;
    this.#link.length = 0;
  }

  get count(): number {
    return this.#kind.length;
  }

  sample(sample: ProfileSample): void {
    if (this.count >= PROFILE_LIMITS.recordedSamples) {
      this.dropped++;
      return;
    }
    this.#kind.push(sample.kind);
    this.#resource.push(sample.resourceId);
    this.#stack.push(sample.stackId);
    this.#thread.push(sample.threadId);
    this.#name.push(sample.nameId);
    this.#link.push(sample.linkId);
    this.#cpu.push(sample.cpu);
    this.#value.push(sample.value);
    this.#time.push(sample.timeNs);
  }

  /**
   * @param originNs wall-clock time at 0 of the samples' clock
   * @param startNs of the recording, by the samples' clock
   */
  toProfile(
    tables: Tables,
    kinds: readonly ProfileKind[],
    { originNs, startNs, endNs, comments }: RecordingFacts,
  ): Profile {
    const builder = new ProfileBuilder(kinds);
    const processes = new Numbers((id) => builder.process(describe(tables, id)));
    const pieces = new Numbers((id) => builder.frame(tables.frame(id)));
    const stacks = new Numbers((id) => builder.stack(tables.stack(id).map((p) => pieces.of(p))));
    const links = new Numbers((id) => (id === 0 ? 0 : linkOf(builder, tables.link(id))));
    const names = new Numbers((id) => builder.string(tables.name(id)));
    const [stack, resource, name] = [this.#stack.view(), this.#resource.view(), this.#name.view()];
    const [kind, thread, cpu] = [this.#kind.view(), this.#thread.view(), this.#cpu.view()];
    const link = this.#link.view();
    const [value, time] = [this.#value.view(), this.#time.view()];
    for (let i = 0; i < this.count; i++) {
      builder.sample({
        kind: kind[i]!,
        stack: stacks.of(stack[i]!),
        process: processes.of(resource[i]!),
        threadId: thread[i]!,
        threadName: names.of(name[i]!),
        value: value[i]!,
        timeNs: Math.max(0, time[i]! - startNs),
        cpu: cpu[i]!,
        link: links.of(link[i]!),
      });
    }
    const start = originNs + BigInt(Math.round(startNs));
    return builder.finish(start, endNs - startNs, comments);
  }
}

export interface RecordingFacts {
  readonly originNs: bigint;
  readonly startNs: number;
  readonly endNs: number;
  readonly comments: readonly string[];
}

/** Numbers of one table by those of another, each made once. */
class Numbers {
  readonly #make: (id: number) => number;
  readonly #known = new Map<number, number>();

  constructor(make: (id: number) => number) {
    this.#make = make;
  }

  of(id: number): number {
    let number = this.#known.get(id);
    if (number === undefined) {
      number = this.#make(id);
      this.#known.set(id, number);
    }
    return number;
  }
}

function linkOf(builder: ProfileBuilder, { traceId, spanId }: TraceLink): number {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  return builder.link(hex(traceId), hex(spanId));
}

function describe(tables: Tables, resourceId: number): ProfileProcess {
  const image = tables.resources.image(resourceId);
  const attributes = tables.resource(resourceId);
  const text = (key: string): string => String(attributes[key] ?? '');
  const executable = text('process.executable.path');
  return {
    pid: image?.pid ?? 0,
    name: image?.comm || text('process.executable.name'),
    executable,
    containerId: text('container.id'),
    serviceName: text('service.name'),
  };
}
