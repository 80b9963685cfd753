// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import type { Page } from '../../app/context.ts';
import type { Status } from '../../contract.ts';
import { visibleText } from '../../format/visibleText.ts';
import { VIEWS, type View } from '../../state/viewState.ts';
import type { Theme } from '../../theme/theme.ts';
import { ShareMenu } from './shareMenu.tsx';

const TITLES: Readonly<Record<View, string>> = {
  flame: 'Flame graph',
  top: 'Top functions',
  diff: 'Compare',
  heat: 'Heat map',
  executables: 'Executables',
  traces: 'Traces',
};

/**
 * Views that would be empty are not offered: the heat map without times, and traces.
 * @param current is open all the same
 */
export function offeredViews(status: Status, current: View): readonly View[] {
  const { hasTimes, traceCount, mode } = status;
  const hasTraces = traceCount > 0 || mode === 'live' || current === 'traces';
  return VIEWS.filter((view) => (view !== 'heat' || hasTimes) && (view !== 'traces' || hasTraces));
}

export function PageHeader({
  page,
  theme,
  onTheme,
}: {
  page: Page;
  theme: Theme;
  onTheme: () => void;
}): JSX.Element {
  const { state, change, status } = page;
  return (
    <header class="page-header">
      <span class="brand">
        <Logo /> <b>{visibleText(status.title, 60)}</b>
      </span>
      <nav aria-label="Views">
        {offeredViews(status, state.view).map((view) => (
          <button
            key={view}
            type="button"
            aria-current={state.view === view ? 'page' : undefined}
            onClick={() => change({ view, fn: '', module: '', open: '', openSpan: '' })}
          >
            {TITLES[view]}
          </button>
        ))}
      </nav>
      <span class="tools">
        {status.sampleTypes.length > 1 && <SampleTypes page={page} />}
        <ShareMenu page={page} />
        <button
          type="button"
          class="icon"
          aria-label={theme === 'dark' ? 'Light colours' : 'Dark colours'}
          title="Light or dark  (D)"
          onClick={onTheme}
        >
          {theme === 'dark' ? '☀' : '☾'}
        </button>
      </span>
    </header>
  );
}

function SampleTypes({ page }: { page: Page }): JSX.Element {
  const { state, change, status, sampleType } = page;
  return (
    <select
      aria-label="Sample type"
      value={sampleType.id}
      onChange={(event) =>
        change({ selection: { ...state.selection, type: event.currentTarget.value } })
      }
    >
      {status.sampleTypes.map(({ id, label }) => (
        <option key={id} value={id}>
          {visibleText(label, 60)}
        </option>
      ))}
    </select>
  );
}

function Logo(): JSX.Element {
  return (
    <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
      <rect x="2" y="4" width="28" height="7" rx="1.5" fill="#f59a3c" />
      <rect x="2" y="12.5" width="19" height="7" rx="1.5" fill="#f7b978" />
      <rect x="22.5" y="12.5" width="7.5" height="7" rx="1.5" fill="#4aa8c9" />
      <rect x="2" y="21" width="11" height="7" rx="1.5" fill="#fbd7ae" />
    </svg>
  );
}
