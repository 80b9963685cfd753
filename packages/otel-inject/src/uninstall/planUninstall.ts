// SPDX-License-Identifier: Apache-2.0
// The way back from an installation. What makes processes load the library goes first and the
// library itself last: a preload of a missing file is an error message in every process.
import { readdirSync } from 'node:fs';
import { hostPath, isOwnEntry, type Layout, LD_SO_PRELOAD } from '../layout/paths.ts';
import { isOwnLibrary } from '../library/check.ts';
import {
  ABSENT,
  type FileContents,
  type FileState,
  type RegularFileState,
  readContents,
  sha256Of,
} from '../plan/fileState.ts';
import { PLAN_LIMITS } from '../plan/limits.ts';
import { isBlank, removeEntries } from '../plan/preloadFile.ts';
import type { Receipt, ReceiptFile } from '../plan/receipt.ts';
import { resolveTarget } from '../plan/resolve.ts';
import { removeLine } from '../plan/textLines.ts';
import type { Operation, Plan, Role } from '../plan/types.ts';
import { filesWithoutReceipt } from './withoutReceipt.ts';

/** The order in which things go. */
const ORDER: readonly Role[] = ['activation', 'config', 'library', 'directory', 'receipt'];

export interface UninstallOptions {
  readonly layout: Layout;
  readonly receipt: Receipt | undefined;
  /** Configuration goes too, also where somebody wrote it. */
  readonly purge: boolean;
}

/** Plans the removal of everything that is installed; no operations when nothing is. */
export function planUninstall({ layout, receipt, purge }: UninstallOptions): Plan {
  const planner = new Planner(layout);
  const files = receipt?.files ?? filesWithoutReceipt(layout);
  const isListed = files.some(({ path }) => path === LD_SO_PRELOAD);
  if (!isListed && layout.scope === 'host') planner.edited(strayPreload(layout));
  for (const file of files) {
    if (file.kind === 'edited') planner.edited(file);
    else if (file.kind !== 'directory') planner.own(file, purge);
  }
  if (purge) planner.purgeConfig();
  const directories = files.filter(({ kind }) => kind === 'directory');
  for (const { path, target } of [...directories].reverse()) planner.directory(path, target);
  if (purge) planner.purgeDirectories();
  planner.receipt();
  return { ...planner.plan(), stateParents: receipt?.stateParents ?? [] };
}

/** An entry of ours that no receipt knows of: a package's, or an older version's. */
function strayPreload(layout: Layout): ReceiptFile {
  const target = resolveTarget(layout, LD_SO_PRELOAD);
  // Unknown, so that a file with nothing else in it goes as the reference's packages do it.
  const before = ABSENT;
  return { path: LD_SO_PRELOAD, target, role: 'activation', kind: 'edited', before };
}

class Planner {
  readonly #layout: Layout;
  readonly #operations: Operation[] = [];
  readonly #gone = new Set<string>();
  readonly #notes: string[] = [];

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** A file of others that holds a line of ours. */
  edited(file: ReceiptFile): void {
    const { path, target, role, before } = file;
    const { state, bytes } = this.#read(target, PLAN_LIMITS.textFileBytes);
    if (bytes === undefined || state.kind !== 'file') return;
    const rest = this.#withoutOurs(file, bytes);
    if (rest.equals(bytes)) return;
    const line = file.line ?? '';
    if (before.kind === 'absent' && isBlank(rest)) {
      const why = 'was made by install, and holds nothing else';
      this.#delete(path, target, role, state, why, bytes);
      return;
    }
    const sha256 = sha256Of(rest);
    const { mode, uid, gid } = state;
    const isOriginal = before.kind === 'file' && before.sha256 === sha256;
    const mtimeNs = isOriginal ? before.mtimeNs : undefined;
    const after: RegularFileState = {
      kind: 'file',
      sha256,
      sizeBytes: rest.length,
      mode,
      uid,
      gid,
      ...(mtimeNs !== undefined && { mtimeNs }),
    };
    const why = isOriginal ? 'as it was before install' : 'without our line';
    const contents = { bytes: rest, beforeBytes: bytes };
    const what = { kind: 'remove-line', role, path, target, why, line } as const;
    this.#operations.push({ ...what, before: state, after, ...contents });
  }

