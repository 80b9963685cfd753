// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { DiffView } from '../views/diff/diffView.tsx';
import { NoSamples } from '../views/emptyStates.tsx';
import { ExecutablesView } from '../views/executables/executablesView.tsx';
import { FlameView } from '../views/flame/flameView.tsx';
import { HeatView } from '../views/heat/heatView.tsx';
import { TopView } from '../views/top/topView.tsx';
import { TracesView } from '../views/traces/tracesView.tsx';
import type { Page } from './context.ts';

export function CurrentView({ page }: { page: Page }): JSX.Element {
  const { view } = page.state;
  if (view === 'traces') return <TracesView page={page} />;
  if (page.status.sampleCount === 0) return <NoSamples page={page} />;
  if (view === 'top') return <TopView page={page} />;
  if (view === 'diff') return <DiffView page={page} />;
  if (view === 'heat') return <HeatView page={page} />;
  if (view === 'executables') return <ExecutablesView page={page} />;
  return <FlameView page={page} />;
}
