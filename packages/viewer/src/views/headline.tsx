// SPDX-License-Identifier: Apache-2.0
// The answer in one line: what a person who never saw a flame graph came for.
import type { JSX } from 'preact';
import type { Page } from '../app/context.ts';
import type { Facets } from '../contract.ts';
import {
  formatCount,
  formatDuration,
  formatRoundShare,
  formatShare,
  formatWeight,
} from '../format/quantities.ts';
import { serviceName, shortName, visibleText } from '../format/visibleText.ts';
import type { FlameModel } from '../layout/flameModel.ts';
import { frameText } from '../layout/functions.ts';
import { Name } from './text.tsx';

const NAME_CHARACTERS = 90;
const MOST_PROGRAMS = 6;

export function Headline({ page, model }: { page: Page; model: FlameModel }): JSX.Element | null {
  const { frames, functions, hottest, whole } = model;
  if (hottest === undefined) return null;
  const textOf = (id: number, column: 'name' | 'module') =>
    frameText(frames, functions.sample[id]!, column);
  const name = textOf(hottest.id, 'name');
  const module = textOf(hottest.id, 'module');
  const { change, sampleType, facets } = page;
  return (
    <header class="headline">
      <h1>
        <span class="figure">{formatRoundShare(hottest.share)}</span> in{' '}
        <button
          type="button"
          class="link"
          title="Callers and callees"
          onClick={() => change({ fn: name, module })}
        >
          <Name text={shortName(name)} limit={NAME_CHARACTERS} />
        </button>
        {module !== '' && (
          <span class="muted">
            {' '}
            (<Name text={whereOf(facets, module)} limit={60} />)
          </span>
        )}
      </h1>
      <p class="muted">
        {hottest.callers.length > 0 && (
          <>
            mostly called by{' '}
            <Name text={shortName(textOf(hottest.callers[0]!, 'name'))} limit={60} />
            {' · '}
          </>
        )}
        {formatWeight(whole.weight, sampleType.unit)} {inSentence(sampleType.label)} in{' '}
        {formatCount(whole.samples)} samples{rangeText(page)}
      </p>
      <Programs page={page} />
    </header>
  );
}

/** Of the whole host: the way to one program, which is what a person came for. */
function Programs({ page }: { page: Page }): JSX.Element | null {
  const { facets, state, change } = page;
  const { service, process, trace } = state.selection;
  if (facets === undefined || service !== undefined || process !== undefined || trace !== undefined)
    return null;
  const { services, total } = facets;
  if (services.length < 2 || !(total > 0)) return null;
  return (
    <p class="programs">
      <span class="muted">Programs</span>
      {services.slice(0, MOST_PROGRAMS).map(({ id, label, weight }) => (
        <button
          key={id}
          type="button"
          title="Only this program"
          onClick={() => change({ selection: { ...state.selection, service: [id] }, zoom: '' })}
        >
          {serviceName(label, 30)} <span class="muted">{formatShare(weight / total)}</span>
        </button>
      ))}
      {services.length > MOST_PROGRAMS && (
        <span class="muted">{formatCount(services.length - MOST_PROGRAMS)} more in Filter</span>
      )}
    </p>
  );
}

/** Labels of sample types stand alone in the menu, and within a sentence here. */
function inSentence(label: string): string {
  return visibleText(label, 60).replace(/^(On|Off)-CPU$/, (text) =>
    text.toLowerCase().replace('-cpu', ' CPU'),
  );
}

/** The service says more than the file, where there is only one. */
function whereOf(facets: Facets | undefined, module: string): string {
  const [first, ...others] = facets?.services ?? [];
  if (first === undefined || others.length > 0) return module;
  const service = serviceName(first.label);
  return service === module ? module : `${service}, ${module}`;
}

function rangeText({ selection, status }: Page): string {
  if (!status.hasTimes) return '';
  const from = Math.max(selection.from ?? 0, status.startMs);
  const to = Math.min(selection.to ?? Number.MAX_VALUE, status.endMs);
  return to > from ? ` over ${formatDuration(to - from)}` : '';
}
