// SPDX-License-Identifier: Apache-2.0
// Who a sample is of: its resource, and attributes of its own, each combination read once.
import type { OtlpSmallTables } from '@otelkit/otlp';
import { baseName } from '../model/frameText.ts';
import type { ProfileBuilder } from '../model/profileBuilder.ts';
import type { ReadProblems } from './diagnostics.ts';
import { indexedTexts } from './otlpAttributes.ts';

/** What the attributes of a sample say. */
export interface SampleFacts {
  readonly process: number;
  readonly threadId: number;
  readonly threadName: number;
  readonly cpu: number;
  readonly labels: number;
}

/** Some agents put what is the resource's at each sample. */
const OF_PROCESS = /^(process\.(pid|executable\.(name|path))|container\.id|service\.name)$/;
const OF_THREAD = new Set(['thread.id', 'thread.name', 'cpu.logical_number']);

export class OtlpProcesses {
  readonly #dictionary: OtlpSmallTables;
  readonly #builder: ProfileBuilder;
  readonly #problems: ReadProblems;
  readonly #known = new Map<string, number>();
  #resource = new Map<string, string>();
  #facts = new Map<string, SampleFacts>();
  #resourceProcess: number | undefined;

  constructor(dictionary: OtlpSmallTables, builder: ProfileBuilder, problems: ReadProblems) {
    this.#dictionary = dictionary;
    this.#builder = builder;
    this.#problems = problems;
  }

  /** What follows is of this resource. */
  enter(resource: Map<string, string>): void {
    this.#resource = resource;
    this.#facts = new Map();
    this.#resourceProcess = undefined;
  }

  factsOf(indices: Int32Array): SampleFacts {
    const key = indices.join();
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
      threadId: wholeNumber(texts.get('thread.id'), 0),
      threadName: this.#builder.string(texts.get('thread.name') ?? ''),
      cpu: wholeNumber(texts.get('cpu.logical_number'), -1),
      labels: labels.length === 0 ? 0 : this.#builder.labels(labels),
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
    const process = this.#builder.process({
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
