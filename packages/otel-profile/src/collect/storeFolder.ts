// SPDX-License-Identifier: Apache-2.0
import { isAbsolute, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

export const STORE_VARIABLES = [
  { name: 'STATE_DIRECTORY', summary: 'where the store is, set by systemd' },
  { name: 'XDG_STATE_HOME', summary: 'where the store of a user other than root is' },
  { name: 'HOME', summary: 'the same, where XDG_STATE_HOME is not set' },
] as const;

/** Where profiles are kept unless somebody says otherwise; undefined where there is no such place. */
export function defaultStoreFolder(env: Env, euid: number): string | undefined {
  const given = (env['STATE_DIRECTORY'] ?? '').split(':')[0] ?? '';
  if (isAbsolute(given)) return join(given, 'store');
  if (euid === 0) return '/var/lib/otel-profile/store';
  const state = env['XDG_STATE_HOME'] ?? '';
  if (isAbsolute(state)) return join(state, 'otel-profile', 'store');
  const home = env['HOME'] ?? '';
  return isAbsolute(home) ? join(home, '.local', 'state', 'otel-profile', 'store') : undefined;
}
