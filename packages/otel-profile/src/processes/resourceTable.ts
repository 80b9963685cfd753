// SPDX-License-Identifier: Apache-2.0
// Numbers for resources. What only a living process tells is read at its first sample; what it
// publishes is looked for when the resource is sent, by when programs of milliseconds are gone.
import type { ProcFs } from '@otelkit/core';
import { processResource, publishedAttributes, type ResourceOptions } from '@otelkit/core';
import type { ResourceAttributes } from '@otelkit/otlp';
import { PROFILE_LIMITS } from '../limits.ts';
import type { ProcessImage } from './processTable.ts';

interface Entry {
  readonly image: ProcessImage;
  attributes: ResourceAttributes;
  lookedMs: number;
}

/** How often a program is asked again what it publishes. */
const LOOK_AGAIN_MS = 60_000;

/** Resources of processes by number. */
export class ResourceTable {
  readonly #fs: ProcFs;
  readonly #options: ResourceOptions;
  readonly #entries = new Map<number, Entry>();
  readonly #ended = new Map<string, ResourceAttributes>();
  #next = 1;

  constructor(fs: ProcFs, options: ResourceOptions) {
    this.#fs = fs;
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The number of an image's resource. */
  idOf(image: ProcessImage): number {
    if (image.resourceId !== 0) return image.resourceId;
    const id = this.#next++;
    image.resourceId = id;
    const attributes =
      image.endNs === undefined
        ? processResource(this.#fs, image, this.#options)
        : this.#ofEnded(image);
    this.#entries.set(id, { image, attributes, lookedMs: Number.NEGATIVE_INFINITY });
    return id;
  }

  /** Of a program that has ended only records tell, and where many end soon those are alike. */
  #ofEnded(image: ProcessImage): ResourceAttributes {
    const { pid, path, comm, cgroup } = image;
    const key = `${path}\0${comm}\0${cgroup}`;
    let alike = this.#ended.get(key);
    if (alike === undefined) {
      alike = processResource(this.#fs, image, this.#options);
      if (this.#ended.size >= PROFILE_LIMITS.endedResources) this.#ended.clear();
      this.#ended.set(key, alike);
    }
    return { ...alike, 'process.pid': pid };
  }

  image(id: number): ProcessImage | undefined {
    return this.#entries.get(id)?.image;
  }

  /** @param nowMs of a clock that does not go back */
  attributes(id: number, nowMs: number): ResourceAttributes {
    const entry = this.#entries.get(id);
    if (entry === undefined) return {};
    const { image } = entry;
    const isDue = nowMs - entry.lookedMs >= LOOK_AGAIN_MS;
    if (isDue && image.endNs === undefined && image.hasOwnProgram) {
      entry.lookedMs = nowMs;
      const published = publishedAttributes(this.#fs, image.pid, this.#options.onProblem);
      entry.attributes = { ...entry.attributes, ...published };
    }
    return entry.attributes;
  }

  /** Forgets the resources of images that are gone and whose samples have been sent. */
  forget(images: readonly ProcessImage[]): void {
    for (const { resourceId } of images) this.#entries.delete(resourceId);
  }
}
