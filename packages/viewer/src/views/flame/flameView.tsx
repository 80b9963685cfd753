// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { loadGraph } from '../../api/loadGraph.ts';
import { apiPath } from '../../api/requests.ts';
import { useAnswer } from '../../api/useAnswer.ts';
import type { Page } from '../../app/context.ts';
import type { FlameModel } from '../../layout/flameModel.ts';
import { findFunction, frameText } from '../../layout/functions.ts';
import { nameOfPath, nodeOfPath } from '../../layout/pathHash.ts';
import { Failed, NoSamples, Waiting } from '../emptyStates.tsx';
import { Headline } from '../headline.tsx';
import { Losses } from '../losses.tsx';
import { FlameChart } from './flameChart.tsx';
import { Details } from './flameDetails.tsx';
import { lookOf } from './flameScene.ts';
import { FlameTable } from './flameTable.tsx';
import { FlameToolbar } from './flameToolbar.tsx';
import { SandwichView } from './sandwichView.tsx';
import { useSearch } from './useSearch.ts';
import { READER_MS, useSettled } from './useSettled.ts';

/** As many as a server is asked for, and as stay fluid. */
export const MAX_GRAPH_NODES = 200_000;

export function FlameView({ page }: { page: Page }): JSX.Element {
  const { state, selection, tick } = page;
  const path = apiPath('graph', selection, {
    nodes: MAX_GRAPH_NODES,
    inlined: state.inlined ? 1 : 0,
  });
  const { data: model, failure, isWaiting } = useAnswer<FlameModel>(path, tick, loadGraph);
  if (model === undefined) {
    return failure === undefined ? <Waiting /> : <Failed failure={failure} />;
  }
  if (model.whole.weight === 0) return <NoSamples page={page} />;
  const wanted =
    state.fn === ''
      ? -1
      : findFunction(model.frames, model.functions, state.fn, state.module || undefined);
  return (
    <div class="view" aria-busy={isWaiting}>
      {failure !== undefined && <Failed failure={failure} />}
      <div class="heading">
        <Headline page={page} model={model} />
        <Losses model={model} />
      </div>
      {state.fn === '' ? (
        <FlameGraph page={page} model={model} />
      ) : (
        <SandwichView page={page} model={model} wanted={wanted} />
      )}
    </div>
  );
}

/** Chart, toolbar and table of one tree; a comparison's too. */
export function FlameGraph({ page, model }: { page: Page; model: FlameModel }): JSX.Element {
  const { state, change, sampleType, theme } = page;
  const { unit } = sampleType;
  const look = useMemo(
    () => lookOf(model, state.color, theme, unit, 'all'),
    [model, state.color, theme, unit],
  );
  const zoomed = useMemo(() => nodeOfPath(model.hashes, state.zoom), [model, state.zoom]);
  const [selectedName, setSelectedName] = useState<string>();
  const selected = selectedName === undefined ? zoomed : nodeOfPath(model.hashes, selectedName);
  const search = useSearch(model, state.q);
  const zoom = (node: number) => {
    setSelectedName(undefined);
    change({ zoom: nameOfPath(model.hashes, node) });
  };
  const openSandwich = (node: number) => {
    const frame = model.tree.frame[node]!;
    if (frame < 0) return;
    const name = frameText(model.frames, frame, 'name');
    change({ fn: name, module: frameText(model.frames, frame, 'module') });
  };
  const select = (node: number) => setSelectedName(nameOfPath(model.hashes, node));
  const drawn = useMemo(() => ({ model, zoomed }), [model, zoomed]);
  const settled = useSettled(drawn, state.table ? 0 : READER_MS);
  return (
    <>
      <FlameToolbar
        page={page}
        model={model}
        look={look}
        search={search}
        zoomed={zoomed}
        onGoTo={zoom}
      />
      <Details
        page={page}
        model={model}
        node={selected}
        onSandwich={() => openSandwich(selected)}
      />
      <FlameChart
        model={model}
        look={look}
        unit={unit}
        label="Flame graph"
        up={state.up}
        zoomed={zoomed}
        selected={selected}
        isWalked={selectedName !== undefined}
        matches={search.matchingNodes}
        onZoom={zoom}
        onSelect={select}
        onSandwich={openSandwich}
      />
      {settled && (
        <FlameTable
          model={settled.model}
          unit={unit}
          caption="Call tree, the heaviest frames"
          top={settled.zoomed}
          isShown={state.table}
          onChoose={(node) => {
            setSelectedName(undefined);
            change({ zoom: nameOfPath(settled.model.hashes, node) });
          }}
        />
      )}
    </>
  );
}
