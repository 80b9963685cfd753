// SPDX-License-Identifier: Apache-2.0
import type { Selection } from '../contract.ts';

export const VIEWS = ['flame', 'top', 'diff', 'heat', 'executables', 'traces'] as const;
export type View = (typeof VIEWS)[number];
export const COLORINGS = ['kind', 'module', 'file'] as const;
export type Coloring = (typeof COLORINGS)[number];
export const STACKINGS = ['none', 'service', 'kind'] as const;
export type Stacking = (typeof STACKINGS)[number];
export const SORTS = ['self', 'total', 'change'] as const;
export type Sort = (typeof SORTS)[number];

/** Everything that is on the screen, apart from data: what the URL holds. */
export interface ViewState {
  readonly view: View;
  readonly selection: Selection;
  /** What differs in the base of a comparison. */
  readonly base: Selection;
  /** Seconds up to now; 0 for everything, undefined for what suits the data. */
  readonly last?: number;
  /** Path of the node that fills the width, see layout/pathHash.ts. */
  readonly zoom: string;
  /** Function of the sandwich, and its module. */
  readonly fn: string;
  readonly module: string;
  /** Regular expression. */
  readonly q: string;
  readonly color: Coloring;
  /** Root at the bottom. */
  readonly up: boolean;
  readonly inlined: boolean;
  readonly by: Stacking;
  readonly sort: Sort;
  /** The table beside the picture is shown to everybody. */
  readonly table: boolean;
  /** Trace that is open, and the span of it. */
  readonly open: string;
  readonly openSpan: string;
  /** Traces with errors only; at least as long as. */
  readonly errors: boolean;
  readonly minMs: number;
}

export const INITIAL: ViewState = {
  view: 'flame',
  selection: {},
  base: {},
  zoom: '',
  fn: '',
  module: '',
  q: '',
  color: 'kind',
  up: false,
  inlined: true,
  by: 'service',
  sort: 'self',
  table: false,
  open: '',
  openSpan: '',
  errors: false,
  minMs: 0,
};
