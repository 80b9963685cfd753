// SPDX-License-Identifier: Apache-2.0
// Under sudo the profiler is root, and the command must not be: it runs as whoever typed it.
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Invoker {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
  readonly home: string;
  readonly shell: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** The user behind sudo or doas; undefined when there is none, or it is root too. */
export function invokerOf(env: Env, euid: number, passwd?: string): Invoker | undefined {
  if (euid !== 0) return undefined;
  const name = env['SUDO_USER'] ?? env['DOAS_USER'];
  if (name === undefined || name === '' || name === 'root') return undefined;
  const line = (passwd ?? readPasswd()).split('\n').find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid, , home, shell] = line?.split(':') ?? [];
  const isNumbers = /^\d+$/.test(uid ?? '') && /^\d+$/.test(gid ?? '');
  if (!isNumbers || Number(uid) === 0) return undefined;
  return { uid: Number(uid), gid: Number(gid), name, home: home ?? '/', shell: shell ?? '/bin/sh' };
}

/** The environment as that user has it: sudo has put root's names into it. */
export function environmentOf(invoker: Invoker | undefined, env: Env): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || (invoker !== undefined && /^(SUDO|DOAS)_/.test(name))) continue;
    result[name] = value;
  }
  if (invoker === undefined) return result;
  const { name, home, shell } = invoker;
  return { ...result, HOME: home, USER: name, LOGNAME: name, SHELL: shell };
}

/** setpriv(1) sets the user's further groups too, which spawn's `uid` and `gid` do not. */
export function findSetpriv(env: Env): string | undefined {
  for (const folder of (env['PATH'] ?? '/usr/bin:/bin').split(delimiter)) {
    const path = join(folder, 'setpriv');
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // The next folder.
    }
  }
  return undefined;
}

function readPasswd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
}
