// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { FlameView } from '../views/flame/flameView.tsx';
import type { Page } from './context.ts';

export function CurrentView({ page }: { page: Page }): JSX.Element {
  return <FlameView page={page} />;
}
