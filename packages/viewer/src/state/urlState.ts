// SPDX-License-Identifier: Apache-2.0
// URL ↔ state. A link shows the same again, so whatever a link holds has to be read: what makes no
// sense is left out, never an error.
import type { Selection } from '../contract.ts';
import { COLORINGS, INITIAL, SORTS, STACKINGS, VIEWS, type ViewState } from './viewState.ts';

/** A link is typed, mailed and logged; longer values are no choice that the page made. */
const MAX_VALUE_CHARACTERS = 2_000;
const MAX_VALUES = 100;

/** Filters with several values, in the order of the contract. */
export const LIST_FILTERS = [
  'source',
  'service',
  'version',
  'host',
  'process',
  'container',
  'thread',
  'kind',
  'label',
] as const;
export type ListFilter = (typeof LIST_FILTERS)[number];

/** @param query with or without its `?` */
export function parseState(query: string): ViewState {
  const params = new URLSearchParams(query);
  const last = numberOf(params.get('last'));
  const text = (name: string) => (params.get(name) ?? '').slice(0, MAX_VALUE_CHARACTERS);
  return {
    view: oneOf(VIEWS, params.get('view'), INITIAL.view),
    selection: parseSelection(params, ''),
    base: parseSelection(params, 'base.'),
    ...(last !== undefined && last >= 0 && { last }),
    zoom: /^[0-9a-f]{16}$/.test(text('zoom')) ? text('zoom') : '',
    fn: text('fn'),
    module: text('module'),
    q: text('q'),
    color: oneOf(COLORINGS, params.get('color'), INITIAL.color),
    up: params.get('up') === '1',
    inlined: params.get('inlined') !== '0',
    by: oneOf(STACKINGS, params.get('by'), INITIAL.by),
    sort: oneOf(SORTS, params.get('sort'), INITIAL.sort),
    table: params.get('table') === '1',
    open: hexOf(params.get('open')),
    openSpan: hexOf(params.get('open.span')),
    errors: params.get('errors') === '1',
    minMs: Math.max(0, numberOf(params.get('minMs')) ?? 0),
  };
}

/** @returns the query without `?`; what is as at first is left out */
export function formatState(state: ViewState): string {
  const params = new URLSearchParams();
  if (state.view !== INITIAL.view) params.set('view', state.view);
  if (state.last !== undefined) params.set('last', String(state.last));
  appendSelection(params, state.selection, '');
  appendSelection(params, state.base, 'base.');
  for (const name of ['zoom', 'fn', 'module', 'q', 'open'] as const) {
    if (state[name] !== '') params.set(name, state[name]);
  }
  if (state.openSpan !== '') params.set('open.span', state.openSpan);
  for (const name of ['color', 'by', 'sort'] as const) {
    if (state[name] !== INITIAL[name]) params.set(name, state[name]);
  }
  for (const name of ['up', 'table', 'errors'] as const) if (state[name]) params.set(name, '1');
  if (!state.inlined) params.set('inlined', '0');
  if (state.minMs > 0) params.set('minMs', String(state.minMs));
  return params.toString();
}

function parseSelection(params: URLSearchParams, prefix: string): Selection {
  const selection: Record<string, unknown> = {};
  for (const name of ['from', 'to']) {
    const value = numberOf(params.get(prefix + name));
    if (value !== undefined) selection[name] = value;
  }
  const type = params.get(`${prefix}type`);
  if (type !== null && type !== '') selection['type'] = type.slice(0, MAX_VALUE_CHARACTERS);
  for (const name of LIST_FILTERS) {
    const values = valuesOf(params, prefix + name);
    if (values.length > 0) selection[name] = values;
  }
  const cpus = valuesOf(params, `${prefix}cpu`).map(Number);
  const known = cpus.filter((cpu) => Number.isInteger(cpu) && cpu >= 0);
  if (known.length > 0) selection['cpu'] = known;
  for (const name of ['trace', 'span']) {
    const id = hexOf(params.get(prefix + name));
    if (id !== '') selection[name] = id;
  }
  return selection;
}

/** Appends a selection as the query parameters of the contract. */
export function appendSelection(
  params: URLSearchParams,
  selection: Selection,
  prefix: string,
): void {
  for (const name of ['from', 'to', 'type', 'trace', 'span'] as const) {
    const value = selection[name];
    if (value !== undefined) params.set(prefix + name, String(value));
  }
  for (const name of [...LIST_FILTERS, 'cpu'] as const) {
    for (const value of selection[name] ?? []) params.append(prefix + name, String(value));
  }
}

function valuesOf(params: URLSearchParams, name: string): string[] {
  const values = params.getAll(name).slice(0, MAX_VALUES);
  return [...new Set(values.map((value) => value.slice(0, MAX_VALUE_CHARACTERS)))];
}

function numberOf(text: string | null): number | undefined {
  if (text === null || !/^\d{1,16}(\.\d{1,9})?$/.test(text)) return undefined;
  return Number(text);
}

function hexOf(text: string | null): string {
  return text !== null && /^[0-9a-fA-F]{1,32}$/.test(text) ? text.toLowerCase() : '';
}

function oneOf<Name extends string>(names: readonly Name[], text: string | null, or: Name): Name {
  return names.find((name) => name === text) ?? or;
}
