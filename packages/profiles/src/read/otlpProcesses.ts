// SPDX-License-Identifier: Apache-2.0
// Who a sample is of: its resource, and attributes of its own. Most samples have a thread and a CPU
// and nothing else: those are told by number, attribute by attribute.
import type { OtlpSmallTables } from '@otelkit/otlp';
import { baseName } from '../model/frameText.ts';
import type { ReadProblems } from './diagnostics.ts';
import { READ_LIMITS } from './limits.ts';
import { indexedTexts } from './otlpAttributes.ts';
import type { ProfileTarget } from './profileTarget.ts';

/** What the attributes of a sample say. */
export interface SampleFacts {
  process: number;
  threadId: number;
  threadName: number;
  cpu: number;
  labels: number;
}

/** Some agents put what is the resource's at each sample. */
const OF_PROCESS = /^(process\.(pid|executable\.(name|path))|container\.id|service\.name)$/;
const THREAD_ID = 'thread.id';
const THREAD_NAME = 'thread.name';
const CPU = 'cpu.logical_number';
const OF_THREAD = new Set([THREAD_ID, THREAD_NAME, CPU]);

/** What an attribute is about, as far as it was looked at. */
const UNSEEN = 0;
const OTHER = 1;
const ROLES: ReadonlyMap<string, number> = new Map([
  [THREAD_ID, 2],
  [THREAD_NAME, 3],
  [CPU, 4],
]);

export class OtlpProcesses {
  readonly #dictionary: OtlpSmallTables;
  readonly #target: ProfileTarget;
  readonly #problems: ReadProblems;
  readonly #known = new Map<string, number>();
  /** By attribute: what it is about, and its value as a number. */
  readonly #roles: Uint8Array;
  readonly #values: Int32Array;
  /** Of the sample that is looked at: there is one such object. */
  readonly #plain: SampleFacts = { process: 0, threadId: 0, threadName: 0, cpu: -1, labels: 0 };
  #resource = new Map<string, string>();
  #facts = new Map<string, SampleFacts>();
  #resourceProcess: number | undefined;

  constructor(dictionary: OtlpSmallTables, target: ProfileTarget, problems: ReadProblems) {
    this.#dictionary = dictionary;
    this.#target = target;
    this.#problems = problems;
    this.#roles = new Uint8Array(dictionary.attributeTable.length);
    this.#values = new Int32Array(dictionary.attributeTable.length);
  }

  /** What follows is of this resource. */
  enter(resource: Map<string, string>): void {
    this.#resource = resource;
    this.#facts = new Map();
    this.#resourceProcess = undefined;
  }

  /**
   * Facts of the sample with the attributes from … end of a request's column; valid until the next
   * call.
   */
  factsOf(attributes: Int32Array, from: number, end: number): SampleFacts {
    const facts = this.#plain;
    const roles = this.#roles;
    facts.threadId = 0;
    facts.threadName = 0;
    facts.cpu = -1;
    let seen = 0;
    for (let at = from; at < end; at++) {
      const index = attributes[at]!;
      const role = index >= 0 && index < roles.length ? this.#roleOf(index) : OTHER;
      const bit = 1 << role;
      // Of equal keys the first one holds; what else is said is looked at as texts.
      if (role === OTHER || (seen & bit) !== 0) return this.#others(attributes.slice(from, end));
      seen |= bit;
      const value = this.#values[index]!;
      if (role === 2) facts.threadId = value;
      else if (role === 3) facts.threadName = value;
      else facts.cpu = value;
    }
    facts.process = this.#ofResource();
    return facts;
  }

  #roleOf(index: number): number {
    const known = this.#roles[index]!;
    return known === UNSEEN ? this.#look(index) : known;
  }

  #look(index: number): number {
    const { texts } = indexedTexts(Int32Array.of(index), this.#dictionary);
    const [first] = texts;
    const role = ROLES.get(first?.[0] ?? '') ?? OTHER;
    if (first !== undefined && role !== OTHER) {
      const [key, text] = first;
      this.#values[index] =
        key === THREAD_NAME ? this.#target.string(text) : wholeNumber(text, key === CPU ? -1 : 0);
    }
    this.#roles[index] = role;
    return role;
  }

  /** Each combination is read once. */
  #others(indices: Int32Array): SampleFacts {
    const key = indices.subarray(0, READ_LIMITS.labels + 1).join();
    let facts = this.#facts.get(key);
    if (facts === undefined) {
      facts = this.#read(indices);
      this.#facts.set(key, facts);
    }
    return facts;
  }

  #read(indices: Int32Array): SampleFacts {
    const { texts, missing } = indexedTexts(indices, this.#dictionary);
    if (missing > 0) {
      this.#problems.add('Sample.attribute_indices', 'points beyond the table of attributes');
    }
    const own = [...texts].filter(([key]) => OF_PROCESS.test(key));
    const labels = [...texts].filter(([key]) => !OF_PROCESS.test(key) && !OF_THREAD.has(key));
    return {
      process:
        own.length === 0 ? this.#ofResource() : this.#process(new Map([...this.#resource, ...own])),
      threadId: wholeNumber(texts.get(THREAD_ID), 0),
      threadName: this.#target.string(texts.get(THREAD_NAME) ?? ''),
      cpu: wholeNumber(texts.get(CPU), -1),
      labels: labels.length === 0 ? 0 : this.#target.labels(labels),
    };
  }

  #ofResource(): number {
    this.#resourceProcess ??= this.#process(this.#resource);
    return this.#resourceProcess;
  }

  #process(attributes: Map<string, string>): number {
    const key = JSON.stringify([...attributes]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const text = (name: string): string => attributes.get(name) ?? '';
    const executable = text('process.executable.path');
    const process = this.#target.process({
      pid: wholeNumber(text('process.pid'), 0),
      name: text('process.executable.name') || (executable === '' ? '' : baseName(executable)),
      executable,
      containerId: text('container.id'),
      serviceName: text('service.name'),
      attributes: Object.fromEntries(attributes),
    });
    this.#known.set(key, process);
    return process;
  }
}

function wholeNumber(text: string | undefined, otherwise: number): number {
  const number = text === undefined || text === '' ? Number.NaN : Number(text);
  return Number.isInteger(number) && number >= 0 && number <= 0x7fff_ffff ? number : otherwise;
}
