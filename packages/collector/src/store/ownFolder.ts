// SPDX-License-Identifier: Apache-2.0
// The folder of one process, for what need not outlive it. A process that is killed cannot remove its
// own, which holds gigabytes on a busy host: the next one does.
import { lstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, parseNamespaceLink } from '@otelkit/core';
import { COLLECTOR_LIMITS } from '../limits.ts';

const NAME = /^otel-profile-(\d{1,15})-(\d{1,10})-[A-Za-z0-9]{6}$/;

/**
 * Makes a folder below `parent`, with the PID namespace and the process in its name, and removes those
 * of this user whose process has ended. Processes of other namespaces, with which containers share the
 * parent, are not known here: theirs stay.
 */
export function makeOwnFolder(parent: string): string {
  const namespace = pidNamespace();
  if (namespace !== undefined) removeLeft(parent, namespace);
  return mkdtempSync(join(parent, `otel-profile-${namespace ?? 0}-${process.pid}-`));
}

function removeLeft(parent: string, namespace: number): void {
  for (const name of readdirSync(parent).slice(0, COLLECTOR_LIMITS.temporaryNames)) {
    const [, ofNamespace, ofProcess] = NAME.exec(name) ?? [];
    if (Number(ofNamespace) !== namespace || isRunning(Number(ofProcess))) continue;
    const path = join(parent, name);
    try {
      const found = lstatSync(path);
      const isOurs = found.isDirectory() && found.uid === process.geteuid?.();
      if (isOurs) rmSync(path, { recursive: true, force: true });
    } catch {
      // Somebody else removes it as well, or it cannot be removed: it harms nothing but room.
    }
  }
}

function pidNamespace(): number | undefined {
  try {
    return parseNamespaceLink(readlinkSync('/proc/self/ns/pid'), 'pid');
  } catch {
    return undefined;
  }
}
