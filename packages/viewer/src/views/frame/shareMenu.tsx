// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { apiPath } from '../../api/requests.ts';
import type { Page } from '../../app/context.ts';
import { formatState } from '../../state/urlState.ts';

const FORMATS: readonly (readonly [format: string, title: string])[] = [
  ['pprof', 'pprof'],
  ['speedscope', 'speedscope'],
  ['folded', 'folded stacks'],
  ['otlp', 'OTLP'],
  ['parquet', 'Parquet'],
];

/** Files of the choice, and a link that shows the same again. */
export function ShareMenu({ page }: { page: Page }): JSX.Element {
  return (
    <details class="menu">
      <summary>Share</summary>
      <div class="menu-body">
        <button type="button" onClick={() => void copyLink(page)}>
          Copy a link to this
        </button>
        <p class="muted">Save these samples as</p>
        {FORMATS.map(([format, title]) => (
          <a key={format} href={apiPath('export', page.selection, { format })} download>
            {title}
          </a>
        ))}
      </div>
    </details>
  );
}

async function copyLink(page: Page): Promise<void> {
  const { from, to } = page.selection;
  // “The last 15 minutes” would be others tomorrow: a link holds the times themselves.
  const selection = {
    ...page.state.selection,
    ...(from !== undefined && { from: Math.round(from) }),
    ...(to !== undefined && { to: Math.round(to) }),
  };
  const { last: _last, ...rest } = page.state;
  const query = formatState({ ...rest, selection });
  const link = `${location.origin}${location.pathname}${query === '' ? '' : `?${query}`}`;
  try {
    await navigator.clipboard.writeText(link);
    page.say('Link copied.');
  } catch {
    // Without https the clipboard is out of reach: the address bar then holds the link.
    history.replaceState(null, '', link);
    page.say('The link is in the address bar.');
  }
}
