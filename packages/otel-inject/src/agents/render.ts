// SPDX-License-Identifier: Apache-2.0
import { printable, type TextContext } from '@otelkit/cli-kit';
import type { AddedAgent } from './add.ts';
import type { AgentRuntime } from './runtimes.ts';
import type { VerifiedAgent } from './verify.ts';

/** One line of `agents list`. */
export interface ListedAgent {
  readonly runtime: AgentRuntime;
  readonly path: string;
  readonly isInstalled: boolean;
  readonly origin?: 'pinned' | 'given' | 'foreign';
  readonly version?: string;
  /** What `add` would fetch. */
  readonly available?: {
    readonly name: string;
    readonly version: string;
    readonly client: string;
    readonly serves: string;
  };
  /** Why nothing can be fetched. */
  readonly reason?: string;
}

const ORIGINS = {
  pinned: 'as pinned',
  given: 'given with --from',
  foreign: 'installed by another program',
} as const;

export function renderListed(agent: ListedAgent, { style }: TextContext): string {
  const { runtime, isInstalled, origin, version, available, reason } = agent;
  const name = runtime.padEnd(7);
  const lines: string[] = [];
  if (isInstalled) {
    const what = [version, ORIGINS[origin ?? 'foreign']].filter((part) => part !== undefined);
    lines.push(`${name} ${style.good('installed')}  ${printable(what.join(', '))}`);
    lines.push(`        ${printable(agent.path)}`);
  } else {
    lines.push(`${name} ${style.faint('absent')}`);
  }
  if (available !== undefined && available.version !== version) {
    lines.push(
      `        can be fetched: ${available.name} ${available.version} by ${available.client}`,
    );
    lines.push(`        serves ${available.serves}`);
  }
  if (reason !== undefined && !isInstalled) lines.push(`        not to be fetched: ${reason}`);
  return `${lines.join('\n')}\n`;
}

export function renderAdded({ runtime, change, version, path }: AddedAgent): string {
  const shown = version === undefined ? '' : ` ${version}`;
  const how = { added: 'added', replaced: 'replaced', kept: 'already there' }[change];
  return `${runtime}${shown}: ${how}, ${printable(path)}\n`;
}

export function renderVerified(agent: VerifiedAgent, { style }: TextContext): string {
  const { runtime, state, files, version, problems, omittedProblems } = agent;
  const shown = version === undefined ? '' : ` ${printable(version)}`;
  if (state === 'absent') return `${runtime}: ${style.faint('absent')}\n`;
  if (state === 'ok') return `${runtime}${shown}: ${style.good('ok')}, ${files} files\n`;
  const lines = [`${runtime}${shown}: ${style.bad('damaged')}`];
  for (const { path, message } of problems)
    lines.push(`  ${printable(path)} ${printable(message)}`);
  if (omittedProblems > 0) lines.push(`  and ${omittedProblems} more`);
  return `${lines.join('\n')}\n`;
}
