// SPDX-License-Identifier: Apache-2.0
// How much a share of the whole changed, and whether chance alone explains it.
import { type Functions, functionWeights, keysOf } from './functions.ts';
import type { Tree } from './tree.ts';

/** 95 % of a normal distribution. */
const DEVIATIONS = 1.96;

/** One side of a comparison as a whole. */
export interface Whole {
  readonly weight: number;
  readonly samples: number;
}

/**
 * Sampling error (95 %) of a share: samples are taken as binomial, by Laplace's rule of succession
 * so that nothing seen is not taken for certainly nothing.
 */
export function shareError(weight: number, whole: Whole): number {
  if (whole.samples <= 0 || whole.weight <= 0) return 1;
  const seen = Math.min(1, weight / whole.weight) * whole.samples;
  const share = (seen + 1) / (whole.samples + 2);
  return DEVIATIONS * Math.sqrt((share * (1 - share)) / whole.samples);
}

export interface Change {
  readonly share: number;
  readonly baseShare: number;
  /** share - baseShare; 0.01 is a percentage point. */
  readonly delta: number;
  /** 95 %, of delta. */
  readonly error: number;
  readonly isCertain: boolean;
}

export function changeOf(weight: number, whole: Whole, baseWeight: number, base: Whole): Change {
  const share = shareOf(weight, whole);
  const baseShare = shareOf(baseWeight, base);
  const error = Math.hypot(shareError(weight, whole), shareError(baseWeight, base));
  const delta = share - baseShare;
  return { share, baseShare, delta, error, isCertain: Math.abs(delta) > error };
}

function shareOf(weight: number, whole: Whole): number {
  return whole.weight > 0 ? Math.min(1, weight / whole.weight) : 0;
}

/** Steps of colour to each side of 0. */
export const CHANGE_STEPS = 5;

/**
 * From -CHANGE_STEPS (gone) over 0 (the same, or within the error) to CHANGE_STEPS (new). The step
 * follows the relative change, because a narrow frame that doubled matters inside its parent.
 */
export function changeStep(change: Change): number {
  if (!change.isCertain) return 0;
  const relative = change.delta / Math.max(change.share, change.baseShare);
  const step = Math.ceil(Math.abs(relative) * CHANGE_STEPS);
  return Math.sign(relative) * Math.min(CHANGE_STEPS, Math.max(1, step));
}

/** A step a node. */
export function changeSteps(tree: Tree, whole: Whole, base: Whole): Int8Array {
  const steps = new Int8Array(tree.parent.length);
  const baseTotal = tree.baseTotal;
  if (baseTotal === undefined) return steps;
  for (let node = 1; node < steps.length; node++) {
    steps[node] = changeStep(changeOf(tree.total[node]!, whole, baseTotal[node]!, base));
  }
  return steps;
}

export interface FunctionChange {
  readonly id: number;
  readonly self: Change;
  readonly total: Change;
}

/** Most functions that a comparison lists. */
const MOST_LISTED = 100;

export interface Changes {
  /** The greatest change of self first, those beyond chance before all others. */
  readonly bySelf: readonly FunctionChange[];
  readonly byTotal: readonly FunctionChange[];
}

export function changesOf(tree: Tree, functions: Functions, whole: Whole, base: Whole): Changes {
  const all = functionChanges(tree, functions, whole, base);
  const by = (weight: 'self' | 'total') =>
    [...all].sort((left, right) => order(left[weight], right[weight])).slice(0, MOST_LISTED);
  return { bySelf: by('self'), byTotal: by('total') };
}

function order(left: Change, right: Change): number {
  if (left.isCertain !== right.isCertain) return left.isCertain ? -1 : 1;
  return Math.abs(right.delta) - Math.abs(left.delta);
}

/** Every function of a comparison. */
function functionChanges(
  tree: Tree,
  functions: Functions,
  whole: Whole,
  base: Whole,
): FunctionChange[] {
  const { baseSelf, baseTotal } = tree;
  if (baseSelf === undefined || baseTotal === undefined) return [];
  const keys = keysOf(tree.frame, functions);
  const now = functionWeights(tree.parent, keys, tree.self, tree.total, functions.count);
  const before = functionWeights(tree.parent, keys, baseSelf, baseTotal, functions.count);
  const changes: FunctionChange[] = [];
  for (let id = 0; id < functions.count; id++) {
    changes.push({
      id,
      self: changeOf(now.self[id]!, whole, before.self[id]!, base),
      total: changeOf(now.total[id]!, whole, before.total[id]!, base),
    });
  }
  return changes;
}
