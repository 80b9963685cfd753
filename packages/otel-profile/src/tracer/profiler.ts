// SPDX-License-Identifier: Apache-2.0
// The path of a sample: helper → process and stack → sink. Starts the helper, answers its questions
// about files, and hands every sample on with numbers that the tables explain.
import { dirname, join } from 'node:path';
import {
  BpfHelper,
  type HelperEvents,
  LINK_BYTES,
  type NewFile,
  type ProcessEvent,
  ProcessEventType,
  type RawCopy,
  type SampleBatch,
  SampleKind,
  type StartReply,
  type Statistics,
} from '@otelkit/bpf-client';
import { decodeBytes, monotonicNs, ProcFs } from '@otelkit/core';
import { EVENTS, OFF_CPU, ON_CPU, type ProfileSample } from '@otelkit/otlp';
import { ThreadContexts } from '../contexts/threadContexts.ts';
import { FileTable } from '../files/fileTable.ts';
import type { MappingPlace } from '../files/openMappedFile.ts';
import { Choice } from '../processes/choice.ts';
import type { ProcessImage } from '../processes/processTable.ts';
import { CopyUnwinder, type UnwoundCopy } from '../traces/copyUnwinder.ts';
import { RawCopies, type WaitingCopy } from '../traces/rawCopies.ts';
import type { ProfilerCounts, ProfilerOptions } from './profilerOptions.ts';
import type { SampleSink } from './sampleSink.ts';
import { Tables } from './tables.ts';

/** The last stacks wait no longer for the tables of their files. */
const SETTLING_MS = 2_000;
const FORGET_EVERY_MS = 2_500;
const RELEASE_EVERY_MS = 60_000;

const KIND_OF: Readonly<Record<number, number>> = {
  [SampleKind.onCpu]: ON_CPU,
  [SampleKind.offCpu]: OFF_CPU,
  [SampleKind.probe]: EVENTS,
};

