// SPDX-License-Identifier: Apache-2.0
// What a pod's own files tell without asking the API server: the kubelet writes the pod's name to
// /etc/hostname, and the service account's namespace is mounted.
import { closeSync, constants, openSync, readSync } from 'node:fs';
import type { ProcFs } from '../proc/procFs.ts';
import { resolveInRoot } from '../proc/rootedPath.ts';

const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';
// RFC 1123, which names of namespaces and pods keep to.
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** `k8s.pod.name` and `k8s.namespace.name`, where they can be read. */
export function podAttributes(fs: ProcFs, pid: number): Record<string, string> {
  const attributes: Record<string, string> = {};
  const name = readName(fs, pid, '/etc/hostname');
  if (name !== undefined) attributes['k8s.pod.name'] = name;
  const namespace = readName(fs, pid, NAMESPACE_FILE);
  if (namespace !== undefined) attributes['k8s.namespace.name'] = namespace;
  return attributes;
}

function readName(fs: ProcFs, pid: number, path: string): string | undefined {
  const resolved = resolveInRoot(fs.path(pid, 'root'), path);
  if (resolved === undefined) return undefined;
  let fd = -1;
  try {
    fd = openSync(resolved, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    const bytes = Buffer.alloc(256);
    const text = bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, 0)).trim();
    return NAME.test(text) ? text : undefined;
  } catch {
    return undefined;
  } finally {
    if (fd >= 0) closeSync(fd);
  }
}
