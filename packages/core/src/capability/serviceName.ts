// SPDX-License-Identifier: Apache-2.0
import type { ExplainTarget } from './target.ts';

/**
 * The service that a process belongs to: as it says itself (`service.name` of what it publishes),
 * else its systemd unit. The environment is not looked at: that is read only when asked for.
 */
export function serviceNameOf({ process }: ExplainTarget): string | null {
  const published = process?.context?.attributes.get('service.name');
  if (typeof published === 'string' && published !== '') return published;
  return serviceOfUnit(process?.snapshot.systemdUnit);
}

/** `nginx.service` → `nginx`, `app@blue.service` → `app@blue`; user managers are no services. */
function serviceOfUnit(unit: string | undefined): string | null {
  const match = /^(?!user@|user-runtime-dir@)(.+)\.service$/.exec(unit ?? '');
  return match === null ? null : match[1]!;
}
