// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from '../limits.ts';
import type { ProfileSample } from './frame.ts';
import { doubled, IdentityTable } from './identityTable.ts';

const INITIAL_SAMPLES = 1_024;

/** Samples as columns, and the identity that each belongs to. */
export class SampleColumns {
  readonly identities: IdentityTable = new IdentityTable();
  identity: Int32Array = new Int32Array(INITIAL_SAMPLES);
  timeNs: Float64Array = new Float64Array(INITIAL_SAMPLES);
  value: Float64Array = new Float64Array(INITIAL_SAMPLES);
  count = 0;

  /** @returns false when {@link LIMITS.batchSamples} are held: encode first. */
  push(sample: ProfileSample): boolean {
    const at = this.count;
    if (at >= LIMITS.batchSamples) return false;
    if (at === this.identity.length) {
      this.identity = doubled(this.identity);
      this.timeNs = doubled(this.timeNs);
      this.value = doubled(this.value);
    }
    this.identity[at] = this.identities.indexOf(sample);
    this.timeNs[at] = sample.timeNs;
    this.value[at] = sample.value;
    this.count = at + 1;
    return true;
  }

  clear(): void {
    this.count = 0;
    this.identities.clear();
    if (this.identity.length <= LIMITS.batchKeptSamples) return;
    this.identity = new Int32Array(INITIAL_SAMPLES);
    this.timeNs = new Float64Array(INITIAL_SAMPLES);
    this.value = new Float64Array(INITIAL_SAMPLES);
  }
}

/** Samples in the order of their identity: `order[start[i] … start[i + 1])` belong to identity i. */
export interface GroupedSamples {
  readonly start: Int32Array;
  readonly order: Int32Array;
}

/** Counting sort: stable, so that the samples of one identity stay in the order they came in. */
export function groupByIdentity(columns: SampleColumns): GroupedSamples {
  const groups = columns.identities.count;
  const start = new Int32Array(groups + 1);
  for (let i = 0; i < columns.count; i++) {
    const next = columns.identity[i]! + 1;
    start[next] = start[next]! + 1;
  }
  for (let group = 0; group < groups; group++) start[group + 1]! += start[group]!;
  const fill = start.slice(0, groups);
  const order = new Int32Array(columns.count);
  for (let i = 0; i < columns.count; i++) {
    const group = columns.identity[i]!;
    order[fill[group]!] = i;
    fill[group] = fill[group]! + 1;
  }
  return { start, order };
}
