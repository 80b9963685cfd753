// SPDX-License-Identifier: Apache-2.0
// Compares what shall be with what is. Asking for what is there already adds nothing to the plan.
import { ToolError } from '@otelkit/cli-kit';
import { hostPath, type Layout } from '../layout/paths.ts';
import {
  ABSENT,
  type FileContents,
  type FileState,
  isSameState,
  type Ownership,
  readContents,
  sha256Of,
} from './fileState.ts';
import { stateText } from './journal.ts';
import { PLAN_LIMITS } from './limits.ts';
import type { Receipt, ReceiptFile } from './receipt.ts';
import { parentOf, resolveParent, resolveTarget } from './resolve.ts';
import { type Operation, type Plan, ROLES, type Role } from './types.ts';

export interface FileWish {
  readonly path: string;
  readonly role: Role;
  readonly bytes: Buffer;
  readonly mode: number;
  readonly why: string;
  readonly installMode?: string;
  /** Contents that a diff can show. */
  readonly isText: boolean;
  /** Tells a file of ours that no receipt knows of from one that must not be replaced. */
  readonly isOurs: (bytes: Buffer) => boolean;
}

export interface EditWish {
  readonly path: string;
  readonly role: Role;
  readonly kind: 'append-line' | 'replace';
  readonly bytes: Buffer;
  readonly line: string;
  readonly why: string;
  readonly installMode: string;
  readonly current: ResolvedContents;
  /** What was there before our line, where no receipt tells and it is not what is there now. */
  readonly before?: FileState;
}

/** What a path leads to, links followed inside the root. */
export interface ResolvedContents extends FileContents {
  readonly target: string;
}

const DIRECTORY_MODE = 0o755;

export class PlanBuilder {
  readonly layout: Layout;
  readonly notes: string[] = [];
  readonly #operations: Operation[] = [];
  readonly #files = new Map<string, ReceiptFile>();
  readonly #known: ReadonlyMap<string, ReceiptFile>;
  readonly #owner: { readonly uid: number; readonly gid: number };

  constructor(layout: Layout, receipt: Receipt | undefined) {
    this.layout = layout;
    this.#known = new Map(receipt?.files.map((file) => [file.path, file]));
    this.#owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  }

  /** What the receipt of an earlier installation says of a path. */
  known(path: string): ReceiptFile | undefined {
    return this.#known.get(path);
  }

  /** What stands at a path, its links followed. Directories in it that are missing do not matter. */
  resolve(path: string): ResolvedContents {
    const target = resolveTarget(this.layout, path);
    return { target, ...readContents(hostPath(this.layout, target), PLAN_LIMITS.ownFileBytes) };
  }

  /** A directory, with those above it. */
  directory(path: string): void {
    if (path === '/' || this.#files.has(path)) return;
    this.directory(parentOf(path));
    const { target, state } = this.resolve(path);
    if (state.kind === 'directory') {
      this.#keep(path);
      return;
    }
    if (state.kind !== 'absent') throw notWhatIsExpected(path, 'a directory', state);
    const after = { kind: 'directory', mode: DIRECTORY_MODE, ...this.#owner } as const;
    const why = 'holds what is installed';
    this.#add({ kind: 'mkdir', role: 'directory', path, target, before: ABSENT, after, why });
    this.#record({ path, target, role: 'directory', kind: 'directory', before: ABSENT });
  }

  /** A file that is all ours. */
  file({ path, role, bytes, mode, why, installMode, isText, isOurs }: FileWish): void {
    this.directory(parentOf(path));
    const { target, state, bytes: old } = this.#ownPlace(path);
    const known = this.#known.get(path);
    if (known === undefined && state.kind !== 'absent' && !(old !== undefined && isOurs(old))) {
      throw foreign(path);
    }
    const before = known?.before ?? ABSENT;
    const sha256 = sha256Of(bytes);
    const ownership: Ownership = { mode, ...this.#owner };
    const after: FileState = { kind: 'file', sha256, sizeBytes: bytes.length, ...ownership };
    this.#record({
      path,
      target,
      role,
      kind: 'file',
      sha256,
      before,
      ...(installMode !== undefined && { mode: installMode }),
    });
    if (isSameState(state, after)) return;
    this.#add({
      kind: state.kind === 'absent' ? 'create' : 'replace',
      role,
      path,
      target,
      before: state,
      after,
      why,
      ...(isText ? { bytes, beforeBytes: old ?? Buffer.alloc(0) } : { bytes }),
    });
  }