/** One profiling session. */
export class Profiler {
  readonly data: Tables;
  readonly files: FileTable;
  readonly counts: ProfilerCounts = {
    samples: 0,
    unwanted: 0,
    withoutStack: 0,
    withoutProcess: 0,
    rawCopies: 0,
  };
  statistics: Statistics = {};
  readonly helper: BpfHelper;
  readonly #options: ProfilerOptions;
  readonly #sinks: SampleSink[] = [];
  readonly #sample: ProfileSample = {
    kind: ON_CPU,
    resourceId: 0,
    stackId: 0,
    timeNs: 0,
    value: 1,
    threadId: 0,
    nameId: 0,
    cpu: -1,
    labelsId: 0,
    linkId: 0,
  };
  readonly #rawCopies: RawCopies;
  readonly #choice: Choice;
  readonly #contexts: ThreadContexts;
  #releasedMs = 0;
  #startedNs = Number.POSITIVE_INFINITY;
  #forgottenMs = 0;

  constructor(options: ProfilerOptions) {
    this.#options = options;
    const fs = new ProcFs();
    this.helper = new BpfHelper({ path: options.helperPath, events: this.#events() });
    this.#choice = new Choice(options, this.helper);
    this.files = new FileTable({
      fs,
      loader: this.helper,
      tables: options.tables,
      placesOf: (ref) => this.#placesOf(ref),
      nowMs: () => performance.now(),
      onProblem: (file, reason) => options.onFileProblem?.(file, reason),
    });
    const frameFolder = join(dirname(options.tables.folder), 'frames');
    this.data = new Tables({ ...options, frameFolder, fs }, this.files);
    this.#rawCopies = new RawCopies({
      files: this.files,
      unwinder: new CopyUnwinder(this.files, options.tables, options.start.maxUserFrames),
      nowMs: () => performance.now(),
      onStack: (waiting, stack) => this.#emitRaw(waiting, stack),
    });
    this.#contexts = new ThreadContexts({
      fs,
      fileOf: (ref) => this.files.ofRef(ref),
      // What fails costs links only; a helper that ended is told of elsewhere.
      tell: (pid, reach) => void this.helper.threadContext(pid, reach).catch(() => {}),
    });
    this.files.onReady = (file) => this.#rawCopies.settleFor(file);
  }

  addSink(sink: SampleSink): void {
    this.#sinks.push(sink);
  }

  /** Attaches. @throws HelperError with a hint when this host does not allow it */
  async start(): Promise<StartReply> {
    try {
      await this.helper.hello();
      const reply = await this.helper.start(this.#options.start);
      this.#startedNs = monotonicNs();
      return reply;
    } catch (error) {
      await this.helper.close();
      throw error;
    }
  }

  /** Everything that was sampled so far has reached the sinks when this resolves. */
  async flush(): Promise<void> {
    await this.helper.flush();
    // Each round may show that a stack leads through one more file.
    const untilMs = performance.now() + SETTLING_MS;
    while (this.#rawCopies.count > 0 && performance.now() < untilMs) {
      const late = new Promise<void>((resolve) => {
        setTimeout(resolve, untilMs - performance.now());
      });
      await Promise.race([this.files.settled(), late]);
      this.#rawCopies.settle();
    }
    this.#rawCopies.settle(true);
  }

  /** Detaches, takes what is still to come, and ends the helper. */
  async stop(): Promise<void> {
    this.#contexts.close();
    await this.helper.stop();
  }

  /** After the last use of the tables. */
  async close(): Promise<void> {
    this.files.close();
    await this.data.close();
    await this.#options.tables.close();
  }

  #events(): HelperEvents {
    return {
      processEvent: (event) => this.#takeEvent(event),
      files: (files: readonly NewFile[]) => this.#takeFiles(files),
      trace: (trace) => this.data.stacks.add(trace),
      name: (id, name) => this.data.names.take(id, name),
      samples: (batch) => this.#take(batch),
      rawCopy: (copy) => this.#takeRaw(copy),
      statistics: (statistics) => this.#takeStatistics(statistics),
      log: (message) => this.#options.onLog?.(message),
      died: (error) => this.#options.onDeath?.(error),
    };
  }

  #takeEvent(event: ProcessEvent): void {
    this.data.processes.take(event);
    if (event.type === ProcessEventType.mapping) this.#contexts.mapped(event.pid);
    else if (event.type === ProcessEventType.exec || event.type === ProcessEventType.exit) {
      this.#contexts.ended(event.pid);
    }
  }

  /** What starts now will run; what was there before shows by its samples whether it does. */
  #takeFiles(files: readonly NewFile[]): void {
    this.files.add(files);
    for (const { pid, ref } of files) {
      const image = this.data.processes.current(pid);
      const file = this.files.ofRef(ref);
      if (image === undefined || file === undefined || image.startNs < this.#startedNs) continue;
      if (this.#choice.isWanted(image)) this.files.expect(file);
    }
  }

  #take(batch: SampleBatch): void {
    const { data, counts } = this;
    const sample = this.#sample;
    for (let i = 0; i < batch.count; i++) {
      const kind = KIND_OF[batch.kindAndProbe[i]! & 0xff];
      if (kind === undefined) continue;
      const timeNs = Number(batch.timeNs[i]!);
      const nameId = data.names.ofHelper(batch.nameId[i]!);
      const image = this.#imageOf(batch.pid[i]!, timeNs, nameId);
      if (!this.#isWanted(image)) continue;
      sample.kind = kind;
      sample.resourceId = data.resources.idOf(image);
      sample.stackId = data.stacks.ofTrace(batch.traceId[i]!, () => data.generated.slotOf(image));
      sample.timeNs = timeNs;
      sample.value = Number(batch.value[i]!);
      sample.threadId = batch.tid[i]!;
      sample.nameId = nameId;
      sample.cpu = batch.cpu[i]!;
      const link = batch.link[i] ?? 0;
      sample.linkId = link === 0 ? 0 : data.links.idOf(batch.links, (link - 1) * LINK_BYTES);
      if (!image.isContextAsked) this.#contexts.ask(image);
      if (sample.stackId === 0) counts.withoutStack++;
      this.#emit();
    }
  }

  #emit(): void {
    this.counts.samples++;
    for (const sink of this.#sinks) sink.sample(this.#sample);
  }

  #imageOf(pid: number, timeNs: number, nameId: number): ProcessImage {
    const { processes, names } = this.data;
    const image = processes.at(pid, timeNs);
    if (image !== undefined) return image;
    this.counts.withoutProcess++;
    return processes.assume(pid, timeNs, names.text(nameId));
  }

  #isWanted(image: ProcessImage): boolean {
    if (this.#choice.isWanted(image)) return true;
    this.counts.unwanted++;
    return false;
  }

  #takeRaw(copy: RawCopy): void {
    this.counts.rawCopies++;
    const nameId = this.data.names.idOf(decodeBytes(copy.comm));
    const image = this.#imageOf(copy.pid, Number(copy.timeNs), nameId);
    if (this.#isWanted(image)) this.#rawCopies.add(copy, image);
  }

  #emitRaw({ copy, image }: WaitingCopy, { words, end }: UnwoundCopy): void {
    const { data } = this;
    const sample = this.#sample;
    sample.kind = KIND_OF[copy.kind] ?? ON_CPU;
    sample.resourceId = data.resources.idOf(image);
    const generatedSlot = (): number => data.generated.slotOf(image);
    sample.stackId = data.stacks.intern(words, copy.kernelFrames, end, generatedSlot);
    sample.timeNs = Number(copy.timeNs);
    sample.value = copy.value;
    sample.threadId = copy.tid;
    sample.nameId = data.names.idOf(decodeBytes(copy.comm));
    sample.cpu = copy.cpu;
    sample.linkId = copy.link.length === 0 ? 0 : data.links.idOf(copy.link, 0);
    if (!image.isContextAsked) this.#contexts.ask(image);
    this.#emit();
  }

  #takeStatistics(statistics: Statistics): void {
    // A notice of a reset alone has no counters.
    if (statistics.counters !== undefined) this.statistics = statistics;
    if (statistics.reset === true) this.data.forgetHelper();
    this.#rawCopies.settleDue();
    this.#forgetDue();
  }

  /** Looked for one by one: the first one nearly always does. */
  *#placesOf(ref: number): Generator<MappingPlace> {
    let count = 0;
    for (const { pid, mappings } of this.data.processes.running()) {
      const mapping = mappings.find(({ fileRef }) => fileRef === ref);
      if (mapping === undefined) continue;
      yield { pid, start: mapping.start, end: mapping.end };
      if (++count >= 4) return;
    }
  }

  /** With the statistics, which come each second: a timer of its own would wake this thread once more. */
  #forgetDue(): void {
    const nowMs = performance.now();
    if (nowMs - this.#forgottenMs < FORGET_EVERY_MS) return;
    this.#forgottenMs = nowMs;
    this.#forget(nowMs);
  }

  #forget(nowMs: number): void {
    const beforeNs = monotonicNs() - this.#options.keepExitedMs * 1e6;
    const forgotten = this.data.processes.forget(beforeNs);
    this.data.resources.forget(forgotten);
    this.data.generated.forget(forgotten);
    // A recording names its frames at its end, and needs the files until then.
    const isRecording = this.#options.keepExitedMs === Number.POSITIVE_INFINITY;
    if (isRecording || nowMs - this.#releasedMs < RELEASE_EVERY_MS) return;
    this.#releasedMs = nowMs;
    const used = new Set<number>();
    for (const image of this.data.processes.running()) {
      for (const { fileRef } of image.mappings) used.add(fileRef);
    }
    for (const slot of this.files.release((ref) => used.has(ref))) this.data.forgetSlot(slot);
  }
}
