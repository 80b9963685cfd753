// SPDX-License-Identifier: Apache-2.0
// /proc/PID/ns/* (namespaces(7)): links such as `mnt:[4026531841]`.
import type { ProcFs, Unavailable } from './procFs.ts';
import { attempt } from './procFs.ts';

export const NAMESPACES = ['mnt', 'pid', 'user', 'net', 'cgroup'] as const;
export type NamespaceName = (typeof NAMESPACES)[number];

/** Inode numbers, equal for two processes exactly when they share the namespace. */
export type Namespaces = Readonly<Partial<Record<NamespaceName, number>>>;

/** Reads the given namespaces; those that cannot be read are left out. */
export function readNamespaces(
  fs: ProcFs,
  pid: number,
  names: readonly NamespaceName[] = NAMESPACES,
): Namespaces {
  const missing: Partial<Record<NamespaceName, Unavailable>> = {};
  const result: Partial<Record<NamespaceName, number>> = {};
  for (const name of names) {
    const target = attempt(missing, name, () => fs.link(pid, `ns/${name}`));
    const inode = target === undefined ? undefined : parseNamespaceLink(target, name);
    if (inode !== undefined) result[name] = inode;
  }
  return result;
}

/** The inode number of a link's target, or undefined when it is not of that namespace. */
export function parseNamespaceLink(target: string, name: NamespaceName): number | undefined {
  const match = /^([a-z]{1,16}):\[(\d{1,15})\]$/.exec(target);
  return match !== null && match[1] === name ? Number(match[2]) : undefined;
}