  /** A file that install wrote. */
  own({ path, target, role, kind, sha256 }: ReceiptFile, purge: boolean): void {
    const { state, bytes } = this.#read(target, PLAN_LIMITS.ownFileBytes);
    if (state.kind !== 'file' && state.kind !== 'symlink') return;
    const isAsWritten = state.kind === kind && (state.kind !== 'file' || state.sha256 === sha256);
    if (!isAsWritten && role === 'config' && !purge) {
      this.#notes.push(`${path} was edited and stays; --purge removes it`);
      return;
    }
    if (!isAsWritten && role === 'library' && !(bytes !== undefined && isOwnLibrary(bytes))) {
      this.#notes.push(`${path} was replaced by somebody since install, and stays`);
      return;
    }
    if (!isAsWritten) this.#notes.push(`${path} was changed since install, and is removed`);
    this.#delete(path, target, role, state, 'was put there by install', bytes);
  }

  /** A directory that install made, unless others keep something in it. */
  directory(path: string, target: string): void {
    const { state } = this.#read(target, PLAN_LIMITS.ownFileBytes);
    if (state.kind !== 'directory') return;
    const names = readdirSync(hostPath(this.#layout, target));
    const left = names.filter((name) => !this.#gone.has(`${target}/${name}`));
    if (left.length > 0) {
      this.#notes.push(`${path} stays: it holds ${left.length} that install did not put there`);
      return;
    }
    const why = 'was made by install';
    const role = 'directory';
    this.#gone.add(target);
    this.#operations.push({ kind: 'rmdir', role, path, target, before: state, after: ABSENT, why });
  }

  /** All configuration, whoever wrote it. */
  purgeConfig(): void {
    const { configFile, defaultEnvFile, dropInDirectory } = this.#layout;
    const dropIns = this.#names(dropInDirectory).map((name) => `${dropInDirectory}/${name}`);
    for (const path of [configFile, defaultEnvFile, ...dropIns]) {
      const target = resolveTarget(this.#layout, path);
      if (this.#gone.has(target)) continue;
      const { state, bytes } = this.#read(target, PLAN_LIMITS.ownFileBytes);
      if (state.kind !== 'file') continue;
      this.#delete(path, target, 'config', state, 'configuration, by --purge', bytes);
    }
  }

  purgeDirectories(): void {
    const { dropInDirectory, configDirectory } = this.#layout;
    for (const path of [dropInDirectory, configDirectory]) {
      const target = resolveTarget(this.#layout, path);
      if (!this.#gone.has(target)) this.directory(path, target);
    }
  }

  receipt(): void {
    const path = this.#layout.receipt;
    const target = resolveTarget(this.#layout, path);
    const { state } = this.#read(target, PLAN_LIMITS.ownFileBytes);
    if (state.kind !== 'file') return;
    const why = 'nothing is installed any more';
    const what = { kind: 'delete', role: 'receipt', path, target, why } as const;
    this.#operations.push({ ...what, before: state, after: ABSENT });
  }

  plan(): Plan {
    const operations = ORDER.flatMap((role) =>
      this.#operations.filter((operation) => operation.role === role).sort(libraryLast),
    );
    return { command: 'uninstall', layout: this.#layout, operations, notes: this.#notes };
  }

  /** Exactly the bytes from before where nothing else changed, else all but what is ours. */
  #withoutOurs({ path, line, before }: ReceiptFile, bytes: Buffer): Buffer {
    const remove = (cutsNewline: boolean): Buffer =>
      path === LD_SO_PRELOAD
        ? removeEntries(bytes, (name) => isOwnEntry(this.#layout, name), cutsNewline)
        : removeLine(bytes, line ?? '', cutsNewline);
    const cut = remove(true);
    const isOriginal = before.kind === 'file' && sha256Of(cut) === before.sha256;
    return isOriginal ? cut : remove(false);
  }

  #delete(
    path: string,
    target: string,
    role: Role,
    before: FileState,
    why: string,
    bytes: Buffer | undefined,
  ): void {
    this.#gone.add(target);
    const shown = role === 'library' || bytes === undefined ? {} : { beforeBytes: bytes };
    const what = { kind: 'delete', role, path, target, before, after: ABSENT, why } as const;
    this.#operations.push({ ...what, ...shown });
  }

  #read(target: string, limitBytes: number): FileContents {
    return readContents(hostPath(this.#layout, target), limitBytes);
  }

  #names(path: string): string[] {
    try {
      const target = resolveTarget(this.#layout, path);
      return readdirSync(hostPath(this.#layout, target)).filter((name) => name.endsWith('.conf'));
    } catch {
      return [];
    }
  }
}

/** Links and stubs before the file that they lead to. */
function libraryLast(left: Operation, right: Operation): number {
  return Number(left.path.endsWith(LAST)) - Number(right.path.endsWith(LAST));
}

const LAST = '/injector/libotelinject.so';
