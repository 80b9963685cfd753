// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { arch, hostname, release } from 'node:os';
import type { ProcessAttributes } from './types.ts';

// Semantic conventions: host.arch.
const ARCHES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** Attributes of this host. @param nodeName the Kubernetes node, where the pod's manifest tells */
export function hostResource(nodeName: string | undefined): ProcessAttributes {
  const id = machineId();
  return {
    'host.name': hostname(),
    ...(id !== undefined && { 'host.id': id }),
    'host.arch': ARCHES[arch()] ?? arch(),
    'os.type': 'linux',
    'os.version': release(),
    ...(nodeName !== undefined && nodeName !== '' && { 'k8s.node.name': nodeName }),
  };
}

function machineId(): string | undefined {
  try {
    const text = readFileSync('/etc/machine-id', 'latin1').trim();
    return /^[0-9a-f]{32}$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
