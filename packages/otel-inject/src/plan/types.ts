// SPDX-License-Identifier: Apache-2.0
// A plan is data: what stands at each path now, and what shall stand there. It is shown, journalled,
// carried out and undone from the same description.
import type { Layout } from '../layout/paths.ts';
import type { FileState } from './fileState.ts';

export type OperationKind =
  | 'mkdir'
  | 'create'
  | 'replace'
  | 'append-line'
  | 'remove-line'
  | 'symlink'
  | 'delete'
  | 'rmdir';

/**
 * What a file is for. Installing goes down this list and uninstalling goes up, so that a file is
 * in place before anything refers to it, and nothing refers to it when it goes.
 */
export const ROLES = ['directory', 'library', 'config', 'activation', 'receipt'] as const;
export type Role = (typeof ROLES)[number];

export interface Operation {
  readonly kind: OperationKind;
  readonly role: Role;
  /** As people know it, inside the root. */
  readonly path: string;
  /** With every link resolved, inside the root: what is really changed. */
  readonly target: string;
  readonly before: FileState;
  readonly after: FileState;
  /** One clause: what it is for. */
  readonly why: string;
  /** The line that is added or taken out, without its end. */
  readonly line?: string;
  /** The new contents. */
  readonly bytes?: Buffer;
  /** The contents there now, where they are text that a diff shows. */
  readonly beforeBytes?: Buffer;
}

export interface Plan {
  readonly command: 'install' | 'uninstall';
  readonly layout: Layout;
  /** In the order in which they are carried out. */
  readonly operations: readonly Operation[];
  /** What a person should know: what stays, what has no effect here, what to do next. */
  readonly notes: readonly string[];
  /** Directories above the state directory to be removed with it, the deepest first. */
  readonly stateParents?: readonly string[];
}
