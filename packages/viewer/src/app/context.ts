// SPDX-License-Identifier: Apache-2.0
// What every view is given.
import type { Facets, SampleType, Selection, Status } from '../contract.ts';
import type { Change } from '../state/useViewState.ts';
import type { ViewState } from '../state/viewState.ts';
import type { Theme } from '../theme/theme.ts';

export interface Page {
  readonly state: ViewState;
  readonly change: Change;
  readonly status: Status;
  /** With the times that are meant now. */
  readonly selection: Selection;
  readonly sampleType: SampleType;
  readonly facets: Facets | undefined;
  readonly theme: Theme;
  /** Grows when new samples are to be shown. */
  readonly tick: number;
  /** Says something in the status bar and to screen readers. */
  readonly say: (text: string) => void;
}
