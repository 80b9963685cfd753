// SPDX-License-Identifier: Apache-2.0
// What the samples are narrowed to, as chips, and the menu that adds one.
import type { JSX } from 'preact';
import type { Page } from '../../app/context.ts';
import { formatShare } from '../../format/quantities.ts';
import { visibleText } from '../../format/visibleText.ts';
import { chosenFilters, type FilterGroup, filterGroups, without } from './filterGroups.ts';
import { FilterMenu } from './filterMenu.tsx';

export function FilterBar({ page }: { page: Page }): JSX.Element {
  const { state, change } = page;
  const groups = filterGroups(page.facets, page.status);
  const chosen = chosenFilters(state.selection);
  return (
    <search class="filters" aria-label="Filters">
      {chosen.map(({ name, value }) => (
        <span class="chip" key={`${name}=${value}`}>
          <span class="muted">{titleOf(groups, name)}</span>{' '}
          {visibleText(labelOf(groups, name, value), 60)}
          <small class="muted"> {shareOf(page, groups, name, value)}</small>
          <button
            type="button"
            aria-label={`Remove the filter ${name} ${visibleText(value, 60)}`}
            onClick={() => change({ selection: without(state.selection, name, value) })}
          >
            ×
          </button>
        </span>
      ))}
      <FilterMenu page={page} groups={groups} />
    </search>
  );
}

function facetOf(groups: readonly FilterGroup[], name: string, value: string) {
  return groups.find((group) => group.name === name)?.facets.find(({ id }) => id === value);
}

function titleOf(groups: readonly FilterGroup[], name: string): string {
  if (name === 'label') return name;
  return (groups.find((group) => group.name === name)?.title ?? name).toLowerCase();
}

function labelOf(groups: readonly FilterGroup[], name: string, value: string): string {
  return facetOf(groups, name, value)?.label ?? value;
}

function shareOf(page: Page, groups: readonly FilterGroup[], name: string, value: string): string {
  const facet = facetOf(groups, name, value);
  const total = page.facets?.total ?? 0;
  return facet === undefined || facet.weight === 0 || total === 0
    ? ''
    : formatShare(facet.weight / total);
}
