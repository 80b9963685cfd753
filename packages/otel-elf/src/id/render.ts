// SPDX-License-Identifier: Apache-2.0
import { labelled, printable, type TextContext } from '@otelkit/cli-kit';
import type { Ids } from './service.ts';

export function renderIds(ids: Ids, { style, width }: TextContext): string {
  const value = (id: string | null): string =>
    id === null ? style.faint('none') : style.value(printable(id));
  const body = labelled(
    [
      ['GNU build ID', value(ids.gnu)],
      ['Go build ID', value(ids.go)],
      ['file ID', value(ids.file)],
      ['kernel file ID', ids.kernel === null ? undefined : value(ids.kernel)],
    ],
    { width, indent: '  ', paintLabel: style.label },
  );
  return `${style.subject(printable(ids.path))}\n${body}`;
}

/** One ID alone on its line; nothing where there is none, so that a script sees no word for it. */
export function renderOnly(id: string | null): string {
  return id === null ? '' : `${printable(id)}\n`;
}
