// SPDX-License-Identifier: Apache-2.0
// One function over all its occurrences: who calls it above, what it calls below.
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Page } from '../../app/context.ts';
import { formatCount, formatShare, formatWeight } from '../../format/quantities.ts';
import { visibleText } from '../../format/visibleText.ts';
import { type FlameModel, withTree } from '../../layout/flameModel.ts';
import { frameText } from '../../layout/functions.ts';
import { sandwich } from '../../layout/merge.ts';
import { Empty, Name } from '../text.tsx';
import { FlameChart } from './flameChart.tsx';
import { lookOf } from './flameScene.ts';
import { FlameTable } from './flameTable.tsx';
import { Origin } from './flameTooltip.tsx';

/** Halves are as high as their stacks, within reason. */
const MAX_GROW = 30;

export function SandwichView({
  page,
  model,
  wanted,
}: {
  page: Page;
  model: FlameModel;
  wanted: number;
}): JSX.Element {
  const { state, change, sampleType } = page;
  const back = () => change({ fn: '', module: '' });
  const parts = useMemo(
    () => (wanted < 0 ? undefined : sandwich(model.tree, model.functions, wanted)),
    [model, wanted],
  );
  if (parts === undefined || parts.occurrences === 0) {
    return (
      <Empty title={`${visibleText(state.fn, 120)} is not among these samples`}>
        <p>Choose another range or fewer filters, or</p>
        <button type="button" onClick={back}>
          Back to the whole graph
        </button>
      </Empty>
    );
  }
  const { callees, callers, occurrences } = parts;
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
          self <b>{share(selfOf(callees.self))}</b> · total <b>{share(callees.total[0]!)}</b>{' '}
          {formatWeight(callees.total[0]!, unit)} · {formatCount(occurrences)}{' '}
          {occurrences === 1 ? 'place' : 'places'}
        </span>
      </div>
      <div class="sandwich">
        <Half page={page} model={model} tree={callers} isCallers={true} />
        <Half page={page} model={model} tree={callees} isCallers={false} />
      </div>
    </>
  );
}

/** The root's self weight is the function's own. */
function selfOf(self: Float64Array): number {
  return self[0] ?? 0;
}

function Half({
  page,
  model,
  tree,
  isCallers,
}: {
  page: Page;
  model: FlameModel;
  tree: FlameModel['tree'];
  isCallers: boolean;
}): JSX.Element {
  const { state, change, sampleType, theme } = page;
  const part = useMemo(() => withTree(model, tree), [model, tree]);
  const look = useMemo(
    () => lookOf(part, state.color, theme, sampleType.unit, 'all'),
    [part, state.color, theme],
  );
  const [selected, setSelected] = useState(0);
  const goTo = (node: number) => {
    const frame = tree.frame[node] ?? -1;
    if (frame < 0 || node === 0) return;
    const name = frameText(model.frames, frame, 'name');
    change({ fn: name, module: frameText(model.frames, frame, 'module') });
  };
  const title = isCallers ? 'Callers' : 'Callees';
  const rows = part.rows.rowCount;
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
      <FlameTable
        model={part}
        unit={sampleType.unit}
        caption={title}
        top={0}
        isShown={state.table}
        onChoose={goTo}
      />
    </section>
  );
}
