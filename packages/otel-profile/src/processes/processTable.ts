// SPDX-License-Identifier: Apache-2.0
// What runs, as the kernel's records tell it. A process number means different programs in turn
// (exec, reuse), so each has a list of images, and a sample belongs to the image of its time.
import { type ProcessEvent, ProcessEventType } from '@otelkit/bpf-client';
import { decodeBytes } from '@otelkit/core';
import { PROFILE_LIMITS } from '../limits.ts';
import { addMapping, type ProcessMapping } from './mappings.ts';

/** One program in one process. */
export interface ProcessImage {
  readonly pid: number;
  readonly parentPid: number;
  /** CLOCK_MONOTONIC; of a process that was there at our start, when it was found. */
  readonly startNs: number;
  /** Undefined while it runs. */
  endNs: number | undefined;
  /** As the process itself sees it; '' where unknown (kernel threads). */
  path: string;
  comm: string;
  /** Path in the cgroup hierarchy; '' where unknown. */
  cgroup: string;
  mappings: readonly ProcessMapping[];
  /** Its number at the reporter; 0 before its first sample. */
  resourceId: number;
  /** Its number as a process that makes code; 0 as long as it is none. */
  generatedSlot: number;
  /** Fork leaves the list with the parent until one of both changes it. */
  isMappingsShared: boolean;
  /** Whether it has been looked at for contexts of its threads. */
  isContextAsked: boolean;
  /** Exec has been seen, or it was found at our start: not a mere fork. */
  hasOwnProgram: boolean;
}

/** All processes. */
export class ProcessTable {
  readonly #byPid = new Map<number, ProcessImage[]>();
  readonly #exited: ProcessImage[] = [];
  onNewImage: ((image: ProcessImage) => void) | undefined;

  get size(): number {
    return this.#byPid.size;
  }

  /** Takes one event of the helper; the event is not kept. */
  take(event: ProcessEvent): void {
    const timeNs = Number(event.timeNs);
    switch (event.type) {
      case ProcessEventType.found:
      case ProcessEventType.exec:
        this.#begin(event, timeNs);
        break;
      case ProcessEventType.fork:
        this.#fork(event, timeNs);
        break;
      case ProcessEventType.comm: {
        const image = this.current(event.pid);
        if (image !== undefined) image.comm = decodeBytes(event.comm);
        break;
      }
      case ProcessEventType.exit:
        this.#exit(event.pid, timeNs);
        break;
      case ProcessEventType.mapping:
        this.#map(event);
        break;
      default:
    }
  }

  /** The image that runs now, or ran last. */
  current(pid: number): ProcessImage | undefined {
    return this.#byPid.get(pid)?.at(-1);
  }

  /** The image that a sample of this time belongs to. */
  at(pid: number, timeNs: number): ProcessImage | undefined {
    const images = this.#byPid.get(pid);
    if (images === undefined) return undefined;
    for (let i = images.length - 1; i > 0; i--) {
      if (images[i]!.startNs <= timeNs) return images[i];
    }
    return images[0];
  }

  /** An image for a process of which nothing was told: a record was lost. */
  assume(pid: number, timeNs: number, comm: string): ProcessImage {
    return this.#add({ pid, parentPid: 0, startNs: timeNs, path: '', comm, cgroup: '' });
  }

  /** Those that run now. */
  *running(): Generator<ProcessImage> {
    for (const images of this.#byPid.values()) {
      const last = images.at(-1)!;
      if (last.endNs === undefined) yield last;
    }
  }

  /** Drops what exited before that time. @returns the dropped images */
  forget(beforeNs: number): ProcessImage[] {
    const forgotten: ProcessImage[] = [];
    let kept = 0;
    for (const image of this.#exited) {
      if ((image.endNs ?? 0) > beforeNs) {
        this.#exited[kept++] = image;
        continue;
      }
      forgotten.push(image);
      this.#drop(image);
    }
    this.#exited.length = kept;
    return forgotten;
  }

