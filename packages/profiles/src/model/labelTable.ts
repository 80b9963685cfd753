// SPDX-License-Identifier: Apache-2.0
import type { LabelSet, ProfileLink } from './profile.ts';

const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);

/** Labels and trace links of samples, each once. */
export class LabelTable {
  readonly labelSets: LabelSet[] = [[]];
  readonly links: ProfileLink[] = [{ traceId: NO_TRACE, spanId: NO_SPAN }];
  readonly #labelsAt = new Map<string, number>([['[]', 0]]);
  readonly #linkAt = new Map<string, number>([[`${NO_TRACE}${NO_SPAN}`, 0]]);

  labels(labels: LabelSet): number {
    const sorted = sortedLabels(labels);
    const key = JSON.stringify(sorted);
    let index = this.#labelsAt.get(key);
    if (index === undefined) {
      index = this.labelSets.push(sorted) - 1;
      this.#labelsAt.set(key, index);
    }
    return index;
  }

  link(traceId: string, spanId: string): number {
    const link = paddedLink(traceId, spanId);
    const key = link.traceId + link.spanId;
    let index = this.#linkAt.get(key);
    if (index === undefined) {
      index = this.links.push(link) - 1;
      this.#linkAt.set(key, index);
    }
    return index;
  }
}

/** Equal sets are told by their order. */
export function sortedLabels(labels: LabelSet): LabelSet {
  return [...labels].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Ids of their full length; '' is the one of zeros. */
export function paddedLink(traceId: string, spanId: string): ProfileLink {
  return { traceId: traceId.padStart(32, '0'), spanId: spanId.padStart(16, '0') };
}
