// SPDX-License-Identifier: Apache-2.0
// What is installed, and what each file was before: `uninstall` gives back exactly that.
import { ToolError } from '@otelkit/cli-kit';
import type { Layout } from '../layout/paths.ts';
import { type FileState, readContents } from './fileState.ts';
import { isPlainPath } from './journal.ts';
import { PLAN_LIMITS } from './limits.ts';
import { ownHostPath } from './resolve.ts';
import type { Role } from './types.ts';

export interface ReceiptFile {
  readonly path: string;
  /** With links resolved; differs from `path` where that is a link. */
  readonly target: string;
  readonly role: Role;
  /** `edited` files belong to others and hold a line of ours. */
  readonly kind: 'file' | 'symlink' | 'directory' | 'edited';
  /** As `install` left it. */
  readonly sha256?: string;
  /** As it was before the first installation. */
  readonly before: FileState;
  /** Our line in an edited file. */
  readonly line?: string;
  /** The mode of installation that it is for; all of them where absent. */
  readonly mode?: string;
}

export interface Receipt {
  readonly version: 1;
  readonly tool: string;
  readonly installedAt: string;
  /** `ld-preload`, `systemd`, `user`, `session`. */
  readonly modes: readonly string[];
  /** The entry as it stands in preload lists, `$LIB` and all. */
  readonly preloadEntry: string;
  readonly files: readonly ReceiptFile[];
  /** Directories above the state directory that install made, the deepest first. */
  readonly stateParents?: readonly string[];
}

/**
 * The receipt of the installation, or undefined where there is none.
 * @throws ToolError `RECEIPT_DAMAGED` (exit 3)
 */
export function readReceipt(layout: Layout): Receipt | undefined {
  const path = ownHostPath(layout, layout.receipt);
  const { bytes } = readContents(path, PLAN_LIMITS.stateFileBytes);
  if (bytes === undefined) return undefined;
  const receipt = parseReceipt(bytes.toString());
  if (receipt !== undefined) return receipt;
  throw new ToolError('the receipt of the installation is damaged', {
    code: 'RECEIPT_DAMAGED',
    exitCode: 3,
    path,
    hint: 'move it away, then run the command again: it works from what it finds',
  });
}

/** Undefined where it is not what `install` writes. */
export function parseReceipt(text: string): Receipt | undefined {
  let value: Partial<Receipt> | null;
  try {
    value = JSON.parse(text) as Partial<Receipt> | null;
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || value.version !== 1) return undefined;
  const { files, modes, preloadEntry, stateParents = [] } = value;
  const isKnown =
    Array.isArray(stateParents) &&
    stateParents.every(isPlainPath) &&
    typeof preloadEntry === 'string' &&
    Array.isArray(modes) &&
    Array.isArray(files) &&
    files.length <= PLAN_LIMITS.operations &&
    files.every(isFile);
  return isKnown ? (value as Receipt) : undefined;
}

function isFile(value: unknown): boolean {
  const file = value as Partial<ReceiptFile> | null;
  if (typeof file !== 'object' || file === null) return false;
  const { path, target, kind, role, before } = file;
  return (
    isPlainPath(path) &&
    isPlainPath(target) &&
    typeof role === 'string' &&
    ['file', 'symlink', 'directory', 'edited'].includes(String(kind)) &&
    typeof before?.kind === 'string'
  );
}
