// SPDX-License-Identifier: Apache-2.0
import type { Facet, Facets, Selection, Status } from '../../contract.ts';
import { LIST_FILTERS } from '../../state/urlState.ts';

export interface FilterGroup {
  /** Name of the query parameter. */
  readonly name: string;
  readonly title: string;
  readonly facets: readonly Facet[];
}

/** Everything there is to choose from; groups of one value are no choice. */
export function filterGroups(facets: Facets | undefined, status: Status): readonly FilterGroup[] {
  if (facets === undefined) return [];
  const sources = status.sources.map(({ id, name }) => ({ id, label: name, weight: 0 }));
  const groups: FilterGroup[] = [
    { name: 'service', title: 'Service', facets: facets.services },
    { name: 'process', title: 'Process', facets: facets.processes },
    { name: 'thread', title: 'Thread', facets: facets.threads },
    { name: 'container', title: 'Container', facets: facets.containers },
    { name: 'version', title: 'Version', facets: facets.versions },
    { name: 'host', title: 'Host', facets: facets.hosts },
    { name: 'kind', title: 'Frame kind', facets: facets.kinds },
    { name: 'cpu', title: 'CPU', facets: facets.cpus },
    { name: 'source', title: status.mode === 'files' ? 'File' : 'Source', facets: sources },
    ...facets.labels.map(({ key, values }) => ({
      name: 'label',
      title: key,
      // The filter is KEY=VALUE, whatever the facet's id is.
      facets: values.map((facet) => ({ ...facet, id: idOfLabel(key, facet.id) })),
    })),
  ];
  return groups.filter((group) => group.facets.length > 0);
}

function idOfLabel(key: string, id: string): string {
  return id.startsWith(`${key}=`) ? id : `${key}=${id}`;
}

export interface ChosenFilter {
  readonly name: string;
  readonly value: string;
}

export function chosenFilters(selection: Selection): readonly ChosenFilter[] {
  const chosen: ChosenFilter[] = [];
  for (const name of [...LIST_FILTERS, 'cpu'] as const) {
    for (const value of selection[name] ?? []) chosen.push({ name, value: String(value) });
  }
  for (const name of ['trace', 'span'] as const) {
    const value = selection[name];
    if (value !== undefined) chosen.push({ name, value });
  }
  return chosen;
}

export function without(selection: Selection, name: string, value: string): Selection {
  const next: Record<string, unknown> = { ...selection };
  const values = next[name];
  const rest = Array.isArray(values) ? values.filter((other) => String(other) !== value) : [];
  if (rest.length > 0) next[name] = rest;
  else delete next[name];
  return next;
}

export function withFilter(selection: Selection, name: string, value: string): Selection {
  const next: Record<string, unknown> = { ...selection };
  const values = Array.isArray(next[name]) ? (next[name] as unknown[]) : [];
  next[name] = [...values, name === 'cpu' ? Number(value) : value];
  return next;
}

export function isChosen(selection: Selection, name: string, value: string): boolean {
  return chosenFilters(selection).some((chosen) => chosen.name === name && chosen.value === value);
}
