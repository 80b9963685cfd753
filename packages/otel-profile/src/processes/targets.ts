// SPDX-License-Identifier: Apache-2.0
// Which processes are wanted: by number, container, cgroup, user and executable. The helper leaves out
// by number what it knows; what it does not know yet is judged here.
import { basename } from 'node:path';
import { containerOf, ProcError, type ProcFs, parseCgroups, readStatus } from '@otelkit/core';
import type { ProcessImage } from './processTable.ts';

export interface Targets {
  /** These processes and their descendants; empty for all. */
  readonly pids: ReadonlySet<number>;
  readonly containers: readonly string[];
  readonly cgroups: readonly string[];
  /** Numbers of users. */
  readonly uids: readonly number[];
  /** Names of executables. */
  readonly processes: readonly string[];
}

/** Ancestors that are looked at: deeper trees than any build makes. */
const GENERATIONS = 64;

/** True when nothing is chosen: everything is wanted. */
export function isEverything({ pids, containers, cgroups, uids, processes }: Targets): boolean {
  return pids.size + containers.length + cgroups.length + uids.length + processes.length === 0;
}

/**
 * A test that is made once for each image. A process is wanted when every kind of choice fits.
 * @param parentOf the process that an image was forked from, while it is known
 */
export function wantedBy(
  fs: ProcFs,
  targets: Targets,
  parentOf: (image: ProcessImage) => ProcessImage | undefined,
): (image: ProcessImage) => boolean {
  const answers = new WeakMap<ProcessImage, boolean>();
  const isDescendant = (image: ProcessImage): boolean => {
    let one: ProcessImage | undefined = image;
    for (let i = 0; i < GENERATIONS && one !== undefined; i++) {
      if (targets.pids.has(one.pid)) return true;
      one = parentOf(one);
    }
    return false;
  };
  return (image) => {
    let answer = answers.get(image);
    if (answer === undefined) {
      answer = (targets.pids.size === 0 || isDescendant(image)) && isWanted(fs, targets, image);
      answers.set(image, answer);
    }
    return answer;
  };
}

function isWanted(fs: ProcFs, targets: Targets, image: ProcessImage): boolean {
  const { containers, cgroups, uids, processes } = targets;
  if (processes.length > 0 && !processes.includes(basename(image.path) || image.comm)) return false;
  if (uids.length > 0 && !uids.includes(effectiveUid(fs, image.pid))) return false;
  if (containers.length === 0 && cgroups.length === 0) return true;
  const memberships = membershipsOf(fs, image);
  if (containers.length > 0) {
    const id = containerOf(memberships)?.id ?? '';
    if (!containers.some((wanted) => id.startsWith(wanted))) return false;
  }
  if (cgroups.length === 0) return true;
  return cgroups.some((wanted) => memberships.some(({ path }) => isBelow(path, wanted)));
}

function isBelow(path: string, wanted: string): boolean {
  const folder = wanted.startsWith('/') ? wanted : `/${wanted}`;
  const above = folder.endsWith('/') ? folder.slice(0, -1) : folder;
  return path === above || path.startsWith(`${above}/`);
}

function membershipsOf(fs: ProcFs, image: ProcessImage): ReturnType<typeof parseCgroups> {
  if (image.cgroup !== '') return parseCgroups(Buffer.from(`0::${image.cgroup}\n`));
  return attempt(() => parseCgroups(fs.read(image.pid, 'cgroup').bytes)) ?? [];
}

function effectiveUid(fs: ProcFs, pid: number): number {
  return attempt(() => readStatus(fs, pid).uids.effective) ?? -1;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProcError) return undefined;
    throw error;
  }
}
