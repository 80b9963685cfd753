// SPDX-License-Identifier: Apache-2.0
// Who samples are of: processes, threads, labels, trace links, sample types; each once.
import type { LabelSet, ProfileKind, ProfileLink, ProfileProcess } from '@otelkit/profiles';
import { weighing } from '@otelkit/profiles';
import { PendingTable } from './pendingTable.ts';
import { TABLES } from './schema.ts';

export interface StoredProcess {
  readonly source: string;
  readonly pid: number;
  readonly name: string;
  readonly executable: string;
  readonly container: string;
  readonly service: string;
  readonly version: string;
  readonly host: string;
  /** JSON of everything its resource says. */
  readonly attributes: string;
}

export interface StoredThread {
  readonly tid: number;
  readonly name: string;
}

export interface StoredType extends ProfileKind {
  /** Of the page: types of different periods are one to it. */
  readonly publicId: string;
  /** Unit of stored values. */
  readonly weightUnit: string;
  /** What one sample stands for; 0 where each has its own value. */
  readonly weightOfOne: number;
}

/** A table of things with a key, a number each; 0 is the first one that comes. */
class Keyed<T> {
  readonly list: T[] = [];
  readonly #at = new Map<string, number>();

  of(key: string, make: () => T, isNew: (number: number, item: T) => void): number {
    const known = this.#at.get(key);
    if (known !== undefined) return known;
    const item = make();
    const number = this.list.push(item) - 1;
    this.#at.set(key, number);
    isNew(number, item);
    return number;
  }

  load(number: number, key: string, item: T): void {
    while (this.list.length < number) this.list.push(item);
    this.list[number] = item;
    this.#at.set(key, number);
  }
}

/** Links that are remembered, so that samples of one span share theirs. */
const KEPT_LINKS = 65_536;

export class OriginTable {
  readonly #processes = new Keyed<StoredProcess>();
  readonly #threads = new Keyed<StoredThread>();
  readonly #labels = new Keyed<LabelSet>();
  readonly #types = new Keyed<StoredType>();
  #links = new Map<string, number>();
  #nextLink = 1;
  readonly pending: Readonly<
    Record<'processes' | 'threads' | 'labels' | 'links' | 'types', PendingTable>
  > = {
    processes: new PendingTable(TABLES.processes),
    threads: new PendingTable(TABLES.threads),
    labels: new PendingTable(TABLES.labels),
    links: new PendingTable(TABLES.links),
    types: new PendingTable(TABLES.types),
  };

  constructor() {
    this.labels([]);
  }

  get processes(): readonly StoredProcess[] {
    return this.#processes.list;
  }

  get threads(): readonly StoredThread[] {
    return this.#threads.list;
  }

  get labelSets(): readonly LabelSet[] {
    return this.#labels.list;
  }

  get types(): readonly StoredType[] {
    return this.#types.list;
  }

  type(kind: ProfileKind): number {
    const { type, unit, periodType = '', periodUnit = '', period = 0 } = kind;
    return this.#types.of(
      typeKey(kind),
      () => storedType(kind),
      (number) =>
        this.pending.types.push([number, type, unit, periodType, periodUnit, Math.round(period)]),
    );
  }

  process(process: StoredProcess): number {
    return this.#processes.of(
      processKey(process),
      () => process,
      (number, { source, pid, name, executable, container, service, version, host, attributes }) =>
        this.pending.processes.push([
          number,
          source,
          pid,
          name,
          executable,
          container,
          service,
          version,
          host,
          attributes,
        ]),
    );
  }

  thread(tid: number, name: string): number {
    return this.#threads.of(
      `${tid}\0${name}`,
      () => ({ tid, name }),
      (number) => this.pending.threads.push([number, tid, name]),
    );
  }

  /** 0 for no labels. */
  labels(labels: LabelSet): number {
    return this.#labels.of(
      JSON.stringify(labels),
      () => labels,
      (number) => {
        for (const [key, value] of labels) this.pending.labels.push([number, key, value]);
      },
    );
  }

  /** 0 for the link of zeros. */
  link({ traceId, spanId }: ProfileLink): number {
    if (/^0*$/.test(traceId) && /^0*$/.test(spanId)) return 0;
    const key = `${traceId}${spanId}`;
    const known = this.#links.get(key);
    if (known !== undefined) return known;
    if (this.#links.size >= KEPT_LINKS) this.#links = new Map();
    const number = this.#nextLink++;
    this.#links.set(key, number);
    this.pending.links.push([number, traceId, spanId]);
    return number;
  }

  loadType(number: number, kind: ProfileKind): void {
    this.#types.load(number, typeKey(kind), storedType(kind));
  }

  loadProcess(number: number, process: StoredProcess): void {
    this.#processes.load(number, processKey(process), process);
  }

  loadThread(number: number, thread: StoredThread): void {
    this.#threads.load(number, `${thread.tid}\0${thread.name}`, thread);
  }

  loadLabels(number: number, labels: LabelSet): void {
    this.#labels.load(number, JSON.stringify(labels), labels);
  }

  loadLinks(highest: number): void {
    this.#nextLink = highest + 1;
  }
}

function typeKey({
  type,
  unit,
  periodType = '',
  periodUnit = '',
  period = 0,
}: ProfileKind): string {
  return `${type}\0${unit}\0${periodType}\0${periodUnit}\0${Math.round(period)}`;
}

function processKey(process: StoredProcess): string {
  const { source, pid, name, executable, attributes } = process;
  return `${source}\0${pid}\0${name}\0${executable}\0${attributes}`;
}

function storedType(kind: ProfileKind): StoredType {
  const { factor, unit } = weighing(kind);
  const isTime = unit === 'nanoseconds';
  const weightUnit = isTime ? unit : kind.unit;
  const weightOfOne = kind.unit === 'count' ? factor : 0;
  return { ...kind, publicId: `${kind.type}:${weightUnit}`, weightUnit, weightOfOne };
}

/** What the store keeps of a process of a profile. */
export function storedProcess(process: ProfileProcess, source: string): StoredProcess {
  const { attributes = {} } = process;
  return {
    source,
    pid: process.pid,
    name: process.name,
    executable: process.executable,
    container: process.containerId,
    service: process.serviceName,
    version: attributes['service.version'] ?? '',
    host: attributes['host.name'] ?? '',
    attributes: JSON.stringify(attributes),
  };
}
