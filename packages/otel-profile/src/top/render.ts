// SPDX-License-Identifier: Apache-2.0
import { printable, type TextContext, table, truncate } from '@otelkit/cli-kit';
import type { Profile, TopTable } from '@otelkit/profiles';

const HOME_AND_CLEAR = '\u001b[H\u001b[J';
const NANOSECONDS_PER_SECOND = 1e9;
/** Columns before the function's name. */
const NUMBER_CELLS = 32;

/** The whole screen anew. */
export function renderScreen(top: TopTable, profile: Profile, context: TextContext): string {
  return HOME_AND_CLEAR + renderTable(top, profile, context);
}

/** A heading, and the functions as a table. */
export function renderTable(top: TopTable, profile: Profile, context: TextContext): string {
  const { style, width } = context;
  const seconds = profile.durationNs / NANOSECONDS_PER_SECOND;
  const total =
    top.unit === 'nanoseconds' ? `${secondsOf(top.sum)} s of CPU time` : `${top.sum} events`;
  const heading = `${total} in ${seconds.toFixed(1)} s, ${profile.samples.count} samples, ${top.functionCount} functions\n`;
  if (top.rows.length === 0) return `${heading}nothing ran\n`;
  const share = (value: number): string =>
    top.sum === 0 ? '-' : `${((100 * value) / top.sum).toFixed(1)} %`;
  const value = (n: number): string =>
    top.unit === 'nanoseconds' ? `${secondsOf(n)} s` : String(Math.round(n));
  const room = Math.max(16, width - NUMBER_CELLS);
  const rows = top.rows.map(({ self, total: all, functionName, binary }) => [
    value(self),
    share(self),
    value(all),
    share(all),
    truncate(nameOf(functionName, binary), room),
  ]);
  const columns = ['SELF', '', 'TOTAL', ''].map((title) => ({ title, align: 'right' as const }));
  return (
    heading +
    table([...columns, { title: 'FUNCTION' }], rows, {
      width,
      paintTitle: style.label,
    })
  );
}

function nameOf(functionName: string, binary: string): string {
  const name = printable(functionName);
  return binary === '' ? name : `${name}  ${printable(binary)}`;
}

function secondsOf(nanoseconds: number): string {
  return (nanoseconds / NANOSECONDS_PER_SECOND).toFixed(2);
}
