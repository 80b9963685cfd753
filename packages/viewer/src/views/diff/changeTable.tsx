// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import type { Page } from '../../app/context.ts';
import { formatDelta, formatError, formatShare } from '../../format/quantities.ts';
import type { Change, Changes, FunctionChange } from '../../layout/difference.ts';
import type { FlameModel } from '../../layout/flameModel.ts';
import { frameText } from '../../layout/functions.ts';
import { Name } from '../text.tsx';

/** Functions by how much they changed, each with its error. */
export function ChangeTable({
  page,
  model,
  changes,
}: {
  page: Page;
  model: FlameModel;
  changes: Changes;
}): JSX.Element {
  const byTotal = page.state.sort === 'total';
  const rows = byTotal ? changes.byTotal : changes.bySelf;
  const sort = (name: 'self' | 'total') => () => page.change({ sort: name });
  return (
    <div class="table-scroll changes">
      <table>
        <caption class="only-read">Functions by how much they changed</caption>
        <thead>
          <tr>
            <th scope="col">Function</th>
            <th scope="col" class="number" aria-sort={byTotal ? 'none' : 'descending'}>
              <button type="button" class="link" onClick={sort('self')}>
                Self{byTotal ? '' : ' ▾'}
              </button>
            </th>
            <th scope="col" class="number" aria-sort={byTotal ? 'descending' : 'none'}>
              <button type="button" class="link" onClick={sort('total')}>
                Total{byTotal ? ' ▾' : ''}
              </button>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((change) => (
            <ChangeRow key={change.id} page={page} model={model} change={change} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ChangeRow({
  page,
  model,
  change,
}: {
  page: Page;
  model: FlameModel;
  change: FunctionChange;
}): JSX.Element {
  const frame = model.functions.sample[change.id]!;
  const name = frameText(model.frames, frame, 'name');
  const module = frameText(model.frames, frame, 'module');
  return (
    <tr>
      <th scope="row">
        <button type="button" class="link" onClick={() => page.change({ fn: name, module })}>
          <Name text={name} limit={120} />
        </button>
      </th>
      <ChangeCell change={change.self} />
      <ChangeCell change={change.total} />
    </tr>
  );
}

function ChangeCell({ change }: { change: Change }): JSX.Element {
  const kind = !change.isCertain ? 'muted' : change.delta > 0 ? 'grew' : 'shrank';
  return (
    <td class="number">
      <b class={kind}>{formatDelta(change.delta)}</b>
      <small class="muted">
        {' '}
        {formatError(change.error)}
        <br />
        {formatShare(change.baseShare)} → {formatShare(change.share)}
      </small>
    </td>
  );
}
