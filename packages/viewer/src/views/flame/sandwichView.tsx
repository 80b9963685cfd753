// SPDX-License-Identifier: Apache-2.0
// One function over all its occurrences: who calls it above, what it calls below.
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Page } from '../../app/context.ts';
import { formatCount, formatShare, formatWeight } from '../../format/quantities.ts';
import { visibleText } from '../../format/visibleText.ts';
import type { FlameModel, FlamePart, Half as HalfModel } from '../../layout/flameModel.ts';
import { frameText } from '../../layout/functions.ts';
import { Failed, Waiting } from '../emptyStates.tsx';
import { Empty, Name } from '../text.tsx';
import { FlameChart } from './flameChart.tsx';
import { lookOf } from './flameScene.ts';
import { FlameTable } from './flameTable.tsx';
import { Origin } from './flameTooltip.tsx';
import { useSandwich } from './useSandwich.ts';
import { READER_MS, useSettled } from './useSettled.ts';

/** Halves are as high as their stacks, within reason. */
const MAX_GROW = 30;

export function SandwichView({
  page,
  model: newest,
  wanted: asked,
}: {
  page: Page;
  model: FlameModel;
  wanted: number;
}): JSX.Element {
  const { state, change, sampleType } = page;
  const back = () => change({ fn: '', module: '' });
  const made = useSandwich(newest, asked);
  if (asked >= 0 && made === undefined) return <Waiting />;
  if (made !== undefined && 'message' in made) return <Failed failure={made} />;
  if (asked < 0 || made === undefined || made.parts.occurrences === 0) {
    return (
      <Empty title={`${visibleText(state.fn, 120)} is not among these samples`}>
        <p>Choose another range or fewer filters, or</p>
        <button type="button" onClick={back}>
          Back to the whole graph
        </button>
      </Empty>
    );
  }
  const { model, wanted } = made;
  const { callees, callers, occurrences } = made.parts;
  const frame = model.functions.sample[wanted]!;
  const { unit } = sampleType;
  const share = (weight: number) => formatShare(weight / (model.whole.weight || 1));
  return (
    <>
      <div class="details">
        <button type="button" onClick={back}>
          ← Whole graph
        </button>
        <b>
          <Name text={frameText(model.frames, frame, 'name')} limit={160} />
        </b>
        <Origin model={model} frame={frame} />
        <span class="figures">
          self <b>{share(callees.tree.self[0] ?? 0)}</b> · total{' '}
          <b>{share(callees.tree.total[0] ?? 0)}</b>{' '}
          {formatWeight(callees.tree.total[0] ?? 0, unit)} · {formatCount(occurrences)}{' '}
          {occurrences === 1 ? 'place' : 'places'}
        </span>
      </div>
      <div class="sandwich">
        <Half page={page} model={model} half={callers} isCallers={true} />
        <Half page={page} model={model} half={callees} isCallers={false} />
      </div>
    </>
  );
}

function Half({
  page,
  model,
  half,
  isCallers,
}: {
  page: Page;
  model: FlameModel;
  half: HalfModel;
  isCallers: boolean;
}): JSX.Element {
  const { state, sampleType, theme } = page;
  const part = useMemo(() => ({ ...model, ...half }), [model, half]);
  const { tree } = half;
  const look = useMemo(
    () => lookOf(part, state.color, theme, sampleType.unit, 'all'),
    [part, state.color, theme],
  );
  const [selected, setSelected] = useState(0);
  const goTo = (node: number) => openFunction(page, part, node);
  const title = isCallers ? 'Callers' : 'Callees';
  const rows = part.rows.rowCount;
  const settled = useSettled(part, state.table ? 0 : READER_MS);
  return (
    <section class="half" aria-label={title} style={{ flexGrow: Math.min(MAX_GROW, rows + 1) }}>
      <h3>{title}</h3>
      <FlameChart
        model={part}
        look={look}
        unit={sampleType.unit}
        label={title}
        up={isCallers}
        zoomed={0}
        selected={selected < tree.parent.length ? selected : 0}
        isWalked={selected !== 0}
        matches={undefined}
        onZoom={goTo}
        onSelect={setSelected}
        onSandwich={goTo}
      />
      {settled && (
        <FlameTable
          model={settled}
          unit={sampleType.unit}
          caption={title}
          top={0}
          isShown={state.table}
          onChoose={(node) => openFunction(page, settled, node)}
        />
      )}
    </section>
  );
}

/** What is clicked or chosen becomes the middle. */
function openFunction(page: Page, part: FlamePart, node: number): void {
  const frame = part.tree.frame[node] ?? -1;
  if (frame < 0 || node === 0) return;
  const name = frameText(part.frames, frame, 'name');
  page.change({ fn: name, module: frameText(part.frames, frame, 'module') });
}