  #begin(event: ProcessEvent, timeNs: number): void {
    const previous = this.current(event.pid);
    // A rescan finds again what is known.
    const isAgain = event.type === ProcessEventType.found && previous?.endNs === undefined;
    if (isAgain && previous !== undefined) {
      if (event.path.length > 0) previous.path = decodeBytes(event.path);
      if (event.cgroup.length > 0) previous.cgroup = decodeBytes(event.cgroup);
      previous.mappings = [];
      previous.isMappingsShared = false;
      return;
    }
    const cgroup = event.cgroup.length > 0 ? decodeBytes(event.cgroup) : previous?.cgroup;
    const isExec = event.type === ProcessEventType.exec;
    if (isExec && previous !== undefined && previous.endNs === undefined)
      this.#end(previous, timeNs);
    const image = this.#add({
      pid: event.pid,
      parentPid: event.parentPid !== 0 ? event.parentPid : (previous?.parentPid ?? 0),
      startNs: timeNs,
      path: decodeBytes(event.path),
      comm: decodeBytes(event.comm),
      cgroup: cgroup ?? '',
    });
    image.hasOwnProgram = true;
  }

  #fork(event: ProcessEvent, timeNs: number): void {
    const parent = this.current(event.parentPid);
    const previous = this.current(event.pid);
    // Exec may have been told already: the records of two CPUs are not in order.
    if (previous !== undefined && previous.endNs === undefined && previous.startNs >= timeNs)
      return;
    if (previous !== undefined && previous.endNs === undefined) this.#end(previous, timeNs);
    const child = this.#add({
      pid: event.pid,
      parentPid: event.parentPid,
      startNs: timeNs,
      path: parent?.path ?? '',
      comm: parent?.comm ?? '',
      cgroup: parent?.cgroup ?? '',
    });
    if (parent === undefined) return;
    child.mappings = parent.mappings;
    child.isMappingsShared = true;
    parent.isMappingsShared = true;
  }

  #exit(pid: number, timeNs: number): void {
    const image = this.current(pid);
    if (image !== undefined && image.endNs === undefined) this.#end(image, timeNs);
  }

  #end(image: ProcessImage, timeNs: number): void {
    image.endNs = timeNs;
    this.#exited.push(image);
  }

  #map({ pid, start, end, fileOffset, fileRef, timeNs }: ProcessEvent): void {
    const image = this.current(pid) ?? this.assume(pid, Number(timeNs), '');
    const list = image.isMappingsShared
      ? image.mappings.slice()
      : (image.mappings as ProcessMapping[]);
    image.isMappingsShared = false;
    image.mappings = list;
    addMapping(list, { start, end, fileOffset, fileRef });
  }

  #add(
    facts: Pick<ProcessImage, 'pid' | 'parentPid' | 'startNs' | 'path' | 'comm' | 'cgroup'>,
  ): ProcessImage {
    const { pid, parentPid, startNs, path, comm, cgroup } = facts;
    // One shape for all: there may be hundreds a second.
    const image: ProcessImage = {
      pid,
      parentPid,
      startNs,
      path,
      comm,
      cgroup,
      endNs: undefined,
      mappings: [],
      resourceId: 0,
      generatedSlot: 0,
      isMappingsShared: false,
      isContextAsked: false,
      hasOwnProgram: false,
    };
    const images = this.#byPid.get(facts.pid);
    if (images === undefined) {
      this.#makeRoom();
      this.#byPid.set(facts.pid, [image]);
    } else {
      images.push(image);
      if (images.length > PROFILE_LIMITS.imagesPerPid) images.shift();
    }
    this.onNewImage?.(image);
    return image;
  }

  #makeRoom(): void {
    if (this.#byPid.size < PROFILE_LIMITS.processes) return;
    const [oldest] = this.#byPid.keys();
    if (oldest !== undefined) this.#byPid.delete(oldest);
  }

  #drop(image: ProcessImage): void {
    const images = this.#byPid.get(image.pid);
    if (images === undefined) return;
    const index = images.indexOf(image);
    if (index >= 0) images.splice(index, 1);
    if (images.length === 0) this.#byPid.delete(image.pid);
  }
}
