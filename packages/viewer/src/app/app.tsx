// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { apiPath } from '../api/requests.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { type StatusState, useStatus } from '../api/useStatus.ts';
import type { Facets, SampleType, Status } from '../contract.ts';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { follows, timedSelection } from '../state/range.ts';
import { type Change, useViewState } from '../state/useViewState.ts';
import type { View, ViewState } from '../state/viewState.ts';
import type { Theme } from '../theme/theme.ts';
import { useTheme } from '../theme/useTheme.ts';
import { Waiting } from '../views/emptyStates.tsx';
import { FilterBar } from '../views/filters/filterBar.tsx';
import { KeysHelp } from '../views/frame/keysHelp.tsx';
import { offeredViews, PageHeader } from '../views/frame/pageHeader.tsx';
import { Offline, StatusBar } from '../views/frame/statusBar.tsx';
import { TimelinePanel } from '../views/timeline/timelinePanel.tsx';
import type { Page } from './context.ts';
import { CurrentView } from './currentView.tsx';

const MESSAGE_MS = 6_000;
const NO_TYPE: SampleType = { id: '', type: 'samples', unit: 'count', label: 'samples' };
/** Views of samples, which the plot over time and the filters belong to. */
const SAMPLE_VIEWS: readonly View[] = ['flame', 'top', 'diff', 'heat'];

export function App(): JSX.Element {
  const [state, change] = useViewState();
  const [theme, toggleTheme] = useTheme();
  const server = useStatus(state.selection.from !== undefined);
  const { status, failure, retry } = server;
  useEffect(() => {
    if (status !== undefined) document.title = `${status.title} – otel-profile`;
  }, [status?.title]);
  if (status === undefined) {
    return (
      <main class="page">
        {failure === undefined ? <Waiting /> : <Offline failure={failure} onRetry={retry} />}
      </main>
    );
  }
  return (
    <Loaded
      state={state}
      change={change}
      theme={theme}
      toggleTheme={toggleTheme}
      status={status}
      server={server}
    />
  );
}

interface LoadedProps {
  readonly state: ViewState;
  readonly change: Change;
  readonly theme: Theme;
  readonly toggleTheme: () => void;
  readonly status: Status;
  readonly server: StatusState;
}

function Loaded(props: LoadedProps): JSX.Element {
  const { state, change, theme, toggleTheme, status, server } = props;
  const [message, say] = useMessage();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const tick = follows(state, status) ? server.tick : 0;
  const selection = useMemo(
    () => timedSelection(state, status),
    [state.selection, state.last, tick],
  );
  const hasSamples = status.sampleCount > 0;
  const facets = useAnswer<Facets>(hasSamples ? apiPath('facets', selection) : undefined, tick);
  const types = status.sampleTypes;
  const sampleType = types.find(({ id }) => id === selection.type) ?? types[0] ?? NO_TYPE;
  const page: Page = {
    state,
    change,
    status,
    selection,
    sampleType,
    facets: facets.data,
    theme,
    tick,
    say,
  };
  usePageShortcuts(page, toggleTheme, () => setHelpOpen((isOpen) => !isOpen));
  const isOfSamples = SAMPLE_VIEWS.includes(state.view);
  return (
    <div class="page">
      <button type="button" class="skip" onClick={() => document.getElementById('view')?.focus()}>
        Skip to the picture
      </button>
      <PageHeader page={page} theme={theme} onTheme={toggleTheme} />
      {server.failure !== undefined && <Offline failure={server.failure} onRetry={server.retry} />}
      {isOfSamples && hasSamples && (
        <div class="controls">
          {status.hasTimes ? <TimelinePanel page={page} /> : <FilterBar page={page} />}
        </div>
      )}
      <main id="view" tabIndex={-1}>
        <CurrentView page={page} />
      </main>
      <StatusBar
        status={status}
        viewCount={offeredViews(status, state.view).length}
        message={message}
      />
      <KeysHelp isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}

function useMessage(): readonly [string, (text: string) => void] {
  const [message, setMessage] = useState('');
  useEffect(() => {
    if (message === '') return;
    const timer = setTimeout(() => setMessage(''), MESSAGE_MS);
    return () => clearTimeout(timer);
  }, [message]);
  return [message, useCallback((text: string) => setMessage(text), [])];
}

function usePageShortcuts(page: Page, toggleTheme: () => void, toggleHelp: () => void): void {
  const { state, change, status } = page;
  const shortcuts: Record<string, () => void> = {
    '/': () => document.querySelector<HTMLInputElement>('input[name=q]')?.focus(),
    '?': toggleHelp,
    d: toggleTheme,
    l: () => {
      const { from: _from, to: _to, ...selection } = state.selection;
      change({ selection });
    },
    f: () => {
      const menu = document.querySelector<HTMLDetailsElement>('#filter-menu');
      if (menu === null) return;
      menu.open = !menu.open;
      menu.querySelector('input')?.focus();
    },
    escape: () => {
      if (state.fn !== '') change({ fn: '', module: '' });
      else if (state.zoom !== '') change({ zoom: '' });
    },
  };
  for (const [index, view] of offeredViews(status, state.view).entries()) {
    shortcuts[String(index + 1)] = () => change({ view, fn: '', module: '' });
  }
  useShortcuts(shortcuts);
}
