// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { environmentOf, type Invoker } from '../child/invoker.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** A browser can only be shown where a desktop says so. */
export function hasDesktop(env: Env): boolean {
  return (env['DISPLAY'] ?? '') !== '' || (env['WAYLAND_DISPLAY'] ?? '') !== '';
}

/** Lets the desktop open the page, as the user whose desktop it is; failing is no failure. */
export function openBrowser(url: string, invoker: Invoker | undefined, env: Env): void {
  const child = spawn('xdg-open', [url], {
    detached: true,
    stdio: 'ignore',
    env: environmentOf(invoker, env),
    ...(invoker !== undefined && { uid: invoker.uid, gid: invoker.gid }),
  });
  child.on('error', () => {});
  child.unref();
}
