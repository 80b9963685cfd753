// SPDX-License-Identifier: Apache-2.0
import { labelled, printable, type Style, type TextContext, table } from '@otelkit/cli-kit';
import type { Installation } from './installation.ts';
import type { ProcessStatusEntry, StatusCounts } from './processes.ts';

/** One installation: where, how, what changed since. */
export function renderInstallation(it: Installation, { style, width }: TextContext): string {
  const where = it.scope === 'host' ? (it.root === '/' ? 'this host' : it.root) : 'this account';
  const bad = it.files.filter(({ state }) => state !== 'as-installed');
  const agents = it.agents.filter(({ state }) => state !== 'absent');
  const text = labelled(
    [
      ['installed', installedText(it, style)],
      ['since', it.installedAt ?? undefined],
      ['preload', it.preloadEntry === null ? undefined : preloadText(it, style)],
      ['files', filesText(it, bad.length, style)],
      ...bad
        .slice(0, 20)
        .map((file) => ['', style.warn(`${printable(file.path)}: ${file.state}`)] as const),
      ['agents', agents.length === 0 ? style.faint('none') : agents.map(agentText).join(', ')],
      [
        'interrupted',
        it.interrupted === null
          ? undefined
          : style.bad(`${it.interrupted.command} of ${it.interrupted.startedAt}`),
      ],
      ['problem', it.problem === null ? undefined : style.bad(printable(it.problem))],
    ],
    { width, indent: '  ', paintLabel: style.label },
  );
  return `${style.heading(printable(where))}\n${text}\n`;
}

function installedText({ state, modes, version }: Installation, style: Style): string {
  if (state === 'absent') return style.warn('no');
  if (state === 'damaged') return style.bad('its receipt cannot be read');
  if (state === 'entry-only') return style.warn('not by this tool; there is an entry all the same');
  const by = modes.length === 0 ? 'no mode' : modes.join(', ');
  return style.good(
    `yes, by ${printable(by)}${version === null ? '' : `, otel-inject ${printable(version)}`}`,
  );
}

function preloadText({ preloadEntry, isInPreloadFile, modes }: Installation, style: Style): string {
  const isMissing = modes.includes('ld-preload') && !isInPreloadFile;
  const note = isMissing ? style.bad(' (its line is not in /etc/ld.so.preload)') : '';
  return `${printable(preloadEntry!)}${note}`;
}

function filesText({ files }: Installation, bad: number, style: Style): string | undefined {
  if (files.length === 0) return undefined;
  const good = files.length - bad;
  return bad === 0 ? style.good(`all ${good} as installed`) : `${good} as installed, ${bad} not`;
}

function agentText({ runtime, version, state }: Installation['agents'][number]): string {
  const note = state === 'foreign' ? ' (not by this tool)' : '';
  return `${runtime}${version === null ? '' : ` ${printable(version)}`}${note}`;
}

const PAINT: Readonly<Record<ProcessStatusEntry['state'], 'good' | 'warn' | 'faint'>> = {
  injected: 'good',
  attributes: 'good',
  'stood-down': 'warn',
  unconcerned: 'faint',
  'not-loaded': 'warn',
  'started-before': 'warn',
  unreadable: 'warn',
};

export function renderProcesses(
  entries: readonly ProcessStatusEntry[],
  { style, width }: TextContext,
): string {
  const rows = entries.map((entry) => [
    String(entry.pid),
    printable(entry.user ?? '?'),
    printable(entry.name),
    printable(entry.runtime),
    { text: entry.state, paint: style[PAINT[entry.state]] },
    printable(saysText(entry)),
  ]);
  const columns = [
    { title: 'PID', align: 'right' as const },
    { title: 'USER' },
    { title: 'NAME' },
    { title: 'RUNTIME' },
    { title: 'STATE' },
    { title: 'WHAT', shrink: 'end' as const, min: 20 },
  ];
  return table(columns, rows, { width, paintTitle: style.label });
}

function saysText({ says, variables, isLibraryReplaced }: ProcessStatusEntry): string {
  const names =
    variables.length > 0 && !says.includes(variables[0]!) ? ` (${variables.join(', ')})` : '';
  return `${says}${names}${isLibraryReplaced ? '; by a library that was replaced since' : ''}`;
}

export function renderCounts(counts: StatusCounts, { style }: TextContext): string {
  const parts = [
    `${counts.processes} processes`,
    `${counts.injected} injected`,
    counts.attributes > 0 ? `${counts.attributes} with attributes` : '',
    `${counts.stoodDown} stood down`,
    counts.startedBefore > 0 ? `${counts.startedBefore} started before the installation` : '',
    counts.denied > 0 ? `${counts.denied} not readable by this user` : '',
    counts.notSeen > 0 ? `${counts.notSeen} gone meanwhile` : '',
  ];
  return `${style.faint(parts.filter((part) => part !== '').join(', '))}\n`;
}
