// SPDX-License-Identifier: Apache-2.0
// Targets of /proc/PID/exe, root, cwd as d_path() words them.

const DELETED = ' (deleted)';
const UNREACHABLE = '(unreachable)';

export interface ProcessLink {
  /** The path inside the process's own view; without ` (deleted)` where the file is deleted. */
  readonly path: string;
  readonly isDeleted: boolean;
  /** An anonymous file of memfd_create(2); `path` is then the name it was given. */
  readonly isMemfd: boolean;
  /** Outside the reader's root directory: the path cannot be opened as it stands. */
  readonly isUnreachable: boolean;
}

/**
 * Takes a link's target apart. A file may really be called `x (deleted)`: `linkCount`, its number
 * of hard links, settles that (0 means deleted); without it the suffix is believed.
 */
export function describeLink(target: string, linkCount?: number): ProcessLink {
  const isUnreachable = target.startsWith(UNREACHABLE);
  const reachable = isUnreachable ? target.slice(UNREACHABLE.length) : target;
  const hasSuffix = reachable.endsWith(DELETED);
  const isDeleted = hasSuffix && (linkCount === undefined || linkCount === 0);
  const path = isDeleted ? reachable.slice(0, -DELETED.length) : reachable;
  const isMemfd = isDeleted && path.startsWith('/memfd:');
  return {
    path: isMemfd ? path.slice('/memfd:'.length) : path,
    isDeleted,
    isMemfd,
    isUnreachable,
  };
}
