// SPDX-License-Identifier: Apache-2.0
// Who listens on a TCP port: /proc/PID/net/tcp and tcp6 name sockets by inode, /proc/PID/fd the
// descriptors that lead to them. A process may listen long after it began, so this is asked again.
import { ProcError, type ProcFs } from '@otelkit/core';

const LISTEN = '0A';
const FD_LIMIT = 65_536;

/** Inodes of the sockets that listen on one of the ports, in the process's network namespace. */
export function listeningInodes(
  fs: ProcFs,
  pid: number,
  ports: ReadonlySet<number>,
): ReadonlySet<string> {
  const inodes = new Set<string>();
  for (const file of ['net/tcp', 'net/tcp6']) {
    for (const line of textOf(fs, pid, file).split('\n')) {
      // proc_pid_net(5): sl local_address rem_address st … inode is the tenth.
      const fields = line.trim().split(/\s+/);
      if (fields[3] !== LISTEN) continue;
      const port = Number.parseInt(fields[1]?.split(':')[1] ?? '', 16);
      if (ports.has(port) && fields[9] !== undefined) inodes.add(fields[9]);
    }
  }
  return inodes;
}

/** Whether one of its descriptors is one of these sockets. */
export function holdsSocket(fs: ProcFs, pid: number, inodes: ReadonlySet<string>): boolean {
  if (inodes.size === 0) return false;
  try {
    for (const name of fs.list(`${pid}/fd`).slice(0, FD_LIMIT)) {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOf(fs, pid, name))?.[1];
      if (inode !== undefined && inodes.has(inode)) return true;
    }
  } catch (error) {
    if (!(error instanceof ProcError)) throw error;
  }
  return false;
}

function linkOf(fs: ProcFs, pid: number, fd: string): string {
  try {
    return fs.link(pid, `fd/${fd}`);
  } catch (error) {
    if (error instanceof ProcError) return '';
    throw error;
  }
}

function textOf(fs: ProcFs, pid: number, name: string): string {
  try {
    return fs.read(pid, name, 16_777_216).bytes.toString('latin1');
  } catch (error) {
    if (error instanceof ProcError) return '';
    throw error;
  }
}
