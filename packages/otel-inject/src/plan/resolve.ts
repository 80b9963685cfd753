// SPDX-License-Identifier: Apache-2.0
// Paths inside the root of an installation: an absolute link in an image leads into that image.
import { ToolError } from '@otelkit/cli-kit';
import { resolveInRoot } from '@otelkit/core';
import { hostPath, type Layout } from '../layout/paths.ts';

type Root = Pick<Layout, 'root'>;

/** The path inside the root that `path` leads to, all links followed. @throws ToolError `ELOOP` */
export function resolveTarget({ root }: Root, path: string): string {
  const prefix = root === '/' ? '' : root;
  const resolved = resolveInRoot(prefix, path);
  if (resolved !== undefined) return resolved.slice(prefix.length) || '/';
  throw new ToolError('symbolic links run in a circle', { code: 'ELOOP', exitCode: 4, path });
}

/** As {@link resolveTarget}, but a link that the last name itself is stays a link. */
export function resolveParent(layout: Root, path: string): string {
  const directory = resolveTarget(layout, parentOf(path));
  return `${directory === '/' ? '' : directory}/${path.slice(path.lastIndexOf('/') + 1)}`;
}

/** What to open for a file of our own. */
export function ownHostPath(layout: Root, path: string): string {
  return hostPath(layout, resolveParent(layout, path));
}

export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}
