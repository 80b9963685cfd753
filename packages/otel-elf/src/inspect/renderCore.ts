// SPDX-License-Identifier: Apache-2.0
import { printable, type Style } from '@otelkit/cli-kit';
import type { FileReport } from '@otelkit/core';

const SHOWN_THREADS = 8;
const SHOWN_FILES = 40;

type Core = NonNullable<FileReport['core']>;

/** What a core file tells of the process that died; no entries for other files. */
export function coreEntries(core: Core | null, style: Style): [string, string | undefined][] {
  if (core === null) return [];
  return [
    ['died', diedText(core, style)],
    ['executable', core.executable === null ? undefined : printable(core.executable)],
    ['threads', threadsText(core, style)],
    ['mapped', mappedText(core)],
    ['cut off', core.truncated ? style.bad('it ends before its last segment does') : undefined],
  ];
}

function diedText({ command, pid, signal }: Core, style: Style): string | undefined {
  const who = [command === null ? '' : printable(command), pid === null ? '' : `PID ${pid}`]
    .filter((part) => part !== '')
    .join(', ');
  if (signal === null) return who === '' ? undefined : `${who}, of no signal`;
  const name = style.bad(signal.name ?? `signal ${signal.number}`);
  const at = signal.address === null ? '' : ` at ${signal.address}`;
  return `${who === '' ? '' : `${who}, of `}${name}${at}`;
}

function threadsText({ threads, threadCount }: Core, style: Style): string {
  const shown = threads
    .slice(0, SHOWN_THREADS)
    .map(({ tid, pc, sp }) => `${style.value(String(tid))} pc ${pc ?? '?'} sp ${sp ?? '?'}`);
  const more = threadCount - shown.length;
  return `${threadCount}: ${shown.join(' · ')}${more > 0 ? ` · ${more} more` : ''}`;
}

function mappedText({ mappings }: Core): string | undefined {
  const files = [...new Set(mappings.map(({ path }) => path))];
  if (files.length === 0) return undefined;
  const more = files.length - SHOWN_FILES;
  const shown = files.slice(0, SHOWN_FILES).map(printable).join(' ');
  return more > 0 ? `${shown} … and ${more} more` : shown;
}
