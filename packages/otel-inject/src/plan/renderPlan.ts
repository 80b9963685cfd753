// SPDX-License-Identifier: Apache-2.0
import { printable, type TextContext } from '@otelkit/cli-kit';
import { unifiedHunks } from './diff.ts';
import type { FileState } from './fileState.ts';
import type { Operation, Plan } from './types.ts';

const NO_FILE = '/dev/null';

/** A plan as a unified diff, with a remark where a diff cannot say it. */
export function renderPlan({ operations, notes }: Plan, { style }: TextContext): string {
  const blocks = operations
    .filter(({ role }) => role !== 'receipt')
    .map((operation) => renderOperation(operation));
  const painted = blocks
    .join('')
    .split('\n')
    .map((line) => {
      if (line.startsWith('+')) return style.good(line);
      if (line.startsWith('-')) return style.bad(line);
      return line.startsWith('#') ? style.faint(line) : line;
    })
    .join('\n');
  return `${painted}${notes.map((note) => `# ${printable(note)}\n`).join('')}`;
}

function renderOperation(operation: Operation): string {
  const { path, target, why, before, after } = operation;
  const link = target === path ? '' : ` (a link to ${printable(target)})`;
  const head = `# ${headline(operation)} ${printable(path)}${link}: ${printable(why)}\n`;
  const diff = diffOf(operation);
  if (diff === undefined) return head;
  const left = before.kind === 'absent' ? NO_FILE : `a${printable(path)}`;
  const right = after.kind === 'absent' ? NO_FILE : `b${printable(path)}`;
  return `${head}--- ${left}\n+++ ${right}\n${diff}`;
}

function headline({ kind, before, after }: Operation): string {
  switch (kind) {
    case 'mkdir':
      return `make directory${modeText(after)}`;
    case 'rmdir':
      return 'remove directory';
    case 'symlink':
      return `link to ${after.kind === 'symlink' ? printable(after.target) : ''} from`;
    case 'create':
      return `create${sizeText(after)}${modeText(after)}`;
    case 'replace':
      return `replace${sizeText(before)} by${sizeText(after)}${modeText(after)} in`;
    case 'append-line':
      return 'add a line to';
    case 'remove-line':
      return 'take a line out of';
    case 'delete':
      return `delete${sizeText(before)}`;
  }
}

/** Undefined for what is no text. */
function diffOf({ bytes, beforeBytes }: Operation): string | undefined {
  if (beforeBytes === undefined) return undefined;
  const left = beforeBytes.toString('latin1');
  const right = bytes?.toString('latin1') ?? '';
  return unifiedHunks(left, right)
    .split('\n')
    .map((line) => printable(Buffer.from(line, 'latin1').toString()))
    .join('\n');
}

function modeText(state: FileState): string {
  if (state.kind !== 'file' && state.kind !== 'directory') return '';
  return `, mode ${state.mode.toString(8).padStart(4, '0')},`;
}

function sizeText(state: FileState): string {
  return state.kind === 'file' ? ` ${state.sizeBytes} bytes` : '';
}

/** A plan for a script: everything but the contents of files that are no text. */
export function planJson({ command, layout, operations, notes }: Plan): object {
  return {
    command,
    root: layout.root,
    operations: operations.map((operation) => {
      const { kind, role, path, target, before, after, why, line } = operation;
      const diff = diffOf(operation);
      return {
        kind,
        role,
        path,
        target,
        before,
        after,
        why,
        ...(line !== undefined && { line }),
        ...(diff !== undefined && { diff }),
      };
    }),
    notes,
  };
}
