// SPDX-License-Identifier: Apache-2.0
// Cached code is code: whoever can write it runs as whoever loads it. So it is kept only where
// nobody but root and the user could have put it, checked on each component of the path.

import { lstatSync, type Stats } from 'node:fs';

const WRITABLE_BY_OTHERS = 0o022;

/** Who asks; replaced by tests. */
export interface Identity {
  readonly uid: number;
  readonly euid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The directory under which tools may keep compiled code: `/var/cache` for root, whose HOME may be
 * another user's (sudo); else XDG_CACHE_HOME or ~/.cache. Never /tmp.
 * @returns undefined where there is none to be trusted; nothing is created
 */
export function cacheBase({ uid, euid, env }: Identity): string | undefined {
  // Set-user-ID: the environment is the caller's, the rights are not.
  if (uid !== euid) return undefined;
  if (uid === 0) return '/var/cache';
  const { XDG_CACHE_HOME: xdg, HOME: home } = env;
  if (xdg?.startsWith('/')) return xdg;
  return home?.startsWith('/') ? `${home}/.cache` : undefined;
}

/**
 * True when every component from the root on is a directory, no symbolic link, owned by root or the
 * user, and writable by no one else. Then none but these two can exchange anything on the way.
 */
export function isTrustedPath(
  path: string,
  euid: number,
  lstat: (path: string) => Stats = (component) => lstatSync(component),
): boolean {
  let component = '';
  try {
    if (!isTrusted(lstat('/'), euid)) return false;
    for (const name of path.split('/')) {
      if (name === '') continue;
      if (name === '.' || name === '..') return false;
      component += `/${name}`;
      if (!isTrusted(lstat(component), euid)) return false;
    }
  } catch {
    return false;
  }
  return true;
}

function isTrusted(stat: Stats, euid: number): boolean {
  const isOurs = stat.uid === 0 || stat.uid === euid;
  return stat.isDirectory() && isOurs && (stat.mode & WRITABLE_BY_OTHERS) === 0;
}
