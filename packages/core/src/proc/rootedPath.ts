// SPDX-License-Identifier: Apache-2.0
// A path inside another root directory (/proc/PID/root of a container). The kernel resolves an
// absolute link it meets there against *our* root, which would lead out of the container, so links
// are followed here, each starting again at the given root.
import { readlinkSync } from 'node:fs';
import { decodeBytes, encodePath } from '../bytes/surrogateEscape.ts';
import { LIMITS } from '../limits.ts';

/**
 * The path below `root` that `path` means to a process whose root directory that is; undefined when
 * links run in a circle. The result holds no link, so far as nobody changes it meanwhile.
 */
export function resolveInRoot(root: string, path: string): string | undefined {
  const pending = path.split('/').reverse();
  const done: string[] = [];
  let linksFollowed = 0;
  while (pending.length > 0) {
    const segment = pending.pop()!;
    if (segment === '' || segment === '.') continue;
    if (segment === '..') {
      done.pop();
      continue;
    }
    const target = linkTarget(`${root}/${[...done, segment].join('/')}`);
    if (target === undefined) {
      done.push(segment);
      continue;
    }
    if (++linksFollowed > LIMITS.symbolicLinks) return undefined;
    if (target.startsWith('/')) done.length = 0;
    pending.push(...target.split('/').reverse());
  }
  return `${root}/${done.join('/')}`;
}

function linkTarget(path: string): string | undefined {
  try {
    return decodeBytes(readlinkSync(encodePath(path), 'buffer'));
  } catch {
    // Not a link, missing, or forbidden: the open that follows says which.
    return undefined;
  }
}