  symlink(path: string, to: string, role: Role, why: string): void {
    this.directory(parentOf(path));
    const { target, state } = this.#ownPlace(path);
    const after: FileState = { kind: 'symlink', target: to };
    const known = this.#known.get(path);
    const isFree = state.kind === 'absent' || isSameState(state, after);
    if (known === undefined && !isFree) throw foreign(path);
    const before = known?.before ?? ABSENT;
    this.#record({ path, target, role, kind: 'symlink', before });
    if (isSameState(state, after)) return;
    this.#add({ kind: 'symlink', role, path, target, before: state, after, why });
  }

  /** A file of others that gets new contents; its owner, mode and attributes stay. */
  edit({ path, role, kind, bytes, line, why, installMode, current, ...wish }: EditWish): void {
    const { target, state, bytes: old } = current;
    const before = this.#known.get(path)?.before ?? wish.before ?? state;
    const recorded = { path, target, role, before, line, mode: installMode };
    this.#record({ ...recorded, kind: 'edited', sha256: sha256Of(bytes) });
    if (old !== undefined && bytes.equals(old)) return;
    const created = { mode: 0o644, ...this.#owner };
    const ownership = state.kind === 'file' ? state : created;
    const { mode, uid, gid } = ownership;
    const sizeBytes = bytes.length;
    const after: FileState = { kind: 'file', sha256: sha256Of(bytes), sizeBytes, mode, uid, gid };
    this.#add({
      kind: state.kind === 'absent' ? 'create' : kind,
      role,
      path,
      target,
      before: state,
      after,
      why,
      line,
      bytes,
      beforeBytes: old ?? Buffer.alloc(0),
    });
  }

  /** Takes over what an earlier installation put there and this one does not mention. */
  keepKnown(isKept: (file: ReceiptFile) => boolean): void {
    for (const file of this.#known.values()) {
      if (!this.#files.has(file.path) && isKept(file)) this.#record(file);
    }
  }

  /** Removes a file of ours that is no longer wanted. */
  drop(path: string, why: string): void {
    const { target, state, bytes } = this.#ownPlace(path);
    if (state.kind !== 'file' && state.kind !== 'symlink') return;
    const role = this.#known.get(path)?.role ?? 'config';
    const beforeBytes = bytes ?? Buffer.alloc(0);
    this.#add({
      kind: 'delete',
      role,
      path,
      target,
      before: state,
      after: ABSENT,
      why,
      beforeBytes,
    });
  }

  /** The plan, with the receipt as its last file when anything changes. */
  finish(receipt: Omit<Receipt, 'version' | 'files'>): Plan {
    // In one order, whichever wish came first: an equal receipt must be equal byte for byte.
    const files = [...this.#files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    const bytes = Buffer.from(stateText({ version: 1, ...receipt, files }));
    const { target, state } = this.#ownPlace(this.layout.receipt);
    const ownership: Ownership = { mode: 0o644, ...this.#owner };
    const sizeBytes = bytes.length;
    const after: FileState = { kind: 'file', sha256: sha256Of(bytes), sizeBytes, ...ownership };
    if (!isSameState(state, after)) {
      const kind = state.kind === 'absent' ? 'create' : 'replace';
      const path = this.layout.receipt;
      const why = 'what `uninstall` needs to know';
      this.#add({ kind, role: 'receipt', path, target, before: state, after, why, bytes });
    }
    const operations = ROLES.flatMap((role) =>
      this.#operations.filter((operation) => operation.role === role),
    );
    return { command: 'install', layout: this.layout, operations, notes: this.notes };
  }

  /** Links in the directories are followed, the last name is not: we replace it ourselves. */
  #ownPlace(path: string): ResolvedContents {
    const target = resolveParent(this.layout, path);
    const contents = readContents(hostPath(this.layout, target), PLAN_LIMITS.ownFileBytes);
    const { kind } = contents.state;
    if (kind === 'directory' || kind === 'other') {
      throw notWhatIsExpected(path, 'a file or nothing', contents.state);
    }
    return { target, ...contents };
  }

  #keep(path: string): void {
    const known = this.#known.get(path);
    if (known !== undefined) this.#record(known);
  }

  #record(file: ReceiptFile): void {
    this.#files.set(file.path, file);
  }

  #add(operation: Operation): void {
    this.#operations.push(operation);
  }
}

function notWhatIsExpected(path: string, expected: string, state: FileState): ToolError {
  return new ToolError(`expected ${expected}`, {
    code: 'UNEXPECTED_FILE',
    exitCode: 4,
    path,
    expected,
    found: state.kind === 'other' ? 'a device, pipe or socket' : `a ${state.kind}`,
    hint: 'move it away, then run the command again',
  });
}

function foreign(path: string): ToolError {
  return new ToolError('a file that otel-inject did not put there is in the way', {
    code: 'FOREIGN_FILE',
    exitCode: 4,
    path,
    hint: 'find its package with `dpkg -S` or `rpm -qf` and remove that, or move the file away',
  });
}
