// SPDX-License-Identifier: Apache-2.0
// Finds the processes that are wanted, as the kernel's records tell of them: what runs already, what
// starts, and what only later listens on a port.
import { statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { type ProcessEvent, ProcessEventType } from '@otelkit/bpf-client';
import { containerOf, decodeBytes, ProcError, type ProcFs, parseCgroups } from '@otelkit/core';
import { GO_TRACE_LIMITS } from '../limits.ts';
import { holdsSocket, listeningInodes } from './listeners.ts';
import { isEverything, isWantedByPath, type TargetChoice } from './targets.ts';

/** A process that is wanted, or could be. */
export interface FoundProcess {
  readonly pid: number;
  /** As the process itself sees it. */
  readonly path: string;
  /** Device, inode and change of the executable: the same file, whatever it is called. */
  readonly fileKey: string;
  readonly cgroup: string;
  readonly comm: string;
  /** By its path alone: others of the same file are wanted as well. */
  readonly isByPath: boolean;
}

export interface FinderEvents {
  readonly found: (process: FoundProcess) => void;
  /** Told for every process that was found. */
  readonly ended: (pid: number) => void;
  /** A process that is named does not run, or is none of a program's. */
  readonly missing: (pid: number) => void;
}

/** Watches processes and says which are wanted. */
export class ProcessFinder {
  readonly #fs: ProcFs;
  readonly #choice: TargetChoice;
  readonly #events: FinderEvents;
  readonly #found = new Map<number, FoundProcess>();
  /** Those that are wanted if they listen on a port. */
  readonly #waiting = new Map<number, FoundProcess>();
  readonly #ownPids = new Set<number>([process.pid]);
  #timer: NodeJS.Timeout | undefined;

  constructor(fs: ProcFs, choice: TargetChoice, events: FinderEvents) {
    this.#fs = fs;
    this.#choice = choice;
    this.#events = events;
  }

  /** Numbers of those that were found and run. */
  get pids(): readonly number[] {
    return [...this.#found.keys()];
  }

  /** A process of ours is never a target. */
  exclude(pid: number | undefined): void {
    if (pid !== undefined) this.#ownPids.add(pid);
  }

  /** Looks at processes that are named, without waiting for the kernel's records. */
  async lookAtNamed(): Promise<void> {
    for (const pid of this.#choice.pids) {
      this.#look(pid, '', '', '');
      if (!this.#found.has(pid)) this.#events.missing(pid);
      // What came of it goes out before the next one is read.
      await setImmediate();
    }
  }

  /** Takes one event of the helper; the event is not kept. */
  take(event: ProcessEvent): void {
    if (event.type === ProcessEventType.exit) this.#end(event.pid);
    if (event.type !== ProcessEventType.found && event.type !== ProcessEventType.exec) return;
    // A rescan finds again what is known.
    if (event.type === ProcessEventType.found && this.#found.has(event.pid)) return;
    if (event.type === ProcessEventType.exec) this.#end(event.pid);
    const { pid, path, cgroup, comm } = event;
    this.#look(pid, decodeBytes(path), decodeBytes(cgroup), decodeBytes(comm));
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #look(pid: number, path: string, cgroup: string, comm: string): void {
    if (this.#ownPids.has(pid) || this.#found.has(pid)) return;
    if (this.#found.size >= GO_TRACE_LIMITS.processes) return;
    const { pids, ports } = this.#choice;
    if (pids.size > 0 && !pids.has(pid)) return;
    const process = this.#read(pid, path, cgroup, comm);
    if (process === undefined) return;
    if (pids.has(pid) || process.isByPath || this.#isInContainer(process)) this.#tell(process);
    else if (ports.size > 0 && !this.#isExcluded(process)) this.#await(process);
  }

  /** Undefined for kernel threads, and what is gone again. */
  #read(pid: number, path: string, cgroup: string, comm: string): FoundProcess | undefined {
    try {
      const name = path !== '' ? path : this.#fs.link(pid, 'exe').replace(/ \(deleted\)$/, '');
      const isByPath = this.#choice.pids.size === 0 && isWantedByPath(this.#choice, name);
      const needsFile =
        isByPath || this.#choice.pids.has(pid) || !isEverything({ ...this.#choice, globs: [] });
      if (!needsFile) return undefined;
      const { dev, ino, ctimeMs } = statSync(this.#fs.path(pid, 'exe'));
      return { pid, path: name, fileKey: `${dev}:${ino}:${ctimeMs}`, cgroup, comm, isByPath };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (error instanceof ProcError || code === 'ENOENT' || code === 'EACCES') return undefined;
      if (code === 'ESRCH' || code === 'EPERM') return undefined;
      throw error;
    }
  }

  #isExcluded({ path }: FoundProcess): boolean {
    return this.#choice.excluded.some((glob) => glob.test(path));
  }

  #isInContainer(process: FoundProcess): boolean {
    const { containers } = this.#choice;
    if (containers.length === 0 || this.#isExcluded(process)) return false;
    const id = containerOf(this.#cgroups(process))?.id ?? '';
    return containers.some((wanted) => id.startsWith(wanted));
  }

  #cgroups({ pid, cgroup }: FoundProcess): ReturnType<typeof parseCgroups> {
    if (cgroup !== '') return parseCgroups(Buffer.from(`0::${cgroup}\n`));
    try {
      return parseCgroups(this.#fs.read(pid, 'cgroup').bytes);
    } catch (error) {
      if (error instanceof ProcError) return [];
      throw error;
    }
  }

  #tell(process: FoundProcess): void {
    this.#waiting.delete(process.pid);
    this.#found.set(process.pid, process);
    this.#events.found(process);
  }

  #await(process: FoundProcess): void {
    if (this.#waiting.size >= GO_TRACE_LIMITS.waitingProcesses) return;
    this.#waiting.set(process.pid, process);
    this.#timer ??= setTimeout(() => this.#askWaiting(), 0);
  }

  /** One network namespace's table is read once for all of its processes. */
  #askWaiting(): void {
    const inodesOf = new Map<string, ReadonlySet<string>>();
    for (const process of [...this.#waiting.values()]) {
      const namespace = this.#namespaceOf(process.pid);
      if (namespace === undefined) {
        this.#waiting.delete(process.pid);
        continue;
      }
      let inodes = inodesOf.get(namespace);
      if (inodes === undefined) {
        inodes = listeningInodes(this.#fs, process.pid, this.#choice.ports);
        inodesOf.set(namespace, inodes);
      }
      if (holdsSocket(this.#fs, process.pid, inodes)) this.#tell(process);
    }
    this.#timer = setTimeout(() => this.#askWaiting(), GO_TRACE_LIMITS.portPollMs);
  }

  #namespaceOf(pid: number): string | undefined {
    try {
      return this.#fs.link(pid, 'ns/net');
    } catch (error) {
      if (error instanceof ProcError) return undefined;
      throw error;
    }
  }

  #end(pid: number): void {
    this.#waiting.delete(pid);
    if (this.#found.delete(pid)) this.#events.ended(pid);
  }
}
