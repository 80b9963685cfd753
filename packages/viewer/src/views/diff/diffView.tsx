// SPDX-License-Identifier: Apache-2.0
// Two choices of samples against one another: before and after.
import type { JSX } from 'preact';
import { loadGraph } from '../../api/loadGraph.ts';
import { apiPath } from '../../api/requests.ts';
import { useAnswer } from '../../api/useAnswer.ts';
import type { Page } from '../../app/context.ts';
import type { Selection } from '../../contract.ts';
import type { FlameModel } from '../../layout/flameModel.ts';
import { findFunction } from '../../layout/functions.ts';
import { suggestedBase } from '../../state/range.ts';
import { Failed, NoSamples, Waiting } from '../emptyStates.tsx';
import { FlameGraph, MAX_GRAPH_NODES } from '../flame/flameView.tsx';
import { SandwichView } from '../flame/sandwichView.tsx';
import { Losses } from '../losses.tsx';
import { Empty } from '../text.tsx';
import { ChangeTable } from './changeTable.tsx';
import { DiffHeadline } from './diffHeadline.tsx';
import { SidePickers } from './sidePickers.tsx';

/** What is compared: the person's choice, or what suits the data. */
export interface Comparison {
  readonly selection: Selection;
  readonly base: Selection;
  /** What was chosen for the person; '' for their own choice. */
  readonly suggestion: string;
}

export function comparisonOf(page: Page): Comparison | undefined {
  const { state, status, selection, facets } = page;
  if (Object.keys(state.base).length > 0) return { selection, base: state.base, suggestion: '' };
  const versions = (facets?.versions ?? []).map(({ id }) => id).filter((id) => id !== '');
  const suggested = suggestedBase(status, versionsOfOne(page, versions), selection);
  if (suggested === undefined) return undefined;
  return { ...suggested, suggestion: suggested.text };
}

/** Versions of different services are no two versions of anything. */
function versionsOfOne(page: Page, versions: readonly string[]): readonly string[] {
  return page.facets?.services.length === 1 ? versions : [];
}

export function DiffView({ page }: { page: Page }): JSX.Element {
  const { state, tick } = page;
  const comparison = comparisonOf(page);
  const path =
    comparison &&
    apiPath(
      'graph',
      comparison.selection,
      { nodes: MAX_GRAPH_NODES, inlined: state.inlined ? 1 : 0 },
      comparison.base,
    );
  const { data: model, failure, isWaiting } = useAnswer<FlameModel>(path, tick, loadGraph);
  if (comparison === undefined) {
    return (
      <Empty title="There is nothing to compare with">
        <p>
          Open two files: <code>otel-profile view before.pb.gz after.pb.gz</code>
        </p>
      </Empty>
    );
  }
  const shown = { ...page, selection: comparison.selection };
  return (
    <div class="view" aria-busy={isWaiting}>
      {failure !== undefined && <Failed failure={failure} />}
      {model?.base !== undefined && (
        <div class="heading">
          <DiffHeadline page={page} model={model} suggestion={comparison.suggestion} />
          <Losses model={model} />
        </div>
      )}
      <SidePickers page={page} comparison={comparison} model={model} />
      {model !== undefined && <Compared page={shown} model={model} />}
      {model === undefined && failure === undefined && <Waiting />}
    </div>
  );
}

function Compared({ page, model }: { page: Page; model: FlameModel }): JSX.Element {
  const { base, changes, whole } = model;
  if (base === undefined || changes === undefined || (whole.weight === 0 && base.weight === 0)) {
    return <NoSamples page={page} />;
  }
  if (whole.weight === 0 || base.weight === 0) {
    return (
      <Empty title={`There are no samples ${whole.weight === 0 ? 'after' : 'before'}`}>
        <p>Choose another side above; nothing can be compared with nothing.</p>
      </Empty>
    );
  }
  const { fn, module } = page.state;
  const wanted =
    fn === '' ? -1 : findFunction(model.frames, model.functions, fn, module || undefined);
  return (
    <div class="compared">
      <div class="compared-graph">
        {fn === '' ? (
          <FlameGraph page={page} model={model} />
        ) : (
          <SandwichView page={page} model={model} wanted={wanted} />
        )}
      </div>
      <ChangeTable page={page} model={model} changes={changes} />
    </div>
  );
}
