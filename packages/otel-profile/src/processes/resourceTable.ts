// SPDX-License-Identifier: Apache-2.0
// Numbers for resources. What only a living process tells is read at its first sample; what it
// publishes is looked for when the resource is sent, by when programs of milliseconds are gone.
import type { ProcFs } from '@otelkit/core';
import { processResource, publishedAttributes, type ResourceOptions } from '@otelkit/core';
import type { ResourceAttributes } from '@otelkit/otlp';
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
    const attributes = processResource(this.#fs, image, this.#options);
    this.#entries.set(id, { image, attributes, lookedMs: Number.NEGATIVE_INFINITY });
    return id;
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
